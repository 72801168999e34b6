package jltrace.dwarf;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import jltrace.bytes.ByteSource;
import jltrace.bytes.Cursor;

/** Ranges of virtual addresses, those of a unit or a function (2.17). */
final class AddressRangeList {
    private static final int END_OF_LIST = 0;
    private static final int BASE_ADDRESSX = 1;
    private static final int STARTX_ENDX = 2;
    private static final int STARTX_LENGTH = 3;
    private static final int OFFSET_PAIR = 4;
    private static final int BASE_ADDRESS = 5;
    private static final int START_END = 6;
    private static final int START_LENGTH = 7;

    private long[] bounds = new long[2];
    private int size;

    private AddressRangeList() {}

    /** The ranges that an entry has; none if it has none. */
    static AddressRangeList of(Die die) {
        AddressRangeList list = new AddressRangeList();
        Optional<AttributeValue> ranges = die.attribute(Attribute.RANGES);
        if (ranges.isPresent()) {
            if (die.unit().encoding().version() < 5) {
                list.readOldList(die.unit(), ranges.get().constant().orElse(0));
            } else {
                list.readList(die.unit(), offset(die.unit(), ranges.get()));
            }
            return list;
        }
        OptionalLong low = die.address(Attribute.LOW_PC);
        Optional<AttributeValue> high = die.attribute(Attribute.HIGH_PC);
        if (low.isPresent() && high.isPresent()) {
            OptionalLong length = high.get().constant();
            long end = length.isPresent()
                    ? low.getAsLong() + length.getAsLong()
                    : high.get().address().orElse(low.getAsLong());
            list.add(low.getAsLong(), end);
        }
        return list;
    }

    /** Where a function is entered; empty if the entry has no code. */
    static OptionalLong entryAddress(Die function) {
        Optional<AttributeValue> entry = function.attribute(Attribute.ENTRY_PC);
        OptionalLong low = function.address(Attribute.LOW_PC);
        if (entry.isPresent()) {
            OptionalLong address = entry.get().address();
            OptionalLong distance = entry.get().constant();
            if (address.isPresent()) {
                return address;
            }
            if (low.isPresent() && distance.isPresent()) {
                return OptionalLong.of(low.getAsLong() + distance.getAsLong());
            }
        }
        if (low.isPresent() || !function.has(Attribute.RANGES)) {
            return low;
        }
        AddressRangeList ranges = of(function);
        return ranges.size == 0 ? OptionalLong.empty() : OptionalLong.of(ranges.bounds[0]);
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Adds the ranges to a table, each with a number. */
    void addTo(RangeTable table, long number) {
        for (int i = 0; i < size; i += 2) {
            table.add(bounds[i], bounds[i + 1], number);
        }
    }

    private void add(long start, long end) {
        if (start == end) {
            return;
        }
        if (size == bounds.length) {
            bounds = Arrays.copyOf(bounds, size * 2);
        }
        bounds[size++] = start;
        bounds[size++] = end;
    }

    /** What addresses of a unit's lists are relative to, unless a list says otherwise. */
    private static long baseAddress(Unit unit) {
        Unit skeleton = unit.file().skeleton();
        return (skeleton == null ? unit : skeleton)
                .root()
                .address(Attribute.LOW_PC)
                .orElse(0);
    }

    /** A list of {@code .debug_ranges}, before DWARF 5. */
    private void readOldList(Unit unit, long offset) {
        Unit skeleton = unit.file().skeleton();
        Unit owner = skeleton == null ? unit : skeleton;
        long start = skeleton == null
                ? offset
                : offset + skeleton.root().constant(Attribute.GNU_RANGES_BASE).orElse(0);
        int addressSize = unit.encoding().addressSize();
        long highest = addressSize == 8 ? -1 : 0xffff_ffffL;
        long base = baseAddress(unit);
        Cursor cursor = new Cursor(owner.file().bytes(DebugSection.RANGES), start);
        while (true) {
            unit.file().effort().spend(2L * addressSize);
            long low = UnitHeader.offset(cursor, addressSize);
            long high = UnitHeader.offset(cursor, addressSize);
            if (low == 0 && high == 0) {
                return;
            }
            if (low == highest) {
                base = high;
            } else {
                add(base + low, base + high);
            }
        }
    }

    private static long offset(Unit unit, AttributeValue ranges) {
        if (ranges.form() != Form.RNGLISTX) {
            return ranges.constant().orElse(0);
        }
        int offsetSize = unit.encoding().offsetSize();
        long base = unit.root().constant(Attribute.RNGLISTS_BASE).orElse(offsetSize == 8 ? 20 : 12);
        long index = new Cursor(unit.bytes(), ranges.position()).uleb128();
        ByteSource lists = unit.file().bytes(DebugSection.RANGE_LISTS);
        if (index < 0 || index > lists.size()) {
            throw DwarfException.badReference(unit.file().name(), "range list", index);
        }
        return base + UnitHeader.offset(new Cursor(lists, base + index * offsetSize), offsetSize);
    }

    /** A list of {@code .debug_rnglists} (7.25). */
    private void readList(Unit unit, long offset) {
        Cursor cursor = new Cursor(unit.file().bytes(DebugSection.RANGE_LISTS), offset);
        int addressSize = unit.encoding().addressSize();
        long base = baseAddress(unit);
        while (true) {
            unit.file().effort().spend(4);
            int kind = cursor.u8();
            switch (kind) {
                case END_OF_LIST -> {
                    return;
                }
                case BASE_ADDRESSX -> base = unit.addressAtIndex(cursor.uleb128());
                case STARTX_ENDX -> add(unit.addressAtIndex(cursor.uleb128()), unit.addressAtIndex(cursor.uleb128()));
                case STARTX_LENGTH -> addLength(unit.addressAtIndex(cursor.uleb128()), cursor.uleb128());
                case OFFSET_PAIR -> add(base + cursor.uleb128(), base + cursor.uleb128());
                case BASE_ADDRESS -> base = UnitHeader.offset(cursor, addressSize);
                case START_END -> add(UnitHeader.offset(cursor, addressSize), UnitHeader.offset(cursor, addressSize));
                case START_LENGTH -> addLength(UnitHeader.offset(cursor, addressSize), cursor.uleb128());
                default -> throw DwarfException.badValue(unit.file().name(), "kind of range", kind);
            }
        }
    }

    private void addLength(long start, long length) {
        add(start, start + length);
    }
}
