package jltrace.dwarf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jltrace.bytes.ByteSource;
import jltrace.bytes.MalformedBytesException;

/**
 * Decompressed sections in the form in which they are kept in a file: so that a later run can look at the few pages that it needs,
 * where it would have to decompress all of them.
 */
final class UnpackedSections {
    /** The sections that are kept, in the order of the file. */
    static final List<DebugSection> KEPT = List.of(
            DebugSection.INFO,
            DebugSection.TYPES,
            DebugSection.ABBREVIATIONS,
            DebugSection.STRINGS,
            DebugSection.STRING_OFFSETS,
            DebugSection.ADDRESSES,
            DebugSection.RANGE_LISTS);

    private static final long MAGIC = 0x5353_4952_4144_4c4aL;
    private static final int VERSION = 1;
    private static final int NUMBERS = 24;
    private static final int SIZES = NUMBERS + 8;
    private static final long LARGEST = 1 << 28;
    private static final long ABSENT = -1;

    private UnpackedSections() {}

    /** The bytes of a file; empty if there is nothing to keep, or too much. */
    static Optional<byte[]> write(Map<DebugSection, ByteSource> sections, String buildId) {
        byte[] id = buildId.getBytes(StandardCharsets.US_ASCII);
        long total = SIZES + 8L * KEPT.size() + id.length;
        for (ByteSource section : sections.values()) {
            total += section.size();
        }
        if (sections.isEmpty() || total > LARGEST) {
            return Optional.empty();
        }
        byte[] array = new byte[(int) total];
        ByteBuffer buffer = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(MAGIC).putInt(VERSION).putInt(0).putLong(0).putLong(id.length);
        for (DebugSection kept : KEPT) {
            ByteSource section = sections.get(kept);
            buffer.putLong(section == null ? ABSENT : section.size());
        }
        buffer.put(id);
        for (DebugSection kept : KEPT) {
            ByteSource section = sections.get(kept);
            if (section != null) {
                buffer.put(section.bytes());
            }
        }
        buffer.putLong(16, checksum(ByteSource.of(array)));
        return Optional.of(array);
    }

    /** The sections of a file; empty if the bytes are not one, or one of another build. */
    static Optional<Map<DebugSection, ByteSource>> read(ByteSource bytes, String buildId) {
        try {
            byte[] id = buildId.getBytes(StandardCharsets.US_ASCII);
            long idAt = SIZES + 8L * KEPT.size();
            boolean fits = bytes.i64(0) == MAGIC
                    && bytes.i32(8) == VERSION
                    && bytes.i64(NUMBERS) == id.length
                    && Arrays.equals(bytes.bytes(idAt, id.length), id)
                    && bytes.i64(16) == checksum(bytes);
            if (!fits) {
                return Optional.empty();
            }
            Map<DebugSection, ByteSource> sections = new EnumMap<>(DebugSection.class);
            long at = idAt + id.length;
            for (int i = 0; i < KEPT.size(); i++) {
                long size = bytes.i64(SIZES + 8L * i);
                if (size != ABSENT) {
                    sections.put(KEPT.get(i), bytes.slice(at, size));
                    at += size;
                }
            }
            return at == bytes.size() ? Optional.of(sections) : Optional.empty();
        } catch (MalformedBytesException e) {
            return Optional.empty();
        }
    }

    /** Of all bytes behind the checksum. */
    private static long checksum(ByteSource bytes) {
        return bytes.from(NUMBERS).crc32();
    }
}
