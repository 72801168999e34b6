package jltrace.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignalNamesTest {
    private static final int FIRST_REAL_TIME = 34;

    private static List<String> lines(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        List<String> lines = process.inputReader().lines().toList();
        assertThat(process.waitFor()).isZero();
        return lines;
    }

    @Test
    void theNamesAreThoseOfTheShell() throws IOException, InterruptedException {
        for (int signal = 1; signal <= 31; signal++) {
            List<String> name = lines("/bin/bash", "-c", "kill -l " + signal);
            assertThat(SignalNames.name(signal)).isEqualTo("SIG" + name.get(0).replaceFirst("^SIG", ""));
        }
    }

    @Test
    void theDescriptionsAreThoseOfStrsignal(@TempDir Path directory) throws IOException, InterruptedException {
        Path source = Files.writeString(directory.resolve("signals.c"), """
                #include <stdio.h>
                #include <string.h>
                int main(void) {
                    for (int signal = 1; signal <= 31; signal++)
                        puts(strsignal(signal));
                    return 0;
                }
                """);
        String program = directory.resolve("signals").toString();
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/cc")), "there is no C compiler");
        lines("/usr/bin/cc", "-o", program, source.toString());
        List<String> expected = lines(program);
        for (int signal = 1; signal <= 31; signal++) {
            assertThat(SignalNames.description(signal)).isEqualTo(expected.get(signal - 1));
        }
    }

    @Test
    void realTimeSignalsAreNumberedFromTheFirst() {
        assertThat(SignalNames.name(FIRST_REAL_TIME)).isEqualTo("SIGRT_0");
        assertThat(SignalNames.name(64)).isEqualTo("SIGRT_30");
        assertThat(SignalNames.description(FIRST_REAL_TIME + 1)).isEqualTo("Real-time signal 1");
    }

    @Test
    void anyOtherNumberHasAName() {
        for (int signal : new int[] {-1, 0, 32, 33, 65, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThat(SignalNames.name(signal)).startsWith("SIG").doesNotContain("null");
            assertThat(SignalNames.description(signal)).isNotEmpty();
        }
    }
}
