package jltrace.elf;

/**
 * A section header (gABI chapter 4).
 *
 * @param index place in the section header table
 * @param name its name, empty if it has none
 * @param type {@code sh_type}: one of the constants here, or any other number
 * @param flags {@code sh_flags}
 * @param virtualAddress where it is in memory, 0 if it is not
 * @param fileOffset where it begins in the file
 * @param size its bytes, in the file unless it is {@link #NO_BITS}
 * @param link {@code sh_link}: index of a section that belongs to this one, such as the strings of symbols
 * @param info {@code sh_info}
 * @param alignment {@code sh_addralign} in bytes
 * @param entrySize bytes of one entry, 0 if it is no table
 */
public record Section(
        int index,
        String name,
        int type,
        long flags,
        long virtualAddress,
        long fileOffset,
        long size,
        int link,
        int info,
        long alignment,
        long entrySize) {
    /** Symbols for the static linker and for debuggers. */
    public static final int SYMBOL_TABLE = 2;
    /** Strings. */
    public static final int STRING_TABLE = 3;
    /** Notes. */
    public static final int NOTE = 7;
    /** Occupies no bytes in the file. */
    public static final int NO_BITS = 8;
    /** Symbols for the dynamic loader. */
    public static final int DYNAMIC_SYMBOL_TABLE = 11;
    /** Section indexes of symbols that do not fit 16 bits. */
    public static final int SYMBOL_SECTION_INDEXES = 18;

    /** Flag: occupies memory when loaded. */
    public static final long ALLOCATED = 2;
    /** Flag: contains instructions. */
    public static final long EXECUTABLE = 4;
    /** Flag: begins with a compression header. */
    public static final long COMPRESSED = 0x800;

    /** Whether the file has bytes of it. */
    public boolean hasBytes() {
        return type != NO_BITS && type != 0;
    }

    /** Whether all of {@code mask} is set in the flags. */
    public boolean hasFlags(long mask) {
        return (flags & mask) == mask;
    }
}
