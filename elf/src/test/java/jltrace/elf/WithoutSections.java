package jltrace.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jltrace.bytes.ByteSource;

/** Takes the section headers away, as {@code objcopy --strip-section-headers} of newer Binutils does. */
final class WithoutSections {
    private WithoutSections() {}

    static ElfFile of(ElfFile elf) {
        byte[] bytes = elf.bytes().bytes();
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int sectionTable = Math.toIntExact(buffer.getLong(40));
        int sectionCount = buffer.getShort(60) & 0xffff;
        java.util.Arrays.fill(bytes, sectionTable, sectionTable + sectionCount * 64, (byte) 0);
        buffer.putLong(40, 0).putShort(60, (short) 0).putShort(62, (short) 0);
        return ElfFile.parse(ByteSource.of(bytes), elf.name() + " without section headers");
    }
}
