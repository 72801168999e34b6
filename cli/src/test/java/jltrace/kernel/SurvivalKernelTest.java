package jltrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs whose frames, threads, files or signals do not behave as most do live on and do the same, however jltrace sees their functions
 * return. Where chance decides, the fixtures try a hundred times.
 */
@OnKernel
class SurvivalKernelTest {
    /** What is probed, and how returns are seen. */
    private static final String[][] WAYS = {
        {}, {"-f", "-l", "*"}, {"-f", "-l", "*", "--returns", "sites"}, {"-f", "-l", "*", "--returns", "none"}
    };

    @ParameterizedTest
    @ValueSource(strings = {"throwers", "threadends", "uncaught noexcept", "uncaught thread", "uncaught unwinding"})
    void theProgramDoesTheSameInEveryHarmlessWay(String command) throws IOException, InterruptedException {
        String[] words = command.split(" ", -1);
        Effect untraced = Effect.untraced(words);
        for (String[] way : WAYS) {
            TraceRun run = of(words).with(way).run();

            assertThat(Effect.of(run)).as(String.join(" ", way)).isEqualTo(untraced);
            assertThat(run.errors()).doesNotContain("warning");
        }
    }

    private static Jltrace of(String... words) {
        return Jltrace.of(words[0], Arrays.copyOfRange(words, 1, words.length)).withPrototypes();
    }
}
