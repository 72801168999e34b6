package jltrace.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jltrace.bytes.ByteSource;
import jltrace.code.BranchTargets;
import jltrace.code.CodeRegion;
import jltrace.code.EntrySiteFinder;
import jltrace.code.FunctionEntries;
import jltrace.code.FunctionRanges;
import jltrace.code.FunctionScan;
import jltrace.code.FunctionScanner;
import jltrace.code.JumpSites;
import jltrace.code.UprobeRules;
import jltrace.elf.ElfFile;

/** Machine code: 4 functions' places and sizes in 16 bits each, then the bytes. Nothing at all is thrown. */
final class CodeTarget implements Target {
    private static final int FUNCTIONS = 4;
    private static final int HEADER_SIZE = 4 * FUNCTIONS;
    private static final long VIRTUAL_ADDRESS = 0x40_1000;
    private static final int MOST_CODE = 4096;
    private static final UprobeRules RULES = UprobeRules.ofRelease(6, 18);

    private final List<ElfSeed> seeds;

    CodeTarget(Path folder) {
        this.seeds = Seeds.objects(folder);
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> inputs = new ArrayList<>();
        for (ElfSeed seed : seeds) {
            ElfFile elf = ElfFile.parse(ByteSource.of(seed.bytes()), seed.name());
            elf.section(".text").ifPresent(text -> {
                byte[] code = elf.contents(text)
                        .slice(0, Math.min(text.size(), MOST_CODE))
                        .bytes();
                ByteBuffer input =
                        ByteBuffer.allocate(HEADER_SIZE + code.length).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < FUNCTIONS; i++) {
                    input.putShort((short) (i * code.length / FUNCTIONS)).putShort((short) (code.length / FUNCTIONS));
                }
                inputs.add(input.put(code).array());
            });
        }
        return inputs;
    }

    @Override
    public void read(byte[] data) {
        if (data.length > HEADER_SIZE) {
            Cost.check(data.length, () -> scan(data));
        }
    }

    private static void scan(byte[] data) {
        ByteBuffer header = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        CodeRegion code = new CodeRegion(data, HEADER_SIZE, data.length - HEADER_SIZE, VIRTUAL_ADDRESS);
        long[] starts = new long[FUNCTIONS];
        long[] sizes = new long[FUNCTIONS];
        for (int i = 0; i < FUNCTIONS; i++) {
            starts[i] = VIRTUAL_ADDRESS + (header.getShort() & 0xffff) % code.length();
            sizes[i] = header.getShort() & 0xffff;
        }
        FunctionRanges ranges = FunctionRanges.of(starts, sizes);
        FunctionScanner scanner = new FunctionScanner(code, FunctionEntries.of(starts), ranges, RULES);
        EntrySiteFinder finder = new EntrySiteFinder(code, FunctionEntries.of(starts), BranchTargets.of(code), RULES);
        for (int i = 0; i < FUNCTIONS; i++) {
            FunctionScan scan = scanner.scan(starts[i], sizes[i]);
            finder.find(scan);
        }
        JumpSites.find(code, ranges, starts, starts, RULES);
    }
}
