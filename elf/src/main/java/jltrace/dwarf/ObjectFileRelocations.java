package jltrace.dwarf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jltrace.bytes.ByteSource;
import jltrace.elf.ElfFile;
import jltrace.elf.Section;
import jltrace.elf.SectionData;
import jltrace.elf.SymbolTable;

/** Writes into a debug section of an object file what the static linker would write there, with each section at address 0. */
final class ObjectFileRelocations {
    private static final int ENTRY_SIZE = 24;
    private static final int R_X86_64_64 = 1;
    private static final int R_X86_64_32 = 10;
    private static final int R_X86_64_DTPOFF32 = 21;
    private static final int R_X86_64_DTPOFF64 = 17;

    private ObjectFileRelocations() {}

    /**
     * The section as the linker would write it.
     *
     * @param relocations the section of type {@code SHT_RELA} that is for {@code section}
     * @throws DwarfException if one of them cannot be
     */
    static ByteSource apply(ElfFile elf, Section relocations, ByteSource section) {
        byte[] bytes = section.bytes();
        ByteBuffer target = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        ByteSource table = SectionData.of(elf, relocations);
        SymbolTable symbols = elf.symbols();
        for (long at = 0; table.size() - at >= ENTRY_SIZE; at += ENTRY_SIZE) {
            long offset = table.i64(at);
            int type = table.i32(at + 8);
            long symbol = table.u32(at + 12);
            if (symbol >= symbols.size()) {
                throw DwarfException.badReference(elf.name(), "symbol", symbol);
            }
            long value = table.i64(at + 16)
                    + (symbol == 0 ? 0 : symbols.get((int) symbol).virtualAddress());
            switch (type) {
                case R_X86_64_64, R_X86_64_DTPOFF64 -> target.putLong(place(elf, section, offset, Long.BYTES), value);
                case R_X86_64_32, R_X86_64_DTPOFF32 ->
                    target.putInt(place(elf, section, offset, Integer.BYTES), (int) value);
                default -> throw DwarfException.badValue(elf.name(), "relocation of unknown type", type);
            }
        }
        return ByteSource.of(bytes);
    }

    private static int place(ElfFile elf, ByteSource section, long offset, int size) {
        if (offset < 0 || offset > section.size() - size) {
            throw DwarfException.badReference(elf.name(), "place of a relocation", offset);
        }
        return (int) offset;
    }
}
