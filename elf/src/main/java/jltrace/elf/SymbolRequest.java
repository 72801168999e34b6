package jltrace.elf;

import java.nio.charset.StandardCharsets;

/**
 * What the dynamic loader looks for when it binds a symbol, and which definitions will do: the rules of glibc's
 * {@code check_match} in elf/dl-lookup.c.
 */
final class SymbolRequest {
    private static final int FIRST_NAMED_VERSION = 2;

    private final byte[] nameBytes;
    private final String version;
    private final boolean forCall;

    /**
     * @param version name of the version, empty for none
     * @param forCall whether it is for a PLT stub, so that another object's stub will not do
     */
    SymbolRequest(String name, String version, boolean forCall) {
        this.nameBytes = name.getBytes(StandardCharsets.UTF_8);
        this.version = version;
        this.forCall = forCall;
    }

    byte[] nameBytes() {
        return nameBytes;
    }

    boolean isUnversioned() {
        return version.isEmpty();
    }

    /** Whether a symbol of the right name can be bound to, its version aside. */
    boolean mayUse(Symbol symbol) {
        boolean hasValue = symbol.virtualAddress() != 0
                || symbol.sectionIndex() == Symbol.ABSOLUTE
                || symbol.type() == SymbolType.TLS;
        return hasValue && (symbol.isDefined() || !forCall) && isBindable(symbol.type()) && isVisible(symbol);
    }

    /** Whether a definition of this version is the one, in an object that has versions. */
    boolean accepts(SymbolVersion candidate) {
        if (version.isEmpty()) {
            // The base version, or the first one if the object was without versions once.
            return candidate.index() <= FIRST_NAMED_VERSION;
        }
        return candidate.name().equals(version) || (!candidate.isNamed() && !candidate.hidden());
    }

    private static boolean isBindable(SymbolType type) {
        return switch (type) {
            case NOTYPE, OBJECT, FUNC, COMMON, TLS, IFUNC -> true;
            case SECTION, FILE, OTHER -> false;
        };
    }

    private static boolean isVisible(Symbol symbol) {
        boolean exported = switch (symbol.binding()) {
            case GLOBAL, WEAK, UNIQUE -> true;
            case LOCAL, OTHER -> false;
        };
        SymbolVisibility visibility = symbol.visibility();
        return exported && (visibility == SymbolVisibility.DEFAULT || visibility == SymbolVisibility.PROTECTED);
    }
}
