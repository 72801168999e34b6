package jltrace.kernel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A jltrace to be run, as a process of its own, by the script that users start. */
final class Jltrace {
    private static final ConcurrentLinkedQueue<Long> STARTED = new ConcurrentLinkedQueue<>();
    private static final File NO_INPUT = new File("/dev/null");
    private static boolean built;

    private final List<String> options = new ArrayList<>();
    private final List<String> command;
    private final ProcessBuilder builder = new ProcessBuilder();
    private List<String> prefix = List.of();
    private boolean toFile = true;

    private Jltrace(List<String> command) {
        this.command = command;
        builder.directory(Fixtures.BUILD.toFile());
        builder.redirectInput(NO_INPUT);
        environment().remove("COLUMNS");
    }

    /** A jltrace that runs a command; a fixture's name is completed. */
    static Jltrace of(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(program.contains("/") ? program : Fixtures.program(program));
        command.addAll(List.of(arguments));
        return new Jltrace(command);
    }

    /** A jltrace without a command. */
    static Jltrace alone() {
        return new Jltrace(List.of());
    }

    Jltrace with(String... more) {
        options.addAll(List.of(more));
        return this;
    }

    /** With the prototypes of libcalls. */
    Jltrace withPrototypes() {
        return with("-F", Fixtures.PROTOTYPES.toString());
    }

    /** The trace goes to standard error, not to a file. */
    Jltrace toStandardError() {
        toFile = false;
        return this;
    }

    /** In a pid namespace of its own, where the process is number 1. */
    Jltrace inPidNamespace() throws IOException {
        prefix = MountNamespace.unshare("--pid", "--fork", "--mount-proc");
        return this;
    }

    Jltrace in(Path folder) {
        builder.directory(folder.toFile());
        return this;
    }

    Jltrace input(Redirect source) {
        builder.redirectInput(source);
        return this;
    }

    /** The environment of jltrace and of what it traces. */
    Map<String, String> environment() {
        return builder.environment();
    }

    /** Runs it to its end. */
    TraceRun run() throws IOException, InterruptedException {
        return start().end();
    }

    RunningTrace start() throws IOException {
        Path folder = Files.createTempDirectory("jltrace-test");
        Path trace = folder.resolve("trace");
        List<String> all = new ArrayList<>(prefix);
        all.add(launcher());
        if (toFile) {
            all.addAll(List.of("-o", trace.toString()));
        }
        all.addAll(options);
        if (!command.isEmpty()) {
            all.add("--");
            all.addAll(command);
        }
        Path output = folder.resolve("output");
        Path errors = folder.resolve("errors");
        Process process = builder.command(all)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        STARTED.add(process.pid());
        return new RunningTrace(process, trace, output, errors);
    }

    /** The path of bin/jltrace, which is built already: a build would be told on standard error. */
    static synchronized String launcher() throws IOException {
        if (!built) {
            build();
            built = true;
        }
        return Fixtures.ROOT.resolve("bin/jltrace").toString();
    }

    private static void build() throws IOException {
        Path build = Fixtures.ROOT.resolve("bin/build");
        try {
            int status = new ProcessBuilder(build.toString())
                    .redirectInput(NO_INPUT)
                    .redirectErrorStream(true)
                    .redirectOutput(NO_INPUT)
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IOException(build + " failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** The process ids of all that were started so. */
    static List<Long> startedPids() {
        return List.copyOf(STARTED);
    }

    /** A file's bytes as characters, or nothing if there is no file. */
    static String read(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file, ISO_8859_1) : "";
    }
}
