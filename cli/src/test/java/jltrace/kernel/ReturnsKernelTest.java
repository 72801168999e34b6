package jltrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How functions' ends are seen. */
@OnKernel
class ReturnsKernelTest {
    private static final int DEPTH = 10_000;

    /** Of return probes the kernel keeps 64 a thread. */
    @Test
    void everyReturnOfADeepRecursionIsSeen() throws IOException, InterruptedException {
        TraceRun run = of("recursion").with("-L", "-x", "down+even+odd").run();

        assertThat(run.status()).isZero();
        assertThat(run.calls().malformed()).isEmpty();
        assertThat(run.trace()).doesNotContain("no return");
        assertThat(run.calls().of("down")).hasSize(DEPTH + 1);
        assertThat(run.calls().of("even")).hasSize(DEPTH / 2 + 1);
        assertThat(run.calls().of("odd")).hasSize(DEPTH / 2);
        assertThat(run.calls().of("down"))
                .allSatisfy(call -> assertThat(call.result()).isEqualTo(call.arguments()));
    }

    @ParameterizedTest
    @CsvSource({
        "longjmps,call_back,longjmp",
        "exceptions,qsort,exception",
        "execself 1 ./exitstatus 3,execv,exec",
        "exitstatus kill 15,kill,killed"
    })
    void whyACallDoesNotReturnIsTold(String command, String function, String reason)
            throws IOException, InterruptedException {
        String[] words = command.split(" ", -1);
        TraceRun run = Jltrace.of(words[0], Arrays.copyOfRange(words, 1, words.length))
                .with("-f")
                .run();

        assertThat(run.lines())
                .anyMatch(line -> line.contains(function) && line.endsWith(" <no return: " + reason + ">"));
    }

    @ParameterizedTest
    @CsvSource({"auto,uretprobe,3", "sites,sites,4", "none,not seen,2", "uretprobe,uretprobe,3", "SITES,sites,4"})
    void theUserDecidesHowReturnsAreSeen(String mode, String shown, int traps)
            throws IOException, InterruptedException {
        String explained =
                of("callbacks").with("--returns", mode, "--explain").run().trace();
        String line = explained
                .lines()
                .filter(text -> text.contains("libcalls.so.1: starts_sub: "))
                .findFirst()
                .orElseThrow();

        assertThat(line).contains(shown.equals("sites") ? " exit site" : shown);
        // The kernel emulates neither a sub nor a ret: each traps twice.
        assertThat(line).contains("; " + traps + " traps a call; ");
    }

    /** Entry and exit are then probes at one address. */
    @Test
    void whatIsNothingButAReturnInstructionReturns() throws IOException, InterruptedException {
        TraceRun run = of("exits").with("--returns", "sites").run();

        assertThat(run.calls().of("exits_at_once"))
                .singleElement()
                .satisfies(call -> assertThat(call.result()).isEqualTo("<void>"));
    }

    @Test
    void withoutReturnsNoResultIsMadeUp() throws IOException, InterruptedException {
        TraceRun run = of("callbacks").with("--returns", "none").run();

        assertThat(run.calls().of("starts_sub"))
                .isNotEmpty()
                .allSatisfy(call -> assertThat(call.result()).isEqualTo("?"));
    }

    @Test
    void whatMayKillIsWarnedOf() throws IOException, InterruptedException {
        TraceRun run = of("callbacks").with("--returns", "uretprobe").run();

        assertThat(run.status()).isZero();
        assertThat(run.errors()).containsPattern("jltrace: warning: an exception or cancellation .*call_back.* kills");
        assertThat(of("callbacks").with("--returns", "uretprobe", "-q").run().errors())
                .doesNotContain("warning");
    }

    @Test
    void anotherModeIsRefused() throws IOException, InterruptedException {
        TraceRun run = of("callbacks").with("--returns", "some").run();

        assertThat(run.status()).isEqualTo(125);
        assertThat(run.errors()).contains("--returns");
    }

    private static Jltrace of(String program) {
        return Jltrace.of(program).withPrototypes();
    }
}
