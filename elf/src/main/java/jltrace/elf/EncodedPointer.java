package jltrace.elf;

import jltrace.bytes.Cursor;

/**
 * How pointers are written in the unwind table: {@code DW_EH_PE_} format in the low four bits, base in the next three
 * (Linux Standard Base, "DWARF Exception Header Encoding").
 *
 * @param encoding the encoding byte
 */
record EncodedPointer(int encoding) {
    static final int OMITTED = 0xff;
    private static final int RELATIVE_TO_ITSELF = 0x10;
    private static final int RELATIVE_TO_DATA = 0x30;
    private static final int ALIGNED = 0x50;

    /** Whether {@link #read} can follow it. */
    boolean isReadable() {
        int base = encoding & 0x70;
        int format = encoding & 0xf;
        boolean knownFormat = format <= 4 || (format >= 9 && format <= 0xc);
        return encoding != OMITTED
                && knownFormat
                && (base == 0 || base == RELATIVE_TO_ITSELF || base == RELATIVE_TO_DATA || base == ALIGNED);
    }

    /**
     * Reads a pointer, that of an indirect one where the pointer is.
     *
     * @param sourceAddress virtual address of the cursor's offset 0
     * @param dataAddress virtual address that data-relative pointers start from
     */
    long read(Cursor cursor, long sourceAddress, long dataAddress) {
        if ((encoding & 0x70) == ALIGNED) {
            long address = sourceAddress + cursor.position();
            cursor.skip(-address & 7);
        }
        long address = sourceAddress + cursor.position();
        long value = readNumber(cursor);
        if (value == 0) {
            return 0; // No pointer, whatever it would be relative to.
        }
        return switch (encoding & 0x70) {
            case RELATIVE_TO_ITSELF -> value + address;
            case RELATIVE_TO_DATA -> value + dataAddress;
            default -> value;
        };
    }

    /** Reads a number in the same format, relative to nothing: the length of a range. */
    long readNumber(Cursor cursor) {
        return switch (encoding & 0xf) {
            case 1 -> cursor.uleb128();
            case 2 -> cursor.u16();
            case 3 -> cursor.u32();
            case 9 -> cursor.sleb128();
            case 0xa -> (short) cursor.u16();
            case 0xb -> cursor.i32();
            default -> cursor.i64();
        };
    }
}
