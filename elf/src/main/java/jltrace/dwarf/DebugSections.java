package jltrace.dwarf;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import jltrace.bytes.ByteSource;
import jltrace.elf.ElfFile;
import jltrace.elf.ElfType;
import jltrace.elf.Section;
import jltrace.elf.SectionData;

/** The debug sections of one file, or the parts of them that belong to one packaged unit. Each is decompressed when it is first needed. */
final class DebugSections {
    private static final int RELOCATIONS = 4;
    private static final int LARGEST_UNPACKED = 1 << 29;
    /** All sections together may be so large, and so many times as large as the file: some eight times it is what compressors do. */
    private static final long SMALL_SIZE = 1 << 24;

    private static final int MOST_RATIO = 32;
    private static final ByteSource NO_BYTES = ByteSource.of(new byte[0]);

    private final ElfFile elf;
    private final String suffix;
    private final Map<DebugSection, ByteSource> read = new EnumMap<>(DebugSection.class);

    private long size;

    private DebugSections(ElfFile elf, String suffix) {
        this.elf = elf;
        this.suffix = suffix;
    }

    /** Those of a linked file, an object file or a supplementary file. */
    static DebugSections of(ElfFile elf) {
        return new DebugSections(elf, "");
    }

    /** Those whose names end in {@code .dwo}: of a split file or a package (7.3.2). */
    static DebugSections split(ElfFile elf) {
        return new DebugSections(elf, ".dwo");
    }

    /** The same, but with other bytes for some of them: a package's contributions of one unit (7.3.5). */
    DebugSections with(Map<DebugSection, ByteSource> contributions) {
        DebugSections part = new DebugSections(elf, suffix);
        part.read.putAll(contributions);
        if (!contributions.containsKey(DebugSection.STRINGS)) {
            part.read.put(DebugSection.STRINGS, get(DebugSection.STRINGS));
        }
        return part;
    }

    /** Whether a section that is needed for most questions is compressed. */
    boolean hasCompressed() {
        return elf.type() != ElfType.RELOCATABLE && suffix.isEmpty() && isCompressed(DebugSection.INFO);
    }

    private boolean isCompressed(DebugSection section) {
        String name = section.sectionName();
        return elf.section(name)
                        .filter(each -> each.hasFlags(Section.COMPRESSED))
                        .isPresent()
                || elf.section(".z" + name.substring(1)).isPresent();
    }

    /** The sections for signatures that are compressed in the file, decompressed. */
    Map<DebugSection, ByteSource> decompressed() {
        Map<DebugSection, ByteSource> sections = new EnumMap<>(DebugSection.class);
        for (DebugSection section : UnpackedSections.KEPT) {
            if (isCompressed(section)) {
                sections.put(section, get(section));
            }
        }
        return sections;
    }

    /** Takes sections that were decompressed earlier. */
    void use(Map<DebugSection, ByteSource> decompressed) {
        read.putAll(decompressed);
    }

    /** The file's name, for messages. */
    String fileName() {
        return elf.name();
    }

    ElfFile elf() {
        return elf;
    }

    boolean isSplit() {
        return !suffix.isEmpty();
    }

    /**
     * The bytes of a section; none if there is no such section.
     *
     * @throws DwarfException if that makes more of all sections than the file can have been made from
     */
    ByteSource get(DebugSection section) {
        ByteSource bytes = read.get(section);
        if (bytes == null) {
            bytes = find(section);
            size += bytes.size();
            long limit = SMALL_SIZE + MOST_RATIO * elf.bytes().size();
            if (size > limit) {
                throw DwarfException.tooComplex(elf.name(), "size of the sections", limit);
            }
            read.put(section, bytes);
        }
        return bytes;
    }

    boolean has(DebugSection section) {
        return get(section).size() > 0;
    }

    private ByteSource find(DebugSection section) {
        boolean indexOfPackage = section == DebugSection.UNIT_INDEX || section == DebugSection.TYPE_UNIT_INDEX;
        String sectionName = section.sectionName() + (indexOfPackage ? "" : suffix);
        if (elf.type() != ElfType.RELOCATABLE) {
            return SectionData.find(elf, sectionName).orElse(NO_BYTES);
        }
        // What no linker has seen yet has a section for each type unit, all of the same name.
        List<ByteSource> parts = new ArrayList<>();
        for (Section each : elf.sections()) {
            if (each.name().equals(sectionName) && each.hasBytes()) {
                parts.add(relocated(each));
            }
        }
        return parts.size() == 1 ? parts.get(0) : concatenated(parts);
    }

    private ByteSource relocated(Section section) {
        ByteSource bytes = SectionData.of(elf, section);
        for (Section relocations : elf.sections()) {
            if (relocations.type() == RELOCATIONS && relocations.info() == section.index()) {
                return ObjectFileRelocations.apply(elf, relocations, bytes);
            }
        }
        return bytes;
    }

    private ByteSource concatenated(List<ByteSource> parts) {
        long total = parts.stream().mapToLong(ByteSource::size).sum();
        if (total > LARGEST_UNPACKED) {
            throw DwarfException.tooComplex(elf.name(), "size of sections of the same name", LARGEST_UNPACKED);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream((int) total);
        parts.forEach(part -> all.writeBytes(part.bytes()));
        return ByteSource.of(all.toByteArray());
    }
}
