package jltrace.dwarf;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import jltrace.bytes.ByteSource;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfFile;
import org.jspecify.annotations.Nullable;

/**
 * The debug sections of one file, or of one split unit, and what they refer to in others. Not safe for several threads:
 * {@link DebugInformation} lets in one at a time.
 */
final class DwarfFile {
    private static final int KEPT_ABBREVIATIONS = 256;

    private final DebugSections sections;
    private final @Nullable Unit skeleton;
    private final RelatedFiles related;
    private final Effort effort;
    private final UnitSection info;
    private @Nullable UnitSection types;
    private @Nullable Map<Long, Unit> typeUnits;
    private final Map<Long, Abbreviations> abbreviations = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Abbreviations> eldest) {
            return size() > KEPT_ABBREVIATIONS;
        }
    };

    private DwarfFile(DebugSections sections, @Nullable Unit skeleton, RelatedFiles related, Effort effort) {
        this.sections = sections;
        this.skeleton = skeleton;
        this.related = related;
        this.effort = effort;
        this.info = new UnitSection(this, sections.get(DebugSection.INFO), false);
    }

    /**
     * The debug information of an object, in its own file or its debug file.
     *
     * @param path the file's path below the root that {@code files} looks in
     * @param cache where decompressed sections may be kept from an earlier run
     */
    static DwarfFile of(ElfFile elf, String path, DebugFiles files, IndexCache cache) {
        Effort effort = new Effort(elf.name(), elf.bytes().size());
        RelatedFiles related = new RelatedFiles(elf, path, files, effort);
        DebugSections sections = DebugSections.of(elf);
        if (sections.hasCompressed()) {
            elf.buildId().flatMap(cache::readSections).ifPresent(sections::use);
        }
        return new DwarfFile(sections, null, related, effort);
    }

    /** The supplementary file that another one refers to; it refers to none itself. */
    static DwarfFile supplementary(ElfFile elf, RelatedFiles related, Effort effort) {
        return new DwarfFile(DebugSections.of(elf), null, related, effort);
    }

    /** A split unit, and the type units beside it. */
    static DwarfFile split(DebugSections sections, @Nullable Unit skeleton, RelatedFiles related, Effort effort) {
        return new DwarfFile(sections, skeleton, related, effort);
    }

    /** The file's name, for messages. */
    String name() {
        return sections.fileName();
    }

    ElfFile elf() {
        return sections.elf();
    }

    Effort effort() {
        return effort;
    }

    RelatedFiles related() {
        return related;
    }

    /** The unit of the linked file that has what a split unit leaves to it; null if this is no split unit. */
    @Nullable Unit skeleton() {
        return skeleton;
    }

    boolean isSplit() {
        return sections.isSplit();
    }

    DebugSections sections() {
        return sections;
    }

    ByteSource bytes(DebugSection section) {
        return sections.get(section);
    }

    boolean has(DebugSection section) {
        return sections.has(section);
    }

    /** {@code .debug_info}. */
    UnitSection info() {
        return info;
    }

    /** {@code .debug_types}. */
    UnitSection types() {
        UnitSection result = types;
        if (result == null) {
            result = new UnitSection(this, sections.get(DebugSection.TYPES), true);
            types = result;
        }
        return result;
    }

    Abbreviations abbreviations(long offset, Encoding encoding) {
        // Sections of decompressed bytes are not larger than 2^31, others not than 2^51.
        long key = offset << 12 | encoding.number();
        Abbreviations result = abbreviations.get(key);
        if (result == null) {
            result = Abbreviations.read(sections.get(DebugSection.ABBREVIATIONS), offset, encoding, name());
            effort.spend(result.byteCount());
            abbreviations.put(key, result);
        }
        return result;
    }

    /** The supplementary file's sections. */
    DwarfFile supplementary(String what, long value) {
        return related.supplementary()
                .orElseThrow(() -> DwarfException.badReference(name(), "supplementary file for " + what, value));
    }

    /**
     * The type that a type unit describes.
     *
     * @throws DwarfException if there is no type unit of this signature
     */
    Die typeOfSignature(long signature) {
        Map<Long, Unit> units = typeUnits;
        if (units == null) {
            units = new HashMap<>();
            addTypeUnits(info, units);
            addTypeUnits(types(), units);
            typeUnits = units;
        }
        Unit unit = units.get(signature);
        if (unit == null && isSplit()) {
            unit = related.packagedTypeUnit(signature, skeleton).orElse(null);
        }
        if (unit == null) {
            throw DwarfException.badReference(name(), "type unit of signature", signature);
        }
        return unit.entry(unit.header().typeOffset());
    }

    private static void addTypeUnits(UnitSection section, Map<Long, Unit> units) {
        for (UnitHeader header : section.headers()) {
            if (header.isTypeUnit()) {
                units.putIfAbsent(header.identifier(), section.unit(header));
            }
        }
    }
}
