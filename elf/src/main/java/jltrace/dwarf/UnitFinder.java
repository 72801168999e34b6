package jltrace.dwarf;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import jltrace.bytes.Cursor;

/** Finds the units that have the code at an address: in {@code .debug_aranges} (6.1.2), and for units it leaves out by their own ranges. */
final class UnitFinder {
    private final DwarfFile file;
    /** The ranges of units, each known by where it begins. */
    private final RangeTable table = new RangeTable();

    private final List<Unit> withoutRanges = new ArrayList<>();

    private UnitFinder(DwarfFile file) {
        this.file = file;
        Set<Long> described = new HashSet<>();
        Cursor cursor = new Cursor(file.bytes(DebugSection.ADDRESS_RANGES));
        while (cursor.hasRemaining()) {
            readSet(cursor, described);
        }
        for (UnitHeader header : file.info().headers()) {
            if (!header.isTypeUnit() && header.type() != UnitHeader.PARTIAL && !described.contains(header.offset())) {
                addByOwnRanges(file.info().unit(header));
            }
        }
    }

    static UnitFinder of(DwarfFile file) {
        return new UnitFinder(file);
    }

    /** The units that are said to have code at an address. */
    List<Unit> unitsAt(long virtualAddress) {
        List<Unit> units = new ArrayList<>();
        for (long offset : table.numbersAt(virtualAddress)) {
            file.info().unitAt(offset).ifPresent(units::add);
        }
        return units;
    }

    /** The units of which it is not said where their code is, if they have any. */
    List<Unit> withoutRanges() {
        return withoutRanges;
    }

    private void addByOwnRanges(Unit unit) {
        AddressRangeList ranges = AddressRangeList.of(unit.root());
        if (ranges.isEmpty()) {
            withoutRanges.add(unit);
        } else {
            ranges.addTo(table, unit.header().offset());
        }
    }

    /** @param described takes the unit if its code is told */
    private void readSet(Cursor cursor, Set<Long> described) {
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
        while (set.remaining() >= 2L * addressSize) {
            long address = UnitHeader.offset(set, addressSize);
            long size = UnitHeader.offset(set, addressSize);
            if (size != 0) {
                table.add(address, address + size, unitOffset);
                described.add(unitOffset);
            }
        }
    }
}
