package jltrace.elf;

import java.util.ArrayList;
import java.util.List;
import jltrace.bytes.ByteSource;
import jltrace.bytes.MalformedBytesException;
import org.jspecify.annotations.Nullable;

/** The section header table and the symbol table that is found through it (gABI chapter 4). */
final class SectionHeaders {
    private SectionHeaders() {}

    static List<Section> read(ByteSource file, ElfHeader header) {
        ByteSource table = table(file, header);
        int count = (int) (table.size() / ElfHeader.SECTION_HEADER_SIZE);
        ByteSource names = ElfFile.NO_BYTES;
        long namesIndex = header.sectionNamesIndex();
        if (namesIndex > 0 && namesIndex < count) {
            long at = namesIndex * ElfHeader.SECTION_HEADER_SIZE;
            names = file.slice(table.i64(at + 24), table.i64(at + 32));
        }
        List<Section> sections = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long at = (long) i * ElfHeader.SECTION_HEADER_SIZE;
            sections.add(new Section(
                    i,
                    names.size() == 0 ? "" : names.string(table.u32(at)),
                    table.i32(at + 4),
                    table.i64(at + 8),
                    table.i64(at + 16),
                    table.i64(at + 24),
                    table.i64(at + 32),
                    table.i32(at + 40),
                    table.i32(at + 44),
                    table.i64(at + 48),
                    table.i64(at + 56)));
        }
        return List.copyOf(sections);
    }

    /** {@code .symtab}, empty if there is none. */
    static SymbolTable symbolTable(ElfFile elf) {
        List<Section> sections = elf.sections();
        for (Section section : sections) {
            if (section.type() == Section.SYMBOL_TABLE) {
                int link = section.link();
                if (link <= 0 || link >= sections.size()) {
                    throw ElfException.corrupt(elf.name(), "symbol table without names");
                }
                ByteSource indexes = extendedIndexes(elf, section.index());
                return new SymbolTable(
                        elf.name(), elf.contents(section), elf.contents(sections.get(link)), null, null, indexes);
            }
        }
        return SymbolTable.empty(elf.name());
    }

    /**
     * Whether the section of a segment, which begins at the same address, was left out of the file: in a debug file. The
     * segment's place in the file then means nothing.
     */
    static boolean isWithoutBytes(ByteSource file, ElfHeader header, Segment segment) {
        try {
            ByteSource table = table(file, header);
            for (long at = 0; at < table.size(); at += ElfHeader.SECTION_HEADER_SIZE) {
                if (table.i32(at + 4) == Section.NO_BITS
                        && table.i64(at + 16) == segment.virtualAddress()
                        && table.i64(at + 32) != 0) {
                    return true;
                }
            }
            return false;
        } catch (MalformedBytesException e) {
            return false; // The loader does not read section headers, so broken ones must not matter here.
        }
    }

    private static ByteSource table(ByteSource file, ElfHeader header) {
        long count = header.sectionCount();
        if (count == 0) {
            return ElfFile.NO_BYTES;
        }
        long size = count > file.size() / ElfHeader.SECTION_HEADER_SIZE
                ? Long.MAX_VALUE
                : count * ElfHeader.SECTION_HEADER_SIZE;
        return file.slice(header.sectionTableOffset(), size);
    }

    private static @Nullable ByteSource extendedIndexes(ElfFile elf, int symbolTableIndex) {
        for (Section section : elf.sections()) {
            if (section.type() == Section.SYMBOL_SECTION_INDEXES && section.link() == symbolTableIndex) {
                return elf.contents(section);
            }
        }
        return null;
    }
}
