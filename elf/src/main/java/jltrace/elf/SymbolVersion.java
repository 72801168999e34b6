package jltrace.elf;

/**
 * The version of a symbol (Linux Standard Base, "Symbol Versioning").
 *
 * @param index its number in the object: 0 local, 1 global without a version, then those with names
 * @param name its name such as {@code GLIBC_2.2.5}, empty if it has none
 * @param library the {@code DT_SONAME} of the library that it is needed from, empty for definitions
 * @param hidden whether only a request for exactly this version finds the symbol
 */
public record SymbolVersion(int index, String name, String library, boolean hidden) {
    /** No version: the object has none, or the symbol belongs to the base version. */
    public static final SymbolVersion NONE = new SymbolVersion(1, "", "", false);

    /** Whether there is a version at all. */
    public boolean isNamed() {
        return !name.isEmpty();
    }
}
