package jltrace.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the bytes and addresses, nothing throws, and everything ends. */
class HostileCodeTest {
    private static final UprobeRules RULES = UprobeRules.ofRelease(6, 18);

    @ParameterizedTest
    @ValueSource(longs = {0, 0x1000, 0x7fff_ffff_f000L, -0x200, Long.MAX_VALUE - 0x100, Long.MIN_VALUE})
    void randomBytesAreScannedWithoutException(long virtualAddress) {
        Random random = new Random(virtualAddress);
        for (int round = 0; round < 300; round++) {
            CodeRegion code = CodeRegion.of(randomCode(random), virtualAddress);
            long[] starts = random.longs(8, 0, code.length())
                    .map(at -> virtualAddress + at)
                    .toArray();
            long[] sizes = random.longs(8, -10, 2L * code.length()).toArray();
            FunctionRanges ranges = FunctionRanges.of(starts, sizes);
            FunctionEntries entries = FunctionEntries.of(starts);
            FunctionScanner scanner = new FunctionScanner(code, entries, ranges, RULES);
            EntrySiteFinder finder = new EntrySiteFinder(code, entries, BranchTargets.of(code), RULES);
            for (int at = 0; at < starts.length; at++) {
                FunctionScan scan = scanner.scan(starts[at], sizes[at]);
                assertThat(finder.find(scan).entry().virtualAddress()).isEqualTo(starts[at]);
                for (FunctionExit exit : scan.exits()) {
                    assertThat(code.contains(exit.virtualAddress())).isTrue();
                }
                long address = starts[at];
                assertThatCode(() -> CallSite.before(code, address)).doesNotThrowAnyException();
                assertThatCode(() -> CallSite.before(code, ranges, address)).doesNotThrowAnyException();
            }
            assertThatCode(() -> JumpSites.find(code, ranges, starts, starts, RULES))
                    .doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 0xfff, 0x1040, 0x2000, -1, Long.MAX_VALUE, Long.MIN_VALUE})
    void aFunctionOutsideTheCodeIsDoubtedAndNotProbed(long virtualAddress) {
        CodeRegion code = CodeRegion.of(new byte[0x40], 0x1000);
        FunctionRanges ranges = FunctionRanges.of(new long[0], new long[0]);
        FunctionScanner scanner = new FunctionScanner(code, FunctionEntries.of(), ranges, RULES);
        for (long size : new long[] {0, 1, 0x40, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            FunctionScan scan = scanner.scan(virtualAddress, size);

            assertThat(scan.doubt())
                    .hasValueSatisfying(doubt -> assertThat(doubt).startsWith("control leaves the code"));
            assertThat(scan.exits()).isEmpty();
            EntrySiteFinder finder = new EntrySiteFinder(code, FunctionEntries.of(), BranchTargets.of(code), RULES);
            assertThat(finder.find(scan).cheapest().uprobeClass()).isEqualTo(UprobeClass.REFUSED);
        }
    }

    @Test
    void aChainOfJumpsAndBranchesEverywhereEnds() {
        byte[] code = new byte[1 << 16];
        for (int at = 0; at + 2 <= code.length; at += 2) {
            code[at] = (byte) (at % 6 == 0 ? 0x50 : at % 6 == 2 ? 0x75 : 0x58);
            code[at + 1] = at % 6 == 2 ? (byte) (at * 31) : (byte) 0x90;
        }
        CodeRegion region = CodeRegion.of(code, 0);
        FunctionRanges ranges = FunctionRanges.of(new long[0], new long[0]);

        FunctionScan scan = new FunctionScanner(region, FunctionEntries.of(), ranges, RULES).scan(0, code.length);

        assertThat(scan.isReliable()).isFalse();
    }

    /** Random bytes, with more branches, returns and prefixes than chance would give. */
    private static byte[] randomCode(Random random) {
        byte[] code = new byte[random.nextInt(200) + 1];
        random.nextBytes(code);
        int[] favourites = {0xc3, 0xe9, 0xeb, 0x74, 0xff, 0x0f, 0x66, 0x48, 0xe8, 0x90, 0x55, 0x62, 0xc4, 0xc5, 0x8f};
        for (int at = 0; at < code.length; at++) {
            if (random.nextInt(3) == 0) {
                code[at] = (byte) favourites[random.nextInt(favourites.length)];
            }
        }
        return code;
    }
}
