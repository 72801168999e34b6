package jltrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code bench/soak}, for a short time; it checks by itself. */
@OnKernel
class SoakKernelTest {
    private static final int SECONDS = 5;

    @Test
    void aBusyForkingProgramIsTracedWithoutLossOrLeak() throws IOException, InterruptedException {
        assertThat(Jltrace.launcher()).isNotEmpty();
        Process process = new ProcessBuilder(Fixtures.ROOT.resolve("bench/soak").toString(), Integer.toString(SECONDS))
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains(SECONDS + " s: ").contains(", 0 wrong results; ");
    }
}
