package jltrace.elf;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A place in an object where the dynamic loader writes the address of a function.
 *
 * @param symbol the function, with the version that is asked for
 * @param kind how the place is used
 * @param slotVirtualAddress where the address is written, before the load bias is added
 * @param stubVirtualAddress virtual address of the PLT stub that jumps through the slot, 0 if there is none
 */
public record Import(Symbol symbol, Kind kind, long slotVirtualAddress, long stubVirtualAddress) {
    /** How the place is used: the type of its relocation (psABI 4.4). */
    public enum Kind {
        /** {@code R_X86_64_JUMP_SLOT}: by a PLT stub, and bound at the first call unless the object binds at start. */
        JUMP_SLOT,
        /** {@code R_X86_64_GLOB_DAT}: by code that calls or passes on what the GOT holds, or by a {@code .plt.got} stub. */
        GLOB_DAT,
        /** {@code R_X86_64_64}: a function pointer in data. */
        ABSOLUTE_64,
        /** Another relocation, such as an operand in code that is not position-independent. */
        OTHER
    }

    /** The function's name without a version. */
    public String name() {
        return symbol.name();
    }

    /** The version that is asked for. */
    public Optional<String> version() {
        return symbol.version();
    }

    /** The {@code DT_SONAME} of the library that the version is needed from. */
    public Optional<String> library() {
        String library = symbol.symbolVersion().library();
        return library.isEmpty() ? Optional.empty() : Optional.of(library);
    }

    /** Virtual address of the PLT stub that jumps through the slot. */
    public OptionalLong pltVirtualAddress() {
        return stubVirtualAddress == 0 ? OptionalLong.empty() : OptionalLong.of(stubVirtualAddress);
    }

    /** Whether the object is sure that this is a function; if not, only the definition's type tells. */
    public boolean isKnownFunction() {
        return kind == Kind.JUMP_SLOT || symbol.type() == SymbolType.FUNC || symbol.type() == SymbolType.IFUNC;
    }
}
