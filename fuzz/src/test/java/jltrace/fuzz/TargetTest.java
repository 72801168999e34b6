package jltrace.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A moment of what bin/fuzz does for minutes, without the fuzzer: every target works, and holds against its seeds and some changes. */
class TargetTest {
    private static final int ROUNDS = Integer.getInteger("jltrace.fuzz.rounds", 15);
    private static final int MOST_CHANGES = 12;

    @TempDir
    private static Path folder;

    private static Stream<String> names() {
        return Target.NAMES.stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    @Timeout(300)
    void changedSeedsAreAnsweredOrRefused(String name) throws IOException {
        Target target = Target.of(name, Files.createDirectory(folder.resolve(name)));
        List<byte[]> seeds = target.seeds();
        assertThat(seeds).isNotEmpty();
        Random random = new Random(ROUNDS);
        for (int round = 0; round < seeds.size() + ROUNDS; round++) {
            byte[] seed = seeds.get(round % seeds.size());
            byte[] input = round < seeds.size() ? seed : changed(seed, random);
            assertThatCode(() -> target.read(input))
                    .as(() -> "input " + HexFormat.of().formatHex(input, 0, Math.min(input.length, 200)))
                    .doesNotThrowAnyException();
        }
    }

    /** A seed with some bytes more, as edits are, and some others. */
    private static byte[] changed(byte[] seed, Random random) {
        byte[] input = Arrays.copyOf(seed, seed.length + 5 * random.nextInt(MOST_CHANGES));
        for (int at = seed.length; at < input.length; at++) {
            input[at] = (byte) random.nextInt();
        }
        for (int change = random.nextInt(MOST_CHANGES); change > 0 && seed.length > 1; change--) {
            input[random.nextInt(seed.length)] = (byte) random.nextInt();
        }
        return input;
    }
}
