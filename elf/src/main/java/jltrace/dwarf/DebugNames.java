package jltrace.dwarf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jltrace.bytes.ByteSource;
import jltrace.bytes.Cursor;
import jltrace.bytes.MalformedBytesException;

/** {@code .debug_names} (6.1.1): a hash table of names, or several behind each other, as a linker puts those of object files. */
final class DebugNames implements UnitNames {
    private static final int COMPILE_UNIT = 1;
    private static final int TYPE_UNIT = 2;
    private static final int VERSION = 5;

    private final List<Table> tables = new ArrayList<>();

    private DebugNames(DwarfFile file) {
        Cursor cursor = new Cursor(file.bytes(DebugSection.NAMES));
        while (cursor.hasRemaining()) {
            UnitHeader.Length length = UnitHeader.Length.read(cursor, "name index", file.name());
            tables.add(new Table(file, cursor.slice(length.bytes()), length.offsetSize()));
        }
    }

    static Optional<DebugNames> of(DwarfFile file) {
        if (!file.has(DebugSection.NAMES)) {
            return Optional.empty();
        }
        try {
            DebugNames names = new DebugNames(file);
            Set<Long> units = new HashSet<>();
            names.tables.forEach(table -> table.addAllUnits(units));
            return UnitNames.areAll(units, file) ? Optional.of(names) : Optional.empty();
        } catch (MalformedBytesException | DwarfException e) {
            return Optional.empty();
        }
    }

    @Override
    public Set<Long> unitsDefining(String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        Set<Long> found = new LinkedHashSet<>();
        if (text.length != name.length()) {
            // The hash is of the name in lower case, by rules of Unicode that are not known here.
            return found;
        }
        try {
            for (Table table : tables) {
                table.addUnits(text, hash(text), found);
            }
        } catch (MalformedBytesException | DwarfException e) {
            return Set.of();
        }
        return found;
    }

    /** Of the name in lower case (7.33). */
    private static long hash(byte[] name) {
        long hash = 5381;
        for (byte each : name) {
            int letter = each >= 'A' && each <= 'Z' ? each + 'a' - 'A' : each;
            hash = (hash * 33 + letter) & 0xffff_ffffL;
        }
        return hash;
    }

    /** One name index. */
    private static final class Table {
        private final DwarfFile file;
        private final Encoding encoding;
        private final List<Long> units = new ArrayList<>();
        private final List<Long> typeUnits = new ArrayList<>();
        private final Map<Long, List<int[]>> abbreviations = new HashMap<>();
        private final long bucketCount;
        private final long nameCount;
        private final ByteSource buckets;
        private final ByteSource hashes;
        private final ByteSource strings;
        private final ByteSource entryOffsets;
        private final ByteSource entries;

        Table(DwarfFile file, ByteSource bytes, int offsetSize) {
            this.file = file;
            this.encoding = new Encoding(VERSION, offsetSize, 8);
            Cursor cursor = new Cursor(bytes);
            int version = cursor.u16();
            if (version != VERSION) {
                throw DwarfException.unknownVersion(file.name(), "name index", version);
            }
            cursor.skip(2);
            long unitCount = cursor.u32();
            long typeUnitCount = cursor.u32();
            long foreignTypeUnitCount = cursor.u32();
            if (foreignTypeUnitCount != 0) {
                throw DwarfException.badValue(file.name(), "number of type units in other files", foreignTypeUnitCount);
            }
            bucketCount = cursor.u32();
            nameCount = cursor.u32();
            long abbreviationsSize = cursor.u32();
            long augmentationSize = cursor.u32();
            ByteSource augmentation = cursor.slice(augmentationSize + 3 & -4);
            if (isGdbs(augmentation)) {
                throw DwarfException.badValue(file.name(), "name index by gdb, size", bytes.size());
            }
            readOffsets(cursor, unitCount, units);
            readOffsets(cursor, typeUnitCount, typeUnits);
            buckets = cursor.slice(bucketCount * 4);
            hashes = cursor.slice(bucketCount == 0 ? 0 : nameCount * 4);
            strings = cursor.slice(nameCount * offsetSize);
            entryOffsets = cursor.slice(nameCount * offsetSize);
            readAbbreviations(new Cursor(cursor.slice(abbreviationsSize)));
            entries = bytes.from(cursor.position());
        }

        /** gdb before 15 has written names with namespaces and classes instead of those that the entries have. */
        private static boolean isGdbs(ByteSource augmentation) {
            return augmentation.size() >= 3
                    && augmentation.u8(0) == 'G'
                    && augmentation.u8(1) == 'D'
                    && augmentation.u8(2) == 'B';
        }

        private void readOffsets(Cursor cursor, long count, List<Long> offsets) {
            for (long i = 0; i < count; i++) {
                offsets.add(UnitHeader.offset(cursor, encoding.offsetSize()));
            }
        }

        private void readAbbreviations(Cursor cursor) {
            for (long code = cursor.uleb128(); code != 0; code = cursor.uleb128()) {
                cursor.uleb128(); // the tag
                List<int[]> attributes = new ArrayList<>();
                while (true) {
                    long attribute = cursor.uleb128();
                    long form = cursor.uleb128();
                    if (attribute == 0 && form == 0) {
                        break;
                    }
                    if (attribute >>> 16 != 0 || form >>> 16 != 0) {
                        throw DwarfException.unknownForm(file.name(), form);
                    }
                    attributes.add(new int[] {(int) attribute, (int) form});
                }
                abbreviations.put(code, attributes);
            }
        }

        void addAllUnits(Set<Long> target) {
            target.addAll(units);
            target.addAll(typeUnits);
        }

        void addUnits(byte[] name, long hash, Set<Long> found) {
            if (bucketCount == 0) {
                for (long i = 0; i < nameCount; i++) {
                    addUnitsIfNamed(i, name, found);
                }
                return;
            }
            long bucket = hash % bucketCount;
            long first = buckets.u32(bucket * 4);
            if (first == 0) {
                return;
            }
            for (long i = first - 1; i < nameCount && hashes.u32(i * 4) % bucketCount == bucket; i++) {
                file.effort().spend(1);
                if (hashes.u32(i * 4) == hash) {
                    addUnitsIfNamed(i, name, found);
                }
            }
        }

        private void addUnitsIfNamed(long number, byte[] name, Set<Long> found) {
            file.effort().spend(1);
            int size = encoding.offsetSize();
            long stringAt = UnitHeader.offset(new Cursor(strings, number * size), size);
            if (!file.bytes(DebugSection.STRINGS).stringEquals(stringAt, name)) {
                return;
            }
            Cursor cursor = new Cursor(entries, UnitHeader.offset(new Cursor(entryOffsets, number * size), size));
            for (long code = cursor.uleb128(); code != 0; code = cursor.uleb128()) {
                List<int[]> attributes = abbreviations.get(code);
                if (attributes == null) {
                    throw DwarfException.badReference(file.name(), "abbreviation of a name index", code);
                }
                found.add(unit(attributes, cursor));
            }
        }

        /** The unit that an entry refers to; without a number it is the only one. */
        private long unit(List<int[]> attributes, Cursor cursor) {
            List<Long> list = units;
            long number = 0;
            for (int[] attribute : attributes) {
                switch (attribute[0]) {
                    case COMPILE_UNIT -> number = number(attribute[1], cursor);
                    case TYPE_UNIT -> {
                        number = number(attribute[1], cursor);
                        list = typeUnits;
                    }
                    default -> Form.skip(attribute[1], cursor, encoding, file.name());
                }
            }
            if (number < 0 || number >= list.size()) {
                throw DwarfException.badReference(file.name(), "unit of a name index", number);
            }
            return list.get((int) number);
        }

        private long number(int form, Cursor cursor) {
            return switch (form) {
                case Form.DATA1 -> cursor.u8();
                case Form.DATA2 -> cursor.u16();
                case Form.DATA4 -> cursor.u32();
                case Form.DATA8 -> cursor.i64();
                case Form.UDATA -> cursor.uleb128();
                default -> throw DwarfException.unknownForm(file.name(), form);
            };
        }
    }
}
