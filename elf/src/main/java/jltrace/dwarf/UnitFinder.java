package jltrace.dwarf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import jltrace.bytes.ByteSource;
import jltrace.bytes.Cursor;

/** Finds the units that have the code at an address: in {@code .debug_aranges} (6.1.2), and for units it leaves out by their own ranges. */
final class UnitFinder {
    private final DwarfFile file;
    private final ArangeTable table;
    /** Units that the table does not speak of. */
    private final List<Unit> others = new ArrayList<>();

    private UnitFinder(DwarfFile file) {
        this.file = file;
        this.table = ArangeTable.read(file.bytes(DebugSection.ADDRESS_RANGES), file);
        for (UnitHeader header : file.info().headers()) {
            if (!header.isTypeUnit() && header.type() != UnitHeader.PARTIAL && !table.describes(header.offset())) {
                others.add(file.info().unit(header));
            }
        }
    }

    static UnitFinder of(DwarfFile file) {
        return new UnitFinder(file);
    }

    /** The units that may have code at an address. */
    List<Unit> unitsAt(long virtualAddress) {
        Set<Unit> units = new LinkedHashSet<>();
        for (long offset : table.unitsAt(virtualAddress)) {
            file.info().unitAt(offset).ifPresent(units::add);
        }
        for (Unit unit : others) {
            AddressRangeList ranges = unit.ranges();
            // One that has code and does not say where has to be looked through.
            if (ranges.isEmpty() || ranges.contains(virtualAddress)) {
                units.add(unit);
            }
        }
        return new ArrayList<>(units);
    }

    /** {@code .debug_aranges}: for each unit the addresses of its code. */
    private static final class ArangeTable {
        private final List<Long> unitOffsets = new ArrayList<>();
        private final Set<Long> described = new LinkedHashSet<>();
        private long[] ranges = new long[512];
        private int count;

        static ArangeTable read(ByteSource section, DwarfFile file) {
            ArangeTable table = new ArangeTable();
            Cursor cursor = new Cursor(section);
            while (cursor.hasRemaining()) {
                table.readSet(cursor, file);
            }
            return table;
        }

        private void readSet(Cursor cursor, DwarfFile file) {
            long start = cursor.position();
            long length = cursor.u32();
            int offsetSize = 4;
            if (length == 0xffff_ffffL) {
                length = cursor.i64();
                offsetSize = 8;
            }
            Cursor set = new Cursor(cursor.slice(length));
            long headerSize = cursor.position() - length - start;
            int version = set.u16();
            if (version != 2) {
                throw DwarfException.unknownVersion(file.name(), "address ranges", version);
            }
            long unitOffset = UnitHeader.offset(set, offsetSize);
            int addressSize = set.u8();
            if (addressSize != 8 && addressSize != 4) {
                throw DwarfException.badValue(file.name(), "address size of address ranges", addressSize);
            }
            set.skip(1);
            long padding = (headerSize + set.position()) % (2L * addressSize);
            set.skip(padding == 0 ? 0 : 2L * addressSize - padding);
            unitOffsets.add(unitOffset);
            boolean hasCode = false;
            while (set.remaining() >= 2L * addressSize) {
                long address = UnitHeader.offset(set, addressSize);
                long size = UnitHeader.offset(set, addressSize);
                if (size != 0) {
                    add(address, address + size, unitOffsets.size() - 1);
                    hasCode = true;
                }
            }
            if (hasCode) {
                described.add(unitOffset);
            }
        }

        private void add(long start, long end, long unit) {
            ranges = count + 3 > ranges.length ? Arrays.copyOf(ranges, ranges.length * 2) : ranges;
            ranges[count++] = start;
            ranges[count++] = end;
            ranges[count++] = unit;
        }

        boolean describes(long unitOffset) {
            return described.contains(unitOffset);
        }

        Set<Long> unitsAt(long address) {
            Set<Long> found = new LinkedHashSet<>();
            for (int i = 0; i < count; i += 3) {
                boolean inside = Long.compareUnsigned(address, ranges[i]) >= 0
                        && Long.compareUnsigned(address, ranges[i + 1]) < 0;
                if (inside) {
                    found.add(unitOffsets.get((int) ranges[i + 2]));
                }
            }
            return found;
        }
    }
}
