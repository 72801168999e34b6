package jltrace.sys;

import com.sun.jna.Pointer;
import java.util.OptionalLong;

/**
 * Where the dynamic loader finds a function of a library that this process has mapped too. For an IFUNC that is the
 * implementation that the loader chose for this processor, which is the same in every process.
 */
public final class OwnSymbols {
    private static final int RTLD_LAZY_NOLOAD = 5;

    private OwnSymbols() {}

    /**
     * The address in this process of what the symbol stands for; empty if the library is not mapped here or has no such symbol.
     *
     * @param soname of a library that this process has mapped; it is not opened otherwise
     * @param version the symbol's version, or empty for the default
     */
    public static OptionalLong address(String soname, String symbol, String version) {
        Pointer library = LibC.dlopen(soname, RTLD_LAZY_NOLOAD);
        if (library == null) {
            return OptionalLong.empty();
        }
        Pointer found = version.isEmpty() ? LibC.dlsym(library, symbol) : LibC.dlvsym(library, symbol, version);
        return found == null ? OptionalLong.empty() : OptionalLong.of(Pointer.nativeValue(found));
    }
}
