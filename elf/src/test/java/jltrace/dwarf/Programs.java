package jltrace.dwarf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import jltrace.cache.BuildCache;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfFile;

/** Builds the programs whose debug information tests read, and runs the tools that they compare with. */
final class Programs {
    private Programs() {}

    /** What a program prints on standard output; it has to succeed. */
    static String run(Path directory, List<String> command) {
        return run(directory, command, "");
    }

    /** @param input what the program reads on standard input */
    static String run(Path directory, List<String> command, String input) {
        String program = command.get(0);
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin", program)) || program.startsWith("/"),
                () -> program + " is not installed");
        try {
            Path errors = Files.createTempFile("errors", ".txt");
            Path standardInput = Files.createTempFile("input", ".txt");
            Files.writeString(standardInput, input);
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectInput(standardInput.toFile())
                    .redirectError(errors.toFile())
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor())
                    .as("exit status of %s: %s", command, Files.readString(errors))
                    .isZero();
            Files.delete(errors);
            Files.delete(standardInput);
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static String run(Path directory, String command) {
        return run(directory, List.of(command.split(" ")));
    }

    /**
     * Compiles and links {@code prog} of one of the sources beside this class.
     *
     * @param compiler the compiler and its options
     */
    static Path build(Path directory, String source, String compiler) {
        try (InputStream text = Programs.class.getResourceAsStream(source)) {
            Path program = directory.resolve("prog");
            Files.write(directory.resolve(source), Objects.requireNonNull(text).readAllBytes());
            List<String> command = new ArrayList<>(List.of(compiler.split(" ")));
            command.addAll(List.of("-shared", "-fPIC", "-w", "-Wl,--build-id=sha1", "-c", source, "-o", "prog.o"));
            run(
                    directory,
                    command.stream()
                            .filter(option -> !option.startsWith("-Wl,"))
                            .toList());
            List<String> link = new ArrayList<>(List.of(compiler.split(" ")));
            link.addAll(List.of("-shared", "-Wl,--build-id=sha1", "prog.o", "-o", "prog"));
            run(directory, link);
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static DebugInformation open(Path file) {
        return open(file, BuildCache.none()).orElseThrow();
    }

    static Optional<DebugInformation> open(Path file, BuildCache cache) {
        try {
            return DebugInformation.find(ElfFile.open(file), file.toString(), new DebugFiles(Path.of("/")), cache);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One line for each function: its address, its names and its signature. */
    static List<String> describe(List<Subprogram> functions) {
        return functions.stream()
                .map(function -> Long.toHexString(function.virtualAddress())
                        + " "
                        + function.linkageName().orElse("-")
                        + " "
                        + function.signature().map(Object::toString).orElse("unknown " + function.name()))
                .sorted()
                .toList();
    }
}
