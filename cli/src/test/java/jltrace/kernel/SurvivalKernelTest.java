package jltrace.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs whose frames, threads, files or signals do not behave as most do live on and do the same, however jltrace sees their functions
 * return. Where chance decides, the fixtures try a hundred times.
 */
@OnKernel
class SurvivalKernelTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"throwers", "threadends"})
    void framesThatAreUnwoundAreUnwoundTheSame(String command) throws IOException, InterruptedException {
        doesTheSame(command);
    }

    @ParameterizedTest
    @ValueSource(strings = {"noexcept", "thread", "unwinding"})
    void anExceptionThatMayNotPassEndsTheProgramTheSame(String how) throws IOException, InterruptedException {
        Effect untraced = Effect.untraced("uncaught", how);

        assertThat(untraced.status()).isEqualTo(128 + 6);
        assertSame(untraced, new String[] {"uncaught", how}, "-f", "-l", "*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"clones", "forkthread 30", "dlopens ./libplugin.so 40", "ticks"})
    void tasksLibrariesAndSignalsComeAndGoTheSame(String command) throws IOException, InterruptedException {
        doesTheSame(command);
    }

    /** Probes belong to a file, not to its path. */
    @Test
    void aLibraryThatTakesTheNameOfAProbedOneRunsItsOwnCode() throws IOException, InterruptedException {
        doesTheSame("replaced " + folder + " 5");

        TraceRun run = of("replaced", folder.toString(), "20")
                .with("-L", "-x", "*@libreplaced.so")
                .run();
        assertThat(Effect.of(run)).isEqualTo(Effect.untraced("replaced", folder.toString(), "20"));
    }

    @Test
    void aThreadThatIsNotTheLeaderExecsAHundredTimes() throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(Collections.nCopies(100, Fixtures.program("execthread")));
        words.addAll(List.of(Fixtures.program("exitstatus"), "5"));
        String[] command = words.toArray(String[]::new);

        TraceRun run = of(command).run();

        assertThat(run.status()).isEqualTo(5);
        assertThat(Effect.of(run)).isEqualTo(Effect.untraced(command));
    }

    @ParameterizedTest
    @CsvSource({"static,strdup+strlen+free+main", "static-pie,*"})
    void aProgramWithoutALoaderDoesTheSame(String program, String functions) throws IOException, InterruptedException {
        TraceRun run = of(program).with("-x", functions).run();

        assertThat(run.calls().of("main")).hasSize(1);
        assertThat(Effect.of(run)).isEqualTo(Effect.untraced(program));
    }

    @Test
    void aSetuidProgramOfTheSameUserIsTheSame() throws IOException, InterruptedException {
        String program = setuid();

        assertThat(Effect.of(of(program).run())).isEqualTo(Effect.untraced(program));
    }

    @Test
    void aSetuidProgramThatAnotherUserStartedKeepsWhatItMayDo() throws IOException, InterruptedException {
        try (RunningProcess process = RunningProcess.start(
                "/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", setuid())) {
            List<String> untraced = process.ask("", "truth uid");
            RunningTrace trace = Jltrace.alone()
                    .with("-v", "-p", Long.toString(process.pid()))
                    .start();
            trace.awaitAttached();

            assertThat(untraced).last().asString().contains("uid 65534 euid 0 saved 0 secure 1");
            assertThat(process.ask("", "truth uid")).isEqualTo(untraced);
            trace.awaitTrace(text -> text.contains("getauxval(AT_SECURE) "));
            trace.signal("INT");
            assertThat(trace.end().status()).isZero();
            assertThat(process.ask("", "truth uid")).isEqualTo(untraced);
            assertThat(process.end()).isEqualTo(4);
        }
    }

    @Test
    void aDebuggerMayLookAtATracedProgram() throws IOException, InterruptedException {
        try (RunningProcess server = RunningProcess.start("server", "1")) {
            RunningTrace trace = Jltrace.alone()
                    .withPrototypes()
                    .with("-v", "-l", "libcalls.so.1", "-p", Long.toString(server.pid()))
                    .start();
            trace.awaitAttached();
            server.ask("go 5", "truth done");

            String seen = gdb(server.pid(), "info threads", "bt", "print (long) starts_push(41)", "detach");

            assertThat(seen).contains("main (argc=", "= 42");
            server.ask("go 5", "truth done");
            trace.awaitTrace(text -> text.lines().count() >= 11);
            trace.signal("INT");
            assertThat(trace.end().calls().of("starts_push")).hasSize(11);
            assertThat(server.end()).isZero();
        }
    }

    /** Only where there is a Rust compiler. */
    @Test
    void panicsThatAreCaughtAreCaughtTheSame() throws IOException, InterruptedException {
        Optional<Path> compiler = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> Path.of(directory, "rustc"))
                .filter(Files::isExecutable)
                .findFirst();
        assumeThat(compiler).as("rustc is installed").isPresent();
        Path program = folder.resolve("panics");
        String source = Fixtures.ROOT.resolve("fixtures/programs/panics.rs").toString();
        assertThat(said(compiler.orElseThrow().toString(), "-O", "-o", program.toString(), source))
                .doesNotContain("error");

        assertThat(Effect.untraced(program.toString()).output()).containsExactly("truth caught 200 dropped 100");
        doesTheSame(program.toString());
    }

    /** With all that any object imports probed, and by default, in each way of seeing calls and returns that promises to be harmless. */
    private static void doesTheSame(String command) throws IOException, InterruptedException {
        String[] words = command.split(" ", -1);
        Effect untraced = Effect.untraced(words);
        assertSame(untraced, words, "-f", "-l", "*");
        assertSame(untraced, words, "-f", "-l", "*", "--returns", "sites");
        assertSame(untraced, words, "--returns", "none");
        assertSame(untraced, words, "--entries", "plt");
    }

    private static void assertSame(Effect untraced, String[] words, String... options)
            throws IOException, InterruptedException {
        TraceRun run = of(words).with(options).run();

        assertThat(Effect.of(run)).as(String.join(" ", options)).isEqualTo(untraced);
        assertThat(run.errors()).doesNotContain("warning");
    }

    private String setuid() throws IOException {
        // Others must get through to it.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path copy = folder.resolve("privileged");
        Files.copy(Path.of(Fixtures.program("privileged")), copy, StandardCopyOption.REPLACE_EXISTING);
        Files.setAttribute(copy, "unix:mode", 04755);
        return copy.toString();
    }

    private static String gdb(long pid, String... commands) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("gdb", "-q", "-nx", "-batch", "-p", Long.toString(pid)));
        for (String command : commands) {
            words.addAll(List.of("-ex", command));
        }
        return said(words.toArray(String[]::new));
    }

    private static String said(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output;
    }

    private static Jltrace of(String... words) {
        return Jltrace.of(words[0], Arrays.copyOfRange(words, 1, words.length)).withPrototypes();
    }
}
