package jltrace.dwarf;

import jltrace.bytes.Cursor;

/** How attribute values are written (7.5.6); the last ones are GNU's, from before DWARF 5. */
final class Form {
    static final int ADDR = 0x01;
    static final int BLOCK2 = 0x03;
    static final int BLOCK4 = 0x04;
    static final int DATA2 = 0x05;
    static final int DATA4 = 0x06;
    static final int DATA8 = 0x07;
    static final int STRING = 0x08;
    static final int BLOCK = 0x09;
    static final int BLOCK1 = 0x0a;
    static final int DATA1 = 0x0b;
    static final int FLAG = 0x0c;
    static final int SDATA = 0x0d;
    static final int STRP = 0x0e;
    static final int UDATA = 0x0f;
    static final int REF_ADDR = 0x10;
    static final int REF1 = 0x11;
    static final int REF2 = 0x12;
    static final int REF4 = 0x13;
    static final int REF8 = 0x14;
    static final int REF_UDATA = 0x15;
    static final int INDIRECT = 0x16;
    static final int SEC_OFFSET = 0x17;
    static final int EXPRLOC = 0x18;
    static final int FLAG_PRESENT = 0x19;
    static final int STRX = 0x1a;
    static final int ADDRX = 0x1b;
    static final int REF_SUP4 = 0x1c;
    static final int STRP_SUP = 0x1d;
    static final int DATA16 = 0x1e;
    static final int LINE_STRP = 0x1f;
    static final int REF_SIG8 = 0x20;
    static final int IMPLICIT_CONST = 0x21;
    static final int LOCLISTX = 0x22;
    static final int RNGLISTX = 0x23;
    static final int REF_SUP8 = 0x24;
    static final int STRX1 = 0x25;
    static final int STRX2 = 0x26;
    static final int STRX3 = 0x27;
    static final int STRX4 = 0x28;
    static final int ADDRX1 = 0x29;
    static final int ADDRX2 = 0x2a;
    static final int ADDRX3 = 0x2b;
    static final int ADDRX4 = 0x2c;
    static final int GNU_ADDR_INDEX = 0x1f01;
    static final int GNU_STR_INDEX = 0x1f02;
    static final int GNU_REF_ALT = 0x1f20;
    static final int GNU_STRP_ALT = 0x1f21;

    static final int VARIABLE_SIZE = -1;

    private Form() {}

    /** The bytes of every value of a form, {@link #VARIABLE_SIZE} if they differ or the form is unknown. */
    static int size(int form, Encoding encoding) {
        return switch (form) {
            case FLAG_PRESENT, IMPLICIT_CONST -> 0;
            case DATA1, REF1, FLAG, STRX1, ADDRX1 -> 1;
            case DATA2, REF2, STRX2, ADDRX2 -> 2;
            case STRX3, ADDRX3 -> 3;
            case DATA4, REF4, STRX4, ADDRX4, REF_SUP4 -> 4;
            case DATA8, REF8, REF_SIG8, REF_SUP8 -> 8;
            case DATA16 -> 16;
            case ADDR -> encoding.addressSize();
            // In DWARF 2 a reference to another unit was as large as an address.
            case REF_ADDR -> encoding.version() == 2 ? encoding.addressSize() : encoding.offsetSize();
            case STRP, SEC_OFFSET, STRP_SUP, LINE_STRP, GNU_REF_ALT, GNU_STRP_ALT -> encoding.offsetSize();
            default -> VARIABLE_SIZE;
        };
    }

    /** Moves behind a value. */
    static void skip(int form, Cursor cursor, Encoding encoding, String fileName) {
        int size = size(form, encoding);
        if (size != VARIABLE_SIZE) {
            cursor.skip(size);
            return;
        }
        switch (form) {
            case UDATA, REF_UDATA, STRX, ADDRX, LOCLISTX, RNGLISTX, GNU_ADDR_INDEX, GNU_STR_INDEX -> skipLeb128(cursor);
            case SDATA -> skipLeb128(cursor);
            case STRING -> skipString(cursor);
            case BLOCK1 -> cursor.skip(cursor.u8());
            case BLOCK2 -> cursor.skip(cursor.u16());
            case BLOCK4 -> cursor.skip(cursor.u32());
            case BLOCK, EXPRLOC -> cursor.skip(cursor.uleb128());
            case INDIRECT -> skip(indirect(cursor, fileName), cursor, encoding, fileName);
            default -> throw DwarfException.unknownForm(fileName, form);
        }
    }

    /** The form that {@link #INDIRECT} is followed by. One that again is indirect, or whose value is elsewhere, can't be. */
    static int indirect(Cursor cursor, String fileName) {
        long form = cursor.uleb128();
        if (form == INDIRECT || form == IMPLICIT_CONST || form >>> 16 != 0) {
            throw DwarfException.unknownForm(fileName, form);
        }
        return (int) form;
    }

    private static void skipLeb128(Cursor cursor) {
        while (cursor.u8() >= 0x80) {
            // All but the last group have the highest bit set.
        }
    }

    private static void skipString(Cursor cursor) {
        while (cursor.u8() != 0) {
            // Up to the zero.
        }
    }
}
