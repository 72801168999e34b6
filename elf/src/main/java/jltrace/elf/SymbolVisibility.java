package jltrace.elf;

/** Restriction of a symbol's binding: the low two bits of {@code st_other} (gABI chapter 4). */
public enum SymbolVisibility {
    /** As the binding says. */
    DEFAULT,
    /** Never seen outside its object, and only called directly. */
    INTERNAL,
    /** Never seen outside its object. */
    HIDDEN,
    /** Seen outside, but its own object always uses its own definition. */
    PROTECTED;

    private static final SymbolVisibility[] BY_CODE = values();

    static SymbolVisibility of(int other) {
        return BY_CODE[other & 3];
    }
}
