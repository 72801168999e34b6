package jltrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many calls: none is lost, or it is told. */
@OnKernel
class VolumeKernelTest {
    @TempDir
    private Path folder;

    @Test
    void aMillionCallsAreAMillionLines() throws IOException, InterruptedException {
        int calls = 1_000_000;
        Path trace = folder.resolve("trace");
        TraceRun run = Jltrace.of("loop", Integer.toString(calls), "push")
                .toStandardError()
                .withPrototypes()
                .with("-o", trace.toString(), "-e", "starts_push")
                .run();

        assertThat(run.status()).isZero();
        assertThat(run.output()).startsWith("truth calls " + calls + " kind push ");
        assertThat(run.messages()).isEmpty();
        try (BufferedReader lines = Files.newBufferedReader(trace, StandardCharsets.ISO_8859_1)) {
            for (int i = 0; i < calls; i++) {
                String line = lines.readLine();
                String expected = "loop->starts_push(" + i + ")";
                if (line == null || !line.startsWith(expected) || !line.endsWith(" = " + (i + 1))) {
                    assertThat(line).as("line " + i).isEqualTo(expected + " = " + (i + 1));
                }
            }
            assertThat(lines.readLine()).isEqualTo("+++ exited (status 0) +++");
            assertThat(lines.readLine()).isNull();
        }
    }

    /** In rings of a page there is no room for what eight threads do; calls are still paired right. */
    @Test
    void whatIsLostIsToldAndNothingIsMadeUp() throws IOException, InterruptedException {
        int calls = 8 * 20_000;
        TraceRun run = Jltrace.of("threads8", "20000")
                .withPrototypes()
                .with("-m", "4K", "--fail-on-loss", "-e", "starts_push")
                .run();

        assertThat(run.status()).isEqualTo(125);
        long lost = 0;
        for (String line : run.lines()) {
            Matcher told =
                    Pattern.compile("(?:\\d+ )?--- LOST (\\d+) records.* ---").matcher(line);
            lost += told.matches() ? Long.parseLong(told.group(1)) : 0;
        }
        assertThat(lost).isPositive();
        assertThat(run.errors()).contains("jltrace: " + lost + " records were lost");
        List<TracedCall> seen = run.calls().of("starts_push");
        assertThat(seen.size()).isLessThan(calls);
        assertThat(seen.size() + lost).isGreaterThan(calls / 2);
        for (TracedCall call : seen) {
            if (call.returned()) {
                assertThat(call.result()).isEqualTo(Long.toString(Long.parseLong(call.arguments()) + 1));
            }
        }
    }

    @Test
    void lossIsNoFailureUnlessItIsAskedFor() throws IOException, InterruptedException {
        TraceRun run = Jltrace.of("threads8", "20000")
                .withPrototypes()
                .with("-m", "4K", "-e", "starts_push", "-c")
                .run();

        assertThat(run.status()).isZero();
        assertThat(run.trace()).contains(" records: figures with a + are lower bounds");
        assertThat(run.trace()).containsPattern("\\d\\+starts_push\n");
        assertThat(run.errors()).contains(" records were lost");
    }

    /** The kernel's own counters know the calls of which no record came. */
    @Test
    void countsAreExactAlthoughRecordsAreLost() throws IOException, InterruptedException {
        TraceRun run = Jltrace.of("threads8", "20000")
                .withPrototypes()
                .with("-m", "4K", "-L", "-x", "starts_push+pthread_create", "-c")
                .run();

        assertThat(run.trace()).contains("the kernel dropped ");
        assertThat(run.truth().counts()).containsEntry("starts_push", 160_000L);
        assertThat(run.trace())
                .containsPattern(" 160000 starts_push\n")
                .containsPattern(" 8 pthread_create\n")
                .containsPattern(" 160008 total\n");
    }

    /** Nobody takes the lines for a while: what waits goes to a file, and nothing is lost. */
    @Test
    void whatMemoryHasNoRoomForWaitsInAFile() throws IOException, InterruptedException {
        int calls = 200_000;
        Process shell = new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        "{ \"$0\" -F \"$1\" --spill 1M -e starts_push -- \"$2\" $3 push 2>&1 >/dev/null; } | { sleep 5; cat; }",
                        Jltrace.launcher(),
                        Fixtures.PROTOTYPES.toString(),
                        Fixtures.program("loop"),
                        Integer.toString(calls))
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        List<String> lines = new String(shell.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)
                .lines()
                .toList();

        assertThat(shell.waitFor()).isZero();
        assertThat(lines).hasSize(calls + 1).last().isEqualTo("+++ exited (status 0) +++");
        for (int i = 0; i < calls; i += 1000) {
            assertThat(lines.get(i)).startsWith("loop->starts_push(" + i + ")");
        }
    }

    @Test
    void aReaderThatGoesAwayDoesNotHarmTheProgram() throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Process shell = new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        "\"$0\" -l libcalls.so.1 -- \"$1\" 20000 push 2>&1 >\"$2\" | head -1",
                        Jltrace.launcher(),
                        Fixtures.program("loop"),
                        output.toString())
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        String first = new String(shell.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);

        assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(first).startsWith("loop->starts_push(0");
        for (int i = 0; i < 1000 && !Jltrace.read(output).contains("truth elapsed"); i++) {
            Thread.sleep(20);
        }
        assertThat(Jltrace.read(output)).startsWith("truth calls 20000 kind push ");
    }
}
