package jltrace.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import jltrace.bytes.ByteSource;
import jltrace.cache.BuildCache;
import jltrace.dwarf.DebugInformation;
import jltrace.dwarf.DwarfException;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfException;
import jltrace.elf.ElfFile;

/**
 * The files that are kept between runs, with any contents but the right checksum. The first byte says which file, the next ones where
 * in it the rest goes.
 */
final class CacheTarget implements Target {
    private static final int EDIT_SIZE = 10;

    private final ElfSeed seed;
    private final Path cache;
    private final List<Path> files = new ArrayList<>();
    private final List<byte[]> good = new ArrayList<>();

    CacheTarget(Path folder) {
        List<ElfSeed> seeds = Seeds.debugInformation(folder);
        this.seed = seeds.stream()
                .filter(each -> each.name().equals("zlib.so"))
                .findFirst()
                .orElseThrow();
        this.cache = folder.resolve("cache");
        open().functions();
        try (var kept = Files.list(cache)) {
            for (Path file : kept.sorted().toList()) {
                files.add(file);
                good.add(Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DebugInformation open() {
        ElfFile elf = ElfFile.parse(ByteSource.of(seed.bytes()), "cached");
        return DebugInformation.find(elf, "/cached", new DebugFiles(Path.of("/")), BuildCache.in(cache))
                .orElseThrow();
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> inputs = new ArrayList<>();
        for (int file = 0; file < files.size(); file++) {
            inputs.add(new byte[] {(byte) file});
        }
        return inputs;
    }

    @Override
    public void read(byte[] data) {
        if (data.length == 0) {
            return;
        }
        int which = (data[0] & 0xff) % files.size();
        ByteBuffer edits = ByteBuffer.wrap(data, 1, data.length - 1).order(ByteOrder.LITTLE_ENDIAN);
        byte[] bytes = good.get(which).clone();
        while (edits.remaining() >= EDIT_SIZE) {
            int at = (edits.getShort() & 0xffff) % (bytes.length - 7);
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(at, edits.getLong());
        }
        if (edits.hasRemaining()) {
            bytes = Arrays.copyOf(bytes, bytes.length - Math.min(bytes.length, edits.get() & 0xff));
        }
        correct(bytes, String.valueOf(files.get(which)).endsWith("index"));
        try {
            Files.write(files.get(which), bytes);
            Cost.check(bytes.length, () -> DwarfTarget.askAll(open()));
            for (int file = 0; file < files.size(); file++) {
                Files.write(files.get(file), good.get(file));
            }
        } catch (DwarfException | ElfException e) {
            Target.expected(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts the checksum where the format has it. */
    private static void correct(byte[] bytes, boolean index) {
        int covered = index ? 16 : 24;
        if (bytes.length < covered) {
            return;
        }
        CRC32 checksum = new CRC32();
        checksum.update(bytes, covered, bytes.length - covered);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (index) {
            buffer.putInt(12, (int) checksum.getValue());
        } else {
            buffer.putLong(16, checksum.getValue());
        }
    }
}
