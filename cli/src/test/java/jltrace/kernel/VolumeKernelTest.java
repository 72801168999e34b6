package jltrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many calls: none is lost. */
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
