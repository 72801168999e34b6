package jltrace.header;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A C compiler that takes gcc's options. */
public final class CCompiler {
    private static final List<String> NAMES = List.of("gcc", "clang", "cc");
    private static final long LONGEST_SECONDS = 60;

    private final Path program;

    /**
     * What a run of the compiler gave.
     *
     * @param succeeded whether its exit status was 0
     * @param diagnostics what it printed
     */
    record Outcome(boolean succeeded, List<String> diagnostics) {}

    /** @param program the compiler's path */
    public CCompiler(Path program) {
        this.program = program;
    }

    /**
     * The first of gcc, clang and cc that is in the directories of a search path.
     *
     * @param searchPath as {@code $PATH}; what is relative in it is passed over
     */
    public static Optional<CCompiler> onPath(String searchPath) {
        for (String name : NAMES) {
            for (String directory : searchPath.split(File.pathSeparator, -1)) {
                Path program = Path.of(directory, name);
                if (program.isAbsolute() && Files.isRegularFile(program) && Files.isExecutable(program)) {
                    return Optional.of(new CCompiler(program));
                }
            }
        }
        return Optional.empty();
    }

    /** Runs the compiler in a directory, with its messages in English. */
    Outcome run(Path directory, List<String> arguments) throws IOException, InterruptedException, HeaderException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        Path messages = directory.resolve("messages");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(messages.toFile());
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        try {
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                throw new HeaderException(program + " has not ended after " + LONGEST_SECONDS + " seconds");
            }
        } finally {
            process.destroyForcibly();
        }
        String text = new String(Files.readAllBytes(messages), StandardCharsets.UTF_8);
        return new Outcome(process.exitValue() == 0, text.lines().toList());
    }
}
