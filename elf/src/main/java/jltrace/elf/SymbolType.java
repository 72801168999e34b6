package jltrace.elf;

/** What a symbol stands for: the low four bits of {@code st_info} (gABI chapter 4). */
public enum SymbolType {
    /** Not said, often of undefined symbols. */
    NOTYPE,
    /** A variable. */
    OBJECT,
    /** A function. */
    FUNC,
    /** A section. */
    SECTION,
    /** Name of a source file. */
    FILE,
    /** A variable without a place yet. */
    COMMON,
    /** A thread-local variable. */
    TLS,
    /** A function that returns the address of the function to call ({@code STT_GNU_IFUNC}). */
    IFUNC,
    /** Any other value. */
    OTHER;

    static SymbolType of(int info) {
        return switch (info & 0xf) {
            case 0 -> NOTYPE;
            case 1 -> OBJECT;
            case 2 -> FUNC;
            case 3 -> SECTION;
            case 4 -> FILE;
            case 5 -> COMMON;
            case 6 -> TLS;
            case 10 -> IFUNC;
            default -> OTHER;
        };
    }
}
