package jltrace.dwarf;

import jltrace.bytes.ByteSource;
import jltrace.bytes.Cursor;

/**
 * What a unit begins with (7.5.1).
 *
 * @param offset where it begins in its section
 * @param end where the next one begins
 * @param encoding the sizes of its values
 * @param type {@code DW_UT_*}; before DWARF 5, {@link #COMPILE} or {@link #TYPE} by the section
 * @param abbreviationsOffset where its table is in {@code .debug_abbrev}
 * @param identifier of a type unit its signature, of a skeleton or split unit its dwo id, else 0
 * @param typeOffset of a type unit, where in the section the type's entry is
 * @param firstEntryOffset where in the section its first entry is
 */
record UnitHeader(
        long offset,
        long end,
        Encoding encoding,
        int type,
        long abbreviationsOffset,
        long identifier,
        long typeOffset,
        long firstEntryOffset) {
    static final int COMPILE = 1;
    static final int TYPE = 2;
    static final int PARTIAL = 3;
    static final int SKELETON = 4;
    static final int SPLIT_COMPILE = 5;
    static final int SPLIT_TYPE = 6;

    private static final long FORMAT_64 = 0xffff_ffffL;
    private static final long FIRST_RESERVED_LENGTH = 0xffff_fff0L;

    /** @param inTypes whether the section is {@code .debug_types} */
    static UnitHeader read(ByteSource section, long offset, boolean inTypes, String fileName) {
        Cursor cursor = new Cursor(section, offset);
        long length = cursor.u32();
        int offsetSize = 4;
        if (length == FORMAT_64) {
            length = cursor.i64();
            offsetSize = 8;
        } else if (length >= FIRST_RESERVED_LENGTH) {
            throw DwarfException.badValue(fileName, "length of a unit", length);
        }
        section.check(cursor.position(), length);
        long end = cursor.position() + length;
        int version = cursor.u16();
        if (version < 2 || version > 5) {
            throw DwarfException.unknownVersion(fileName, "unit", version);
        }
        int type = version >= 5 ? cursor.u8() : inTypes ? TYPE : COMPILE;
        int addressSize = version >= 5 ? cursor.u8() : 0;
        long abbreviationsOffset = offset(cursor, offsetSize);
        if (version < 5) {
            addressSize = cursor.u8();
        }
        if (addressSize != 8 && addressSize != 4) {
            throw DwarfException.badValue(fileName, "address size of a unit", addressSize);
        }
        long identifier = 0;
        long typeOffset = 0;
        switch (type) {
            case COMPILE, PARTIAL -> {}
            case SKELETON, SPLIT_COMPILE -> identifier = cursor.i64();
            case TYPE, SPLIT_TYPE -> {
                identifier = cursor.i64();
                typeOffset = offset + offset(cursor, offsetSize);
            }
            default -> throw DwarfException.badValue(fileName, "type of a unit", type);
        }
        if (cursor.position() > end) {
            throw DwarfException.badValue(fileName, "length of a unit", length);
        }
        Encoding encoding = new Encoding(version, offsetSize, addressSize);
        return new UnitHeader(
                offset, end, encoding, type, abbreviationsOffset, identifier, typeOffset, cursor.position());
    }

    /** An offset of 4 or 8 bytes. */
    static long offset(Cursor cursor, int offsetSize) {
        return offsetSize == 8 ? cursor.i64() : cursor.u32();
    }

    boolean isTypeUnit() {
        return type == TYPE || type == SPLIT_TYPE;
    }
}
