package jltrace.value;

import jltrace.target.AddressSpace;
import org.jspecify.annotations.Nullable;

/** Names the functions of traced processes. */
@FunctionalInterface
public interface FunctionNames {
    /** Knows none. */
    FunctionNames NONE = (space, virtualAddress) -> null;

    /**
     * The name of the function that begins at an address, in UTF-8; null if none is known to begin there. What is asked again is
     * answered without allocation.
     */
    byte @Nullable [] at(AddressSpace space, long virtualAddress);
}
