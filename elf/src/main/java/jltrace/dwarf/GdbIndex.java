package jltrace.dwarf;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import jltrace.bytes.ByteSource;
import jltrace.bytes.MalformedBytesException;

/**
 * {@code .gdb_index}, versions 7 to 9, as gdb-add-index(1) and the linkers' {@code --gdb-index} make it (gdb manual, "Index Section
 * Format"). Its hash table is for names with all their namespaces and classes; here the end of a name has to be found, so that all
 * are looked at.
 */
final class GdbIndex implements UnitNames {
    private static final int SYMBOL_SIZE = 8;
    private static final int UNIT_SIZE = 16;
    private static final long UNIT_MASK = 0xff_ffff;

    private final DwarfFile file;
    private final ByteSource units;
    private final ByteSource symbols;
    private final ByteSource pool;

    private GdbIndex(DwarfFile file, ByteSource bytes) {
        this.file = file;
        int version = (int) bytes.u32(0);
        if (version < 7 || version > 9) {
            throw DwarfException.unknownVersion(file.name(), ".gdb_index", version);
        }
        long unitsAt = bytes.u32(4);
        long typeUnitsAt = bytes.u32(8);
        long addressesAt = bytes.u32(12);
        long symbolsAt = bytes.u32(16);
        long symbolsEnd = bytes.u32(20);
        long poolAt = version == 9 ? bytes.u32(24) : symbolsEnd;
        if (typeUnitsAt != addressesAt) {
            // They may be in .debug_info or in .debug_types, and the index does not tell which.
            throw DwarfException.badValue(file.name(), "type units in .gdb_index", addressesAt - typeUnitsAt);
        }
        this.units = bytes.slice(unitsAt, typeUnitsAt - unitsAt);
        this.symbols = bytes.slice(symbolsAt, symbolsEnd - symbolsAt);
        this.pool = bytes.from(poolAt);
    }

    static Optional<GdbIndex> of(DwarfFile file) {
        if (!file.has(DebugSection.GDB_INDEX)) {
            return Optional.empty();
        }
        try {
            GdbIndex index = new GdbIndex(file, file.bytes(DebugSection.GDB_INDEX));
            return UnitNames.areAll(index.allUnits(), file) ? Optional.of(index) : Optional.empty();
        } catch (MalformedBytesException | DwarfException e) {
            return Optional.empty();
        }
    }

    private Set<Long> allUnits() {
        Set<Long> offsets = new HashSet<>();
        for (long at = 0; at < units.size(); at += UNIT_SIZE) {
            offsets.add(units.i64(at));
        }
        return offsets;
    }

    @Override
    public Set<Long> unitsDefining(String name) {
        Set<Long> found = new LinkedHashSet<>();
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        try {
            for (long at = 0; at + SYMBOL_SIZE <= symbols.size(); at += SYMBOL_SIZE) {
                long nameAt = symbols.u32(at);
                long unitsAt = symbols.u32(at + 4);
                if ((nameAt != 0 || unitsAt != 0) && endsIn(nameAt, wanted)) {
                    addUnits(unitsAt, found);
                }
            }
        } catch (MalformedBytesException e) {
            return Set.of();
        }
        return found;
    }

    /** Whether a string is the name, or ends in it behind a namespace or class. */
    private boolean endsIn(long stringAt, byte[] wanted) {
        file.effort().spend(1);
        if (pool.stringEquals(stringAt, wanted)) {
            return true;
        }
        long end = stringAt;
        while (pool.u8(end) != 0) {
            end++;
        }
        file.effort().spend(end - stringAt);
        long start = end - wanted.length;
        return start - 2 >= stringAt
                && pool.u8(start - 1) == ':'
                && pool.u8(start - 2) == ':'
                && pool.stringEquals(start, wanted);
    }

    private void addUnits(long vectorAt, Set<Long> found) {
        long count = pool.u32(vectorAt);
        pool.check(vectorAt + 4, count * 4);
        for (long i = 0; i < count; i++) {
            file.effort().spend(1);
            long unit = pool.u32(vectorAt + 4 + i * 4) & UNIT_MASK;
            found.add(units.i64(unit * UNIT_SIZE));
        }
    }
}
