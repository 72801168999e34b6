package jltrace.cache;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import jltrace.bytes.ByteSource;
import jltrace.bytes.MalformedBytesException;
import jltrace.elf.ElfException;
import jltrace.elf.ElfFile;
import jltrace.elf.Section;
import jltrace.elf.Segment;

/**
 * Keeps what was found out about objects' code and symbols from one run to the next.
 *
 * <p>What is kept says where probes are put. So it is used only for the very bytes that it was found in, whatever the build id
 * says, and only by the very version of the program that found it. Small objects are read again each time: that takes no longer.
 */
public final class ObjectFacts {
    /** Bytes. */
    private static final long SMALLEST_OBJECT = 1 << 18;

    /** 32 MiB. */
    private static final long MOST_NUMBERS = 1 << 22;

    private static final long MAGIC = 0x5443_4146_4144_4c4aL;
    private static final int CHECKED = 16;
    private static final int HEADER = 40;

    private final BuildCache cache;
    private final OptionalLong program;
    private final Map<ElfFile, OptionalLong> contents = new HashMap<>();

    private ObjectFacts(BuildCache cache, OptionalLong program) {
        this.cache = cache;
        this.program = program;
    }

    /**
     * Facts that a version of a program finds out.
     *
     * @param program a number that is the version's alone
     */
    public static ObjectFacts of(BuildCache cache, long program) {
        return new ObjectFacts(cache, OptionalLong.of(program));
    }

    /**
     * Facts that classes find out. Nothing is kept unless they come from archives: those tell one version of them from another.
     *
     * @param finders at least one of each archive concerned
     */
    public static ObjectFacts foundBy(BuildCache cache, Class<?>... finders) {
        CRC32 all = new CRC32();
        for (Class<?> finder : finders) {
            OptionalLong archive = archiveOf(finder);
            if (archive.isEmpty()) {
                return none();
            }
            all.update(ByteBuffer.allocate(Long.BYTES).putLong(0, archive.getAsLong()));
        }
        return of(cache, all.getValue());
    }

    /** Keeps nothing. */
    public static ObjectFacts none() {
        return new ObjectFacts(BuildCache.none(), OptionalLong.empty());
    }

    private static OptionalLong archiveOf(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        try {
            Path archive = source == null ? null : Path.of(source.getLocation().toURI());
            return archive == null || !Files.isRegularFile(archive)
                    ? OptionalLong.empty()
                    : OptionalLong.of(ByteSource.map(archive).crc32());
        } catch (IOException | URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
            return OptionalLong.empty();
        }
    }

    /**
     * What was found out about an object, now or before.
     *
     * @param kind what it is
     * @param numbers what is kept of it
     * @param ofNumbers makes it of what was kept; empty if it can't be of that
     * @param finding finds it out; what it throws is thrown, and nothing is kept
     */
    public <T> T get(
            ElfFile elf,
            String kind,
            Function<T, List<long[]>> numbers,
            Function<List<long[]>, Optional<T>> ofNumbers,
            Supplier<T> finding) {
        Optional<String> buildId =
                elf.bytes().size() < SMALLEST_OBJECT || program.isEmpty() ? Optional.empty() : buildId(elf);
        OptionalLong content =
                buildId.isEmpty() ? OptionalLong.empty() : contents.computeIfAbsent(elf, ObjectFacts::contentOf);
        if (buildId.isEmpty() || content.isEmpty()) {
            return finding.get();
        }
        Optional<T> kept = cache.read(buildId.get(), kind)
                .flatMap(bytes -> parse(bytes, content.getAsLong()))
                .flatMap(ofNumbers);
        if (kept.isPresent()) {
            return kept.get();
        }
        T found = finding.get();
        bytes(numbers.apply(found), content.getAsLong()).ifPresent(bytes -> cache.write(buildId.get(), kind, bytes));
        return found;
    }

    private static Optional<String> buildId(ElfFile elf) {
        try {
            return elf.buildId();
        } catch (ElfException e) {
            return Optional.empty();
        }
    }

    private static OptionalLong contentOf(ElfFile elf) {
        try {
            return OptionalLong.of(checksum(elf));
        } catch (ElfException | MalformedBytesException e) {
            return OptionalLong.empty();
        }
    }

    /** Of all that is loaded, and of the symbols that are not: not of what debuggers read, which may be very long. */
    private static long checksum(ElfFile elf) {
        CRC32 all = new CRC32();
        for (Segment segment : elf.segments()) {
            if (segment.isLoad()) {
                update(all, segment.virtualAddress(), elf.bytes().slice(segment.fileOffset(), segment.fileSize()));
            }
        }
        for (Section section : elf.sections()) {
            boolean symbols = section.type() == Section.SYMBOL_TABLE || section.type() == Section.STRING_TABLE;
            if (symbols && !section.hasFlags(Section.ALLOCATED)) {
                update(all, section.type(), elf.contents(section));
            }
        }
        return all.getValue();
    }

    private static void update(CRC32 all, long what, ByteSource bytes) {
        all.update(ByteBuffer.allocate(3 * Long.BYTES)
                .putLong(what)
                .putLong(bytes.size())
                .putLong(bytes.crc32())
                .flip());
    }

    /** Empty if there are too many. */
    private Optional<byte[]> bytes(List<long[]> numbers, long content) {
        long longs = numbers.size();
        for (long[] each : numbers) {
            longs += each.length;
        }
        if (longs > MOST_NUMBERS) {
            return Optional.empty();
        }
        byte[] array = new byte[HEADER + (int) longs * Long.BYTES];
        ByteBuffer buffer = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(MAGIC)
                .putLong(0)
                .putLong(program.getAsLong())
                .putLong(content)
                .putLong(numbers.size());
        LongBuffer all = buffer.asLongBuffer();
        for (long[] each : numbers) {
            all.put(each.length);
        }
        for (long[] each : numbers) {
            all.put(each);
        }
        buffer.putLong(8, ByteSource.of(array).from(CHECKED).crc32());
        return Optional.of(array);
    }

    /** Empty if the bytes are not whole, or not of this content and version. */
    private Optional<List<long[]>> parse(ByteSource bytes, long content) {
        try {
            boolean fits = bytes.i64(0) == MAGIC
                    && bytes.i64(8) == bytes.from(CHECKED).crc32()
                    && bytes.i64(16) == program.getAsLong()
                    && bytes.i64(24) == content;
            long count = bytes.i64(32);
            if (!fits || count < 0 || count > bytes.size() / Long.BYTES) {
                return Optional.empty();
            }
            LongBuffer all = ByteBuffer.wrap(bytes.from(HEADER).bytes())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asLongBuffer();
            List<long[]> numbers = new ArrayList<>();
            long at = count;
            for (int i = 0; i < count; i++) {
                long length = all.get(i);
                if (length < 0 || length > all.limit() - at) {
                    return Optional.empty();
                }
                long[] each = new long[(int) length];
                all.get((int) at, each);
                numbers.add(each);
                at += length;
            }
            return at == all.limit() ? Optional.of(numbers) : Optional.empty();
        } catch (MalformedBytesException e) {
            return Optional.empty();
        }
    }
}
