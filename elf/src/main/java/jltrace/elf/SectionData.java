package jltrace.elf;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import jltrace.bytes.ByteSource;
import jltrace.bytes.MalformedBytesException;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorInputStream;

/**
 * The contents of sections, decompressed: {@code SHF_COMPRESSED} with zlib or Zstandard (gABI chapter 4, "Section
 * Compression"), the older {@code .zdebug_} form, and {@code .gnu_debugdata}.
 *
 * <p>No more memory is used than in proportion to the file: a size that compressed symbols or debug information never have is refused
 * before anything is decompressed.
 */
public final class SectionData {
    private static final int COMPRESSION_HEADER_SIZE = 24;
    private static final int OLD_HEADER_SIZE = 12;
    private static final int OLD_MAGIC = 0x42494c5a;
    private static final int ZLIB = 1;
    private static final int ZSTANDARD = 2;
    /** The best that was seen, of tables that repeat themselves, is 84; zeros are compressed to a thousandth. */
    private static final int MOST_RATIO = 128;

    /** What any section may be decompressed to. */
    private static final long SMALL_SIZE = 1 << 20;

    private static final int MAXIMUM_SIZE = Integer.MAX_VALUE - 8;
    private static final int XZ_MEMORY_KIBIBYTES = 1 << 17;
    private static final int FIRST_CAPACITY = 1 << 16;

    private SectionData() {}

    /**
     * The contents of a section, decompressed if it is compressed.
     *
     * @throws ElfException if they are corrupt, larger than an array, or compressed in an unknown way
     */
    public static ByteSource of(ElfFile elf, Section section) {
        ByteSource contents = elf.contents(section);
        try {
            if (section.hasFlags(Section.COMPRESSED)) {
                return decompress(elf, section, contents);
            }
            if (section.name().startsWith(".zdebug") && contents.i32(0) == OLD_MAGIC) {
                long size = Long.reverseBytes(contents.i64(4));
                return inflate(elf, section, contents.from(OLD_HEADER_SIZE), size, ZLIB);
            }
        } catch (MalformedBytesException e) {
            throw ElfException.corrupt(elf.name(), "section " + section.name(), e);
        }
        return contents;
    }

    /**
     * The contents of the section of this name, decompressed; for a name that begins with {@code .debug} also that of the
     * older compressed form. Empty if there is no such section.
     */
    public static Optional<ByteSource> find(ElfFile elf, String sectionName) {
        Optional<Section> section = elf.section(sectionName);
        if (section.isEmpty() && sectionName.startsWith(".debug")) {
            section = elf.section(".z" + sectionName.substring(1));
        }
        return section.isPresent() ? Optional.of(of(elf, section.get())) : Optional.empty();
    }

    /** The ELF file in {@code .gnu_debugdata}, which holds the symbols that were stripped and that .dynsym has not. */
    public static Optional<ElfFile> embeddedSymbols(ElfFile elf) {
        Optional<Section> section = elf.section(".gnu_debugdata");
        if (section.isEmpty() || !section.get().hasBytes()) {
            return Optional.empty();
        }
        ByteSource packed = elf.contents(section.get());
        String name = elf.name() + " (.gnu_debugdata)";
        try (InputStream stream = XZCompressorInputStream.builder()
                .setInputStream(stream(packed))
                .setMemoryLimitKiB(XZ_MEMORY_KIBIBYTES)
                .get()) {
            byte[] unpacked = read(stream, (int) largest(packed), FIRST_CAPACITY);
            return Optional.of(ElfFile.parse(ByteSource.of(unpacked), name));
        } catch (IOException e) {
            throw ElfException.corrupt(name, "xz data: " + e.getMessage(), packed.origin());
        }
    }

    private static ByteSource decompress(ElfFile elf, Section section, ByteSource contents) {
        return inflate(elf, section, contents.from(COMPRESSION_HEADER_SIZE), contents.i64(8), contents.i32(0));
    }

    /** @param method {@code ch_type} */
    private static ByteSource inflate(ElfFile elf, Section section, ByteSource packed, long size, int method) {
        if (size < 0 || size > largest(packed)) {
            throw ElfException.corrupt(
                    elf.name(),
                    packed.size() + " bytes of section " + section.name() + " claim to be " + size,
                    packed.origin());
        }
        try (InputStream stream = open(elf, section, packed, method)) {
            // Debug information is seldom compressed to less than a quarter: mostly one array is enough.
            byte[] unpacked = read(stream, (int) size, 4 * packed.size());
            if (unpacked.length != size) {
                throw new IOException(unpacked.length + " bytes instead of " + size);
            }
            return ByteSource.of(unpacked);
        } catch (IOException e) {
            throw ElfException.corrupt(
                    elf.name(), "compressed section " + section.name() + ": " + e.getMessage(), packed.origin());
        }
    }

    /** How many bytes others may be decompressed to. */
    private static long largest(ByteSource packed) {
        return Math.min(MAXIMUM_SIZE, SMALL_SIZE + Math.min(packed.size(), MAXIMUM_SIZE) * MOST_RATIO);
    }

    private static InputStream open(ElfFile elf, Section section, ByteSource packed, int method) throws IOException {
        if (method == ZLIB) {
            return new InflaterInputStream(stream(packed), new Inflater(), FIRST_CAPACITY);
        }
        if (method == ZSTANDARD) {
            try {
                return new ZstdCompressorInputStream(stream(packed));
            } catch (LinkageError e) {
                // The decompressor is native code, which it writes to the temporary directory and loads from there.
                throw ElfException.unknownCompression(elf.name(), section.name(), "Zstandard: " + e.getMessage());
            }
        }
        throw ElfException.unknownCompression(elf.name(), section.name(), "method " + method);
    }

    private static InputStream stream(ByteSource packed) {
        return new ByteArrayInputStream(packed.bytes());
    }

    /**
     * Reads to the end, at most {@code limit} bytes; a stream that has more is an error.
     *
     * @param expected how many bytes there may well be
     */
    private static byte[] read(InputStream stream, int limit, long expected) throws IOException {
        byte[] bytes = new byte[(int) Math.min(limit, Math.max(FIRST_CAPACITY, expected))];
        int size = 0;
        while (true) {
            if (size == bytes.length) {
                int next = stream.read();
                if (next < 0) {
                    return bytes;
                }
                if (size >= limit) {
                    throw new IOException("more than " + limit + " bytes");
                }
                bytes = Arrays.copyOf(bytes, (int) Math.min(limit, bytes.length * 2L));
                bytes[size++] = (byte) next;
            }
            int count = stream.read(bytes, size, bytes.length - size);
            if (count < 0) {
                return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
            }
            size += count;
        }
    }
}
