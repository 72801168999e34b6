package jltrace.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import jltrace.bytes.ByteSource;
import jltrace.elf.ElfFile;
import jltrace.elf.Section;

/** A good ELF file, and how a fuzzer's bytes change it: in places that mean something, so that what is found behind them is read. */
public final class ElfSeed {
    /** Values at which arithmetic goes wrong. */
    private static final long[] EXTREMES = {
        0,
        1,
        -1,
        0x7f,
        0x80,
        0xff,
        0x7fff,
        0xffff,
        0x10000,
        Integer.MAX_VALUE,
        0x8000_0000L,
        0xffff_fff0L,
        0xffff_ffffL,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -8
    };

    private static final int EDIT_SIZE = 5;

    private final String name;
    private final byte[] bytes;
    /** Where each region begins, and behind these where each ends: headers, then sections. */
    private final List<int[]> regions = new ArrayList<>();

    ElfSeed(String name, byte[] bytes) {
        this.name = name;
        this.bytes = bytes;
        ElfFile elf = ElfFile.parse(ByteSource.of(bytes), name);
        regions.add(new int[] {
            0, Math.min(bytes.length, 64 + 56 * elf.segments().size())
        });
        int sections = (int) ByteSource.of(bytes).i64(40);
        regions.add(new int[] {sections, sections + 64 * elf.sections().size()});
        for (Section section : elf.sections()) {
            if (section.hasBytes() && section.size() > 0) {
                regions.add(new int[] {(int) section.fileOffset(), (int) (section.fileOffset() + section.size())});
            }
        }
    }

    /** The file's name. */
    public String name() {
        return name;
    }

    /** The file as it is. */
    public byte[] bytes() {
        return bytes;
    }

    /**
     * A file for a fuzzer's bytes. The first chooses a seed; the others are edits of it: a region, an offset of 16 bits there, a kind of
     * change and an operand, and, for a kind that takes them, 8 bytes more. If the first is 128 or more, the others are the file.
     */
    public static byte[] file(List<ElfSeed> seeds, byte[] data) {
        if (data.length == 0) {
            return data;
        }
        if (data[0] < 0) {
            byte[] rest = new byte[data.length - 1];
            System.arraycopy(data, 1, rest, 0, rest.length);
            return rest;
        }
        return of(seeds, data).edited(ByteBuffer.wrap(data, 1, data.length - 1).order(ByteOrder.LITTLE_ENDIAN));
    }

    /** The seed that a fuzzer's bytes, at least one, are about. */
    public static ElfSeed of(List<ElfSeed> seeds, byte[] data) {
        return seeds.get((data[0] & 0x7f) % seeds.size());
    }

    private byte[] edited(ByteBuffer edits) {
        byte[] copy = bytes.clone();
        ByteBuffer file = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
        while (edits.remaining() >= EDIT_SIZE) {
            int[] region = regions.get((edits.get() & 0xff) % regions.size());
            int at = region[0] + (edits.getShort() & 0xffff) % (region[1] - region[0]);
            int kind = edits.get() & 0xff;
            int operand = edits.get();
            int width = Math.min(1 << (kind & 3), copy.length - at);
            switch ((kind >> 2) & 3) {
                case 0 -> put(file, at, width, edits.remaining() >= 8 ? edits.getLong() : operand);
                case 1 -> put(file, at, width, EXTREMES[operand & 15]);
                case 2 -> put(file, at, width, get(file, at, width) + operand);
                default -> put(file, at, width, get(file, Math.max(0, at + operand * width), width));
            }
        }
        return copy;
    }

    private static void put(ByteBuffer file, int at, int width, long value) {
        for (int i = 0; i < width; i++) {
            file.put(at + i, (byte) (value >> (8 * i)));
        }
    }

    private static long get(ByteBuffer file, int at, int width) {
        long value = 0;
        for (int i = 0; i < width && at + i < file.capacity(); i++) {
            value |= (file.get(at + i) & 0xffL) << (8 * i);
        }
        return value;
    }
}
