package jltrace.kernel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A traced program does what it does untraced: same output, same exit status. */
@OnKernel
class UnnoticedKernelTest {
    /** Reading the rings can't wait, decoding and compiling can; the program is left as it is. */
    @Test
    void theProgramGoesBeforeDecodingAndBehindReading() throws IOException, InterruptedException {
        RunningTrace trace =
                of("loop", "1000000000", "push").with("-e", "starts_push").start();
        trace.awaitTrace(text -> text.contains("starts_push("));
        Map<String, Set<Integer>> tracer = niceValues(trace.pid());
        Map<String, Set<Integer>> program = niceValues(trace.programPid());
        trace.signal("TERM");
        trace.end();

        int usual = niceValues(ProcessHandle.current().pid()).values().stream()
                .flatMap(Set::stream)
                .max(Integer::compare)
                .orElseThrow();
        assertThat(program.values()).containsOnly(Set.of(usual));
        assertThat(tracer).containsEntry("jltrace-reader", Set.of(-20));
        assertThat(tracer.get("C2 CompilerThre")).allMatch(nice -> nice > usual);
        assertThat(tracer.get("java")).as("the thread that decodes").contains(usual + 10);
    }

    /** The nice values of a process's threads, by the threads' names. */
    private static Map<String, Set<Integer>> niceValues(long pid) throws IOException {
        Map<String, Set<Integer>> values = new HashMap<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path task : tasks.toList()) {
                String stat = Files.readString(task.resolve("stat"));
                String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
                values.computeIfAbsent(name, key -> new HashSet<>()).add(Integer.valueOf(fields[16]));
            }
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "longjmps",
                "exceptions",
                "cancel",
                "coroutines",
                "altstack",
                "recursion",
                "sandbox",
                "strictly",
                "selftrace",
                "closesall",
                "sigtrap",
                "spawnchild",
                "signals nested",
                "constructors",
                "memfd ./libplugin.so",
                "copyrelocation"
            })
    void theProgramRunsAsUntraced(String command) throws IOException, InterruptedException {
        String[] words = command.split(" ", -1);

        TraceRun run = of(words).run();

        assertThat(Effect.of(run)).isEqualTo(Effect.untraced(words));
    }

    @ParameterizedTest
    @ValueSource(strings = {"longjmps", "exceptions", "cancel", "coroutines", "sandbox", "spawnchild"})
    void theProgramRunsAsUntracedWithEveryImportedFunctionProbed(String command)
            throws IOException, InterruptedException {
        TraceRun run = of(command).with("-f", "-l", "*").run();

        assertThat(Effect.of(run)).isEqualTo(Effect.untraced(command));
    }

    @ParameterizedTest
    @ValueSource(strings = {"longjmps", "exceptions", "cancel", "coroutines", "altstack", "recursion"})
    void noHarmlessWayOfSeeingReturnsIsNoticed(String command) throws IOException, InterruptedException {
        Effect untraced = Effect.untraced(command);
        for (String mode : List.of("sites", "none")) {
            TraceRun run = of(command).with("--returns", mode, "-l", "*").run();

            assertThat(Effect.of(run)).as(mode).isEqualTo(untraced);
            assertThat(run.errors()).doesNotContain("warning");
        }
    }

    @Test
    void anUncaughtExceptionKillsTheProgramAsUntraced() throws IOException, InterruptedException {
        TraceRun run = of("uncaught").run();

        assertThat(run.status()).isEqualTo(128 + 6);
        assertThat(run.errors()).contains("terminate called after throwing");
        assertThat(run.lines()).last().isEqualTo("+++ killed by SIGABRT +++");
    }

    @ParameterizedTest
    @ValueSource(strings = {"longjmps", "altstack", "recursion", "callbacks", "coroutines"})
    void everyCallThatTheProgramCountsIsThere(String name) throws IOException, InterruptedException {
        TraceRun run = of(name).run();

        Map<String, Long> truth = new TreeMap<>(run.truth().counts());
        Map<String, Long> traced = new TreeMap<>(run.calls().counts());
        assertThat(run.calls().malformed()).isEmpty();
        assertThat(traced).isEqualTo(truth);
    }

    @Test
    void whatAProgramInheritsIsTheSame() throws IOException, InterruptedException {
        String program = Fixtures.program("environment");
        String untraced = inherited("\"$0\" one 'two words'", program);
        String traced =
                inherited("\"$1\" -o /dev/null -l libc.so.6 -- \"$0\" one 'two words'", program, Jltrace.launcher());

        assertThat(untraced.lines())
                .contains("descriptor 7 /etc/passwd flags 0 status 8000 tty 0", "signal 10 ignored");
        assertThat(traced).isEqualTo(untraced);
    }

    private static String inherited(String command, String... parameters) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                "/bin/sh",
                "-c",
                "ulimit -S -n 500; umask 027; trap '' USR1 PIPE; exec 7</etc/passwd; echo 0x33 >/proc/self/coredump_filter; "
                        + command);
        builder.command().addAll(List.of(parameters));
        builder.environment().put("odd variable", "two\nlines");
        builder.environment().remove("COLUMNS");
        Process process = builder.redirectInput(Path.of("/dev/null").toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
        assertThat(process.waitFor()).isZero();
        // 32 and 33 are glibc's own: in whatever way this JVM was started, they may be ignored here.
        return output.replaceAll("(SigIgn:\\s+[0-9a-f]{7})[0-9a-f]{2}", "$1??");
    }

    private static Jltrace of(String... words) {
        return Jltrace.of(words[0], Arrays.copyOfRange(words, 1, words.length)).withPrototypes();
    }
}
