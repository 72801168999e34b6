package jltrace.dwarf;

import java.util.Optional;
import java.util.OptionalLong;
import jltrace.bytes.ByteSource;
import jltrace.bytes.Cursor;

/**
 * The value of an attribute.
 *
 * @param unit the unit that the entry is in
 * @param form how it is written, not {@link Form#INDIRECT}
 * @param position where it is in the unit's section
 * @param abbreviated the value that the abbreviation itself has, for {@link Form#IMPLICIT_CONST}
 */
record AttributeValue(Unit unit, int form, long position, long abbreviated) {
    private static final ByteSource NO_BYTES = ByteSource.of(new byte[0]);

    private Cursor cursor() {
        return new Cursor(unit.bytes(), position);
    }

    /** The value if it is a constant, a flag, or an offset into another section. Constants without a sign of 1 to 4 bytes stay positive. */
    OptionalLong constant() {
        Cursor cursor = cursor();
        return switch (form) {
            case Form.DATA1, Form.FLAG -> OptionalLong.of(cursor.u8());
            case Form.DATA2 -> OptionalLong.of(cursor.u16());
            case Form.DATA4 -> OptionalLong.of(cursor.u32());
            case Form.DATA8 -> OptionalLong.of(cursor.i64());
            case Form.UDATA -> OptionalLong.of(cursor.uleb128());
            case Form.SDATA -> OptionalLong.of(cursor.sleb128());
            case Form.IMPLICIT_CONST -> OptionalLong.of(abbreviated);
            case Form.FLAG_PRESENT -> OptionalLong.of(1);
            case Form.SEC_OFFSET ->
                OptionalLong.of(UnitHeader.offset(cursor, unit.encoding().offsetSize()));
            default -> OptionalLong.empty();
        };
    }

    /** The value if it is an address. */
    OptionalLong address() {
        Cursor cursor = cursor();
        return switch (form) {
            case Form.ADDR ->
                OptionalLong.of(UnitHeader.offset(cursor, unit.encoding().addressSize()));
            case Form.ADDRX, Form.GNU_ADDR_INDEX -> OptionalLong.of(unit.addressAtIndex(cursor.uleb128()));
            case Form.ADDRX1 -> OptionalLong.of(unit.addressAtIndex(cursor.u8()));
            case Form.ADDRX2 -> OptionalLong.of(unit.addressAtIndex(cursor.u16()));
            case Form.ADDRX3 -> OptionalLong.of(unit.addressAtIndex(u24(cursor)));
            case Form.ADDRX4 -> OptionalLong.of(unit.addressAtIndex(cursor.u32()));
            default -> OptionalLong.empty();
        };
    }

    /** The value if it is a string. */
    Optional<String> string() {
        ByteSource strings = strings();
        return strings.size() == 0 ? Optional.empty() : Optional.of(strings.string(stringOffset()));
    }

    /** What the string is in; no bytes if the value is not a string. */
    ByteSource strings() {
        return switch (form) {
            case Form.STRING -> unit.bytes();
            case Form.STRP, Form.STRX, Form.STRX1, Form.STRX2, Form.STRX3, Form.STRX4, Form.GNU_STR_INDEX ->
                unit.file().bytes(DebugSection.STRINGS);
            case Form.LINE_STRP -> unit.file().bytes(DebugSection.LINE_STRINGS);
            case Form.STRP_SUP, Form.GNU_STRP_ALT ->
                unit.file().supplementary("string", position).bytes(DebugSection.STRINGS);
            default -> NO_BYTES;
        };
    }

    /** Where in {@link #strings} the string begins. */
    long stringOffset() {
        Cursor cursor = cursor();
        return switch (form) {
            case Form.STRING -> position;
            case Form.STRX, Form.GNU_STR_INDEX -> unit.stringOffset(cursor.uleb128());
            case Form.STRX1 -> unit.stringOffset(cursor.u8());
            case Form.STRX2 -> unit.stringOffset(cursor.u16());
            case Form.STRX3 -> unit.stringOffset(u24(cursor));
            case Form.STRX4 -> unit.stringOffset(cursor.u32());
            default -> UnitHeader.offset(cursor, unit.encoding().offsetSize());
        };
    }

    /** The entry that the value refers to, if it is a reference. */
    Optional<Die> reference() {
        Cursor cursor = cursor();
        return switch (form) {
            case Form.REF1 -> Optional.of(inUnit(cursor.u8()));
            case Form.REF2 -> Optional.of(inUnit(cursor.u16()));
            case Form.REF4 -> Optional.of(inUnit(cursor.u32()));
            case Form.REF8 -> Optional.of(inUnit(cursor.i64()));
            case Form.REF_UDATA -> Optional.of(inUnit(cursor.uleb128()));
            case Form.REF_ADDR -> {
                Encoding encoding = unit.encoding();
                int size = Form.size(Form.REF_ADDR, encoding);
                yield Optional.of(unit.file().info().entry(UnitHeader.offset(cursor, size)));
            }
            case Form.REF_SIG8 -> Optional.of(unit.file().typeOfSignature(cursor.i64()));
            case Form.REF_SUP4 -> Optional.of(supplementaryEntry(cursor.u32()));
            case Form.REF_SUP8 -> Optional.of(supplementaryEntry(cursor.i64()));
            case Form.GNU_REF_ALT ->
                Optional.of(supplementaryEntry(
                        UnitHeader.offset(cursor, unit.encoding().offsetSize())));
            default -> Optional.empty();
        };
    }

    private Die inUnit(long offset) {
        return unit.entry(unit.header().offset() + offset);
    }

    private Die supplementaryEntry(long offset) {
        return unit.file().supplementary("entry", offset).info().entry(offset);
    }

    /** The bytes of an expression or a block; none if the value is neither. */
    ByteSource block() {
        Cursor cursor = cursor();
        return switch (form) {
            case Form.EXPRLOC, Form.BLOCK -> cursor.slice(cursor.uleb128());
            case Form.BLOCK1 -> cursor.slice(cursor.u8());
            case Form.BLOCK2 -> cursor.slice(cursor.u16());
            case Form.BLOCK4 -> cursor.slice(cursor.u32());
            default -> NO_BYTES;
        };
    }

    private static long u24(Cursor cursor) {
        return cursor.u16() | (long) cursor.u8() << 16;
    }
}
