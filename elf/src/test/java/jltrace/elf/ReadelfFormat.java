package jltrace.elf;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes what was read from an ELF file as {@code readelf -W} (GNU Binutils) does, so that the lines can be compared. */
final class ReadelfFormat {
    private static final Map<Integer, String> SECTION_TYPES = Map.ofEntries(
            Map.entry(0, "NULL"),
            Map.entry(1, "PROGBITS"),
            Map.entry(2, "SYMTAB"),
            Map.entry(3, "STRTAB"),
            Map.entry(4, "RELA"),
            Map.entry(5, "HASH"),
            Map.entry(6, "DYNAMIC"),
            Map.entry(7, "NOTE"),
            Map.entry(8, "NOBITS"),
            Map.entry(9, "REL"),
            Map.entry(11, "DYNSYM"),
            Map.entry(14, "INIT_ARRAY"),
            Map.entry(15, "FINI_ARRAY"),
            Map.entry(16, "PREINIT_ARRAY"),
            Map.entry(17, "GROUP"),
            Map.entry(19, "RELR"),
            Map.entry(0x70000001, "X86_64_UNWIND"),
            Map.entry(0x6fff4c00, "LLVM_ODRTAB"),
            Map.entry(0x6ffffff6, "GNU_HASH"),
            Map.entry(0x6ffffffd, "VERDEF"),
            Map.entry(0x6ffffffe, "VERNEED"),
            Map.entry(0x6fffffff, "VERSYM"));
    private static final Map<Integer, String> SEGMENT_TYPES = Map.ofEntries(
            Map.entry(0, "NULL"),
            Map.entry(1, "LOAD"),
            Map.entry(2, "DYNAMIC"),
            Map.entry(3, "INTERP"),
            Map.entry(4, "NOTE"),
            Map.entry(6, "PHDR"),
            Map.entry(7, "TLS"),
            Map.entry(0x6474e550, "GNU_EH_FRAME"),
            Map.entry(0x6474e551, "GNU_STACK"),
            Map.entry(0x6474e552, "GNU_RELRO"),
            Map.entry(0x6474e553, "GNU_PROPERTY"),
            Map.entry(0x65041580, "LOOS+0x5041580"));
    private static final String[] SYMBOL_TYPES = {
        "NOTYPE", "OBJECT", "FUNC", "SECTION", "FILE", "COMMON", "TLS", "", "", "", "IFUNC"
    };

    private ReadelfFormat() {}

    static List<String> sections(ElfFile elf) {
        List<String> lines = new ArrayList<>();
        for (Section section : elf.sections()) {
            lines.add(String.format(
                            "[%2d] %-17s %-15s %016x %06x %06x %02x %3s %2d %3d %2d",
                            section.index(),
                            section.name(),
                            SECTION_TYPES.getOrDefault(section.type(), "type 0x" + Integer.toHexString(section.type())),
                            section.virtualAddress(),
                            section.fileOffset(),
                            section.size(),
                            section.entrySize(),
                            sectionFlags(elf, section.flags()),
                            section.link(),
                            section.info(),
                            section.alignment())
                    .replaceAll(" +", " "));
        }
        return lines;
    }

    private static String sectionFlags(ElfFile elf, long flags) {
        StringBuilder letters = new StringBuilder();
        String names = "WAX-MSILOGTC";
        for (int bit = 0; bit < names.length(); bit++) {
            if ((flags >> bit & 1) != 0) {
                letters.append(names.charAt(bit));
            }
        }
        letters.append((flags & 0x1000_0000) != 0 ? "l" : "");
        boolean usesGnuExtensions = elf.bytes().u8(7) == 3; // EI_OSABI
        letters.append((flags & 0x20_0000) == 0 ? "" : usesGnuExtensions ? "R" : "o");
        letters.append((flags & 0x8000_0000L) != 0 ? "E" : "");
        return letters.toString();
    }

    static List<String> segments(ElfFile elf) {
        List<String> lines = new ArrayList<>();
        for (Segment segment : elf.segments()) {
            lines.add(String.format(
                            "%-14s 0x%06x 0x%016x 0x%06x 0x%06x %s%s%s 0x%x",
                            SEGMENT_TYPES.getOrDefault(segment.type(), "type 0x" + Integer.toHexString(segment.type())),
                            segment.fileOffset(),
                            segment.virtualAddress(),
                            segment.fileSize(),
                            segment.memorySize(),
                            (segment.flags() & Segment.READ) != 0 ? "R" : " ",
                            (segment.flags() & Segment.WRITE) != 0 ? "W" : " ",
                            (segment.flags() & Segment.EXECUTE) != 0 ? "E" : " ",
                            segment.alignment())
                    .replaceAll(" +", " "));
        }
        return lines;
    }

    static List<String> symbols(ElfFile elf, SymbolTable table) {
        List<String> lines = new ArrayList<>();
        for (Symbol symbol : table) {
            lines.add(symbol(elf, symbol));
        }
        return lines;
    }

    private static String symbol(ElfFile elf, Symbol symbol) {
        StringBuilder line = new StringBuilder(80);
        line.append(symbol.index()).append(": ");
        String value = Long.toHexString(symbol.virtualAddress());
        line.append("0".repeat(16 - value.length())).append(value).append(' ');
        line.append(symbol.size() > 99999 ? "0x" + Long.toHexString(symbol.size()) : Long.toString(symbol.size()));
        line.append(' ').append(symbolType(symbol.info() & 0xf)).append(' ');
        line.append(symbol.binding()).append(' ').append(symbol.visibility()).append(' ');
        line.append(
                switch (symbol.sectionIndex()) {
                    case 0 -> "UND";
                    case Symbol.ABSOLUTE -> "ABS";
                    case 0xfff2 -> "COM";
                    default -> Integer.toString(symbol.sectionIndex());
                });
        String name = versionedName(symbol);
        if (name.isEmpty() && symbol.type() == SymbolType.SECTION) {
            name = elf.sections().get(symbol.sectionIndex()).name();
        }
        return line.append(name.isEmpty() ? "" : " ").append(name).toString();
    }

    private static String symbolType(int code) {
        return code < SYMBOL_TYPES.length ? SYMBOL_TYPES[code] : "type " + code;
    }

    /** The name, for a version that is needed from a library also with the number of the version. */
    static String versionedName(Symbol symbol) {
        SymbolVersion version = symbol.symbolVersion();
        if (symbol.sectionIndex() == Symbol.ABSOLUTE && symbol.name().equals(version.name())) {
            return symbol.name(); // the symbol that stands for the version itself
        }
        return version.library().isEmpty()
                ? symbol.versionedName()
                : symbol.versionedName() + " (" + version.index() + ")";
    }

    static List<String> dynamicTable(ElfFile elf) {
        List<String> lines = new ArrayList<>();
        DynamicTable dynamic = elf.dynamic();
        for (int i = 0; i < dynamic.size(); i++) {
            lines.add("0x" + String.format("%016x", dynamic.tag(i)));
        }
        return lines;
    }

    /** Owner and size of each note. */
    static List<String> notes(ElfFile elf) {
        List<String> lines = new ArrayList<>();
        for (Notes.Note note : elf.notes()) {
            if (note.owner().startsWith("GA")) {
                continue;
            }
            lines.add(note.owner() + " 0x"
                    + String.format("%08x", note.description().size()));
        }
        return lines;
    }
}
