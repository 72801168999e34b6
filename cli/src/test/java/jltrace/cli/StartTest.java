package jltrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the JVM has to load before the first line of work. */
class StartTest {
    @Test
    void log4jIsNotLoadedUnlessThereIsAMessage() throws IOException, InterruptedException {
        assertThat(classesLoadedBy("--version"))
                .contains(" jltrace.cli.Main ")
                .doesNotContain(" org.apache.logging.log4j.");
    }

    private static String classesLoadedBy(String argument) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        argument)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).isZero();
        return output;
    }
}
