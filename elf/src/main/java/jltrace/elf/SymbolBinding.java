package jltrace.elf;

/** Who sees a symbol: the high four bits of {@code st_info} (gABI chapter 4). */
public enum SymbolBinding {
    /** Its own object file. */
    LOCAL,
    /** All objects. */
    GLOBAL,
    /** All objects, giving way to a global one in static linking, and allowed to be missing. */
    WEAK,
    /** All objects, once in a process ({@code STB_GNU_UNIQUE}). */
    UNIQUE,
    /** Any other value. */
    OTHER;

    static SymbolBinding of(int info) {
        return switch (info >>> 4) {
            case 0 -> LOCAL;
            case 1 -> GLOBAL;
            case 2 -> WEAK;
            case 10 -> UNIQUE;
            default -> OTHER;
        };
    }
}
