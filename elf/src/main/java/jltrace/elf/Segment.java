package jltrace.elf;

/**
 * A program header (gABI chapter 5): a part of the file that the loader maps or looks at.
 *
 * @param type {@code p_type}: one of the constants here, or any other number
 * @param flags {@code p_flags}: {@link #EXECUTE}, {@link #WRITE}, {@link #READ}
 * @param fileOffset where it begins in the file
 * @param virtualAddress where it begins in memory, before the load bias is added
 * @param fileSize its bytes in the file
 * @param memorySize its bytes in memory, the rest zero
 * @param alignment {@code p_align} in bytes
 */
public record Segment(
        int type, int flags, long fileOffset, long virtualAddress, long fileSize, long memorySize, long alignment) {
    /** Mapped into memory. */
    public static final int LOAD = 1;
    /** The dynamic table. */
    public static final int DYNAMIC = 2;
    /** Path of the dynamic loader. */
    public static final int INTERPRETER = 3;
    /** Notes. */
    public static final int NOTE = 4;
    /** Thread-local storage. */
    public static final int TLS = 7;
    /** Index of the unwind table, {@code .eh_frame_hdr}. */
    public static final int GNU_EH_FRAME = 0x6474e550;

    /** Flag: may be executed. */
    public static final int EXECUTE = 1;
    /** Flag: may be written. */
    public static final int WRITE = 2;
    /** Flag: may be read. */
    public static final int READ = 4;

    /** Whether the loader maps it. */
    public boolean isLoad() {
        return type == LOAD;
    }

    /** Whether it is mapped for execution. */
    public boolean isExecutable() {
        return type == LOAD && (flags & EXECUTE) != 0;
    }

    /** Whether it is mapped for reading. */
    boolean isReadable() {
        return type == LOAD && (flags & READ) != 0;
    }

    /** Whether {@code address} lies in it, in the part that the file has bytes for or behind. */
    boolean holds(long address) {
        long distance = address - virtualAddress;
        return distance >= 0 && distance < memorySize;
    }

    /** Whether {@code address} lies in the part that the file has bytes for. */
    boolean holdsFileBytesOf(long address) {
        long distance = address - virtualAddress;
        return distance >= 0 && distance < fileSize && address >= virtualAddress;
    }
}
