package jltrace.dwarf;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jltrace.bytes.ByteSource;
import jltrace.bytes.Cursor;
import jltrace.elf.ElfFile;
import org.jspecify.annotations.Nullable;

/** A package of split units (7.3.5): one file with the sections of many, and an index of the parts that belong to each unit. */
final class DwarfPackage {
    private final DebugSections sections;
    private final RelatedFiles related;
    private final Effort effort;
    private final Index units;
    private final Index typeUnits;
    private final Map<Long, Optional<Unit>> typeUnitsBySignature = new HashMap<>();

    DwarfPackage(ElfFile file, RelatedFiles related, Effort effort) {
        this.sections = DebugSections.split(file);
        this.related = related;
        this.effort = effort;
        this.units = new Index(sections.get(DebugSection.UNIT_INDEX), file.name());
        this.typeUnits = new Index(sections.get(DebugSection.TYPE_UNIT_INDEX), file.name());
    }

    /** The split unit of an identifier. */
    Optional<Unit> unit(long identifier, Unit skeleton) {
        return units.contributions(identifier, sections)
                .map(parts -> DwarfFile.split(sections.with(parts), skeleton, related, effort))
                .flatMap(file -> first(file.info()));
    }

    Optional<Unit> typeUnit(long signature, @Nullable Unit skeleton) {
        Optional<Unit> known = typeUnitsBySignature.get(signature);
        if (known == null) {
            known = typeUnits
                    .contributions(signature, sections)
                    .map(parts -> DwarfFile.split(sections.with(parts), skeleton, related, effort))
                    .flatMap(file -> first(file.has(DebugSection.TYPES) ? file.types() : file.info()));
            typeUnitsBySignature.put(signature, known);
        }
        return known;
    }

    private static Optional<Unit> first(UnitSection section) {
        List<UnitHeader> headers = section.headers();
        return headers.isEmpty() ? Optional.empty() : Optional.of(section.unit(headers.get(0)));
    }

    /** {@code .debug_cu_index} or {@code .debug_tu_index} (7.3.5.3); version 2 is GNU's, from before DWARF 5. */
    private static final class Index {
        private static final int HEADER_SIZE = 16;

        private final ByteSource bytes;
        private final String fileName;
        private int version = 5;
        private long columns;
        private long rows;
        private long slots;

        Index(ByteSource bytes, String fileName) {
            this.bytes = bytes;
            this.fileName = fileName;
            if (bytes.size() == 0) {
                return;
            }
            version = bytes.u16(0);
            if (version != 2 && version != 5) {
                throw DwarfException.unknownVersion(fileName, "index of a package", bytes.u32(0));
            }
            columns = bytes.u32(4);
            rows = bytes.u32(8);
            slots = bytes.u32(12);
            if (slots != 0) {
                bytes.check(HEADER_SIZE, slots * 12);
                bytes.check(HEADER_SIZE + slots * 12, columns * 4);
            }
        }

        /** The parts of the sections that belong to the unit of a signature. */
        Optional<Map<DebugSection, ByteSource>> contributions(long signature, DebugSections sections) {
            long row = row(signature);
            if (row == 0) {
                return Optional.empty();
            }
            long columnsAt = HEADER_SIZE + slots * 12;
            Cursor offsets = new Cursor(bytes, columnsAt + columns * 4 * row);
            Cursor sizes = new Cursor(bytes, columnsAt + columns * 4 * (rows + row));
            Map<DebugSection, ByteSource> parts = new EnumMap<>(DebugSection.class);
            parts.put(DebugSection.INFO, ByteSource.of(new byte[0]));
            parts.put(DebugSection.TYPES, ByteSource.of(new byte[0]));
            for (long column = 0; column < columns; column++) {
                Optional<DebugSection> section = section(bytes.i32(columnsAt + column * 4));
                long offset = offsets.u32();
                long size = sizes.u32();
                if (section.isPresent()) {
                    parts.put(section.get(), sections.get(section.get()).slice(offset, size));
                }
            }
            return Optional.of(parts);
        }

        /** The row of a signature, from 1; 0 if there is none. */
        private long row(long signature) {
            for (long slot = 0; slot < slots; slot++) {
                long row = bytes.u32(HEADER_SIZE + slots * 8 + slot * 4);
                if (row != 0 && bytes.i64(HEADER_SIZE + slot * 8) == signature) {
                    if (row > rows) {
                        throw DwarfException.badReference(fileName, "row of the package's index", row);
                    }
                    return row;
                }
            }
            return 0;
        }

        private Optional<DebugSection> section(int identifier) {
            return switch (identifier) {
                case 1 -> Optional.of(DebugSection.INFO);
                case 2 -> Optional.of(DebugSection.TYPES);
                case 3 -> Optional.of(DebugSection.ABBREVIATIONS);
                case 4 -> Optional.of(DebugSection.LINES);
                case 6 -> Optional.of(DebugSection.STRING_OFFSETS);
                case 8 -> version == 5 ? Optional.of(DebugSection.RANGE_LISTS) : Optional.empty();
                default -> Optional.empty();
            };
        }
    }
}
