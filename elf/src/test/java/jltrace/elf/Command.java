package jltrace.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Programs that tests compare with or that build their input. */
final class Command {
    private Command() {}

    /** Lines of standard output of a program that has to succeed. */
    static List<String> run(Path directory, List<String> command) {
        List<String> lines = new ArrayList<>();
        int status = run(directory, Map.of(), command, true, lines::add);
        assertThat(status)
                .as("exit status of %s, which wrote %s", command, lines)
                .isZero();
        return lines;
    }

    static List<String> run(Path directory, String... command) {
        return run(directory, List.of(command));
    }

    /** Lines of standard output of a program, whatever its status. */
    static List<String> output(Path directory, Map<String, String> variables, List<String> command) {
        List<String> lines = new ArrayList<>();
        run(directory, variables, command, false, lines::add);
        return lines;
    }

    /** Hands every line of output to {@code lines} and returns the exit status. */
    static int run(
            Path directory,
            Map<String, String> variables,
            List<String> command,
            boolean withErrors,
            Consumer<String> lines) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().put("LC_ALL", "C");
        builder.environment().putAll(variables);
        if (withErrors) {
            builder.redirectErrorStream(true);
        } else {
            builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        }
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
                reader.lines().forEach(lines);
            }
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as("%s ends", command)
                    .isTrue();
            return process.exitValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
