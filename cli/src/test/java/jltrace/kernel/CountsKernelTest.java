package jltrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Function by function, as many calls as ltrace counts in real programs; where ltrace is blind, as many as gdb counts. */
@OnKernel
class CountsKernelTest {
    private static final File NULL = new File("/dev/null");

    /** ltrace counts a call when it returns. */
    private static final Set<String> NEVER_RETURN =
            Set.of("exit", "_exit", "abort", "longjmp", "__longjmp_chk", "siglongjmp", "__libc_start_main");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ls /usr",
                "sort /etc/services",
                "sed -n 1,5p /etc/services",
                "gzip -k -c /etc/services",
                "awk 1 /etc/services",
                "grep tcp /etc/services",
                "wc /etc/services",
                "openssl version",
                "tar cf /dev/null /etc/apt",
                "perl -e 1"
            })
    void theCountsAreThoseOfLtrace(String command) throws IOException, InterruptedException {
        List<String> words = words(command);
        Set<String> unseenByLtrace = functionsOfPltGot(words.get(0));

        Map<String, Long> byLtrace = Summary.counts(run(command("ltrace", "-c", "-o"), words));
        Map<String, Long> byJltrace = byJltrace(words);

        assertThat(byLtrace).isNotEmpty();
        Map<String, Long> comparable = new TreeMap<>(byJltrace);
        comparable.keySet().removeAll(NEVER_RETURN);
        // A stub in .plt.got: ltrace has no breakpoint there, and does not know the function.
        for (String function : unseenByLtrace) {
            assertThat(byLtrace).doesNotContainKey(function);
            comparable.remove(function);
        }
        assertThat(comparable).isEqualTo(byLtrace);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ls /usr", "wc /etc/services", "openssl version"})
    void whereLtraceIsBlindTheCountsAreThoseOfGdb(String command) throws IOException, InterruptedException {
        List<String> words = words(command);
        Map<String, Long> byGdb = byGdb(words);

        Map<String, Long> byJltrace = byJltrace(words);

        assertThat(byGdb).containsKey("__libc_start_main");
        assertThat(byJltrace).isEqualTo(byGdb);
    }

    /** ltrace's own way. */
    @ParameterizedTest
    @ValueSource(strings = {"sort /etc/services", "openssl version", "tar cf /dev/null /etc/apt"})
    void inStubsTheCountsAreThoseOfLtrace(String command) throws IOException, InterruptedException {
        List<String> words = words(command);
        Set<String> unseenByLtrace = functionsOfPltGot(words.get(0));

        Map<String, Long> byLtrace = Summary.counts(run(command("ltrace", "-c", "-o"), words));
        Map<String, Long> byJltrace = byJltrace(words, "--entries", "plt");

        byJltrace.keySet().removeAll(NEVER_RETURN);
        byJltrace.keySet().removeAll(unseenByLtrace);
        byLtrace.keySet().removeAll(NEVER_RETURN);
        assertThat(byJltrace).isNotEmpty().isEqualTo(byLtrace);
    }

    private Map<String, Long> byJltrace(List<String> words, String... options)
            throws IOException, InterruptedException {
        Path table = folder.resolve("jltrace");
        Jltrace jltrace = Jltrace.of(
                        words.get(0), words.subList(1, words.size()).toArray(String[]::new))
                .in(Path.of("/"))
                .toStandardError()
                .with("-c", "-o", table.toString())
                .with(options);
        environment(jltrace.environment());
        assertThat(jltrace.run().messages()).isEmpty();
        return Summary.counts(Jltrace.read(table));
    }

    /** Calls by the program's own code: through stubs of either kind, and direct ones. */
    private Map<String, Long> byGdb(List<String> words) throws IOException, InterruptedException {
        Path out = folder.resolve("gdb");
        List<String> command = new ArrayList<>(List.of(
                "gdb",
                "-q",
                "-batch",
                "-nx",
                "-x",
                Fixtures.ROOT.resolve("fixtures/oracle/calls-from-main.py").toString(),
                "--args"));
        command.addAll(words);
        ProcessBuilder builder = builder(command);
        builder.environment().put("OUT", out.toString());
        await(builder);
        Map<String, Long> counts = new TreeMap<>();
        for (String line : Jltrace.read(out).lines().toList()) {
            // NAME plt N pltgot N direct N returns N
            String[] fields = line.split(" ", -1);
            long calls = Long.parseLong(fields[2]) + Long.parseLong(fields[4]) + Long.parseLong(fields[6]);
            if (calls > 0) {
                counts.put(fields[0], calls);
            }
        }
        return counts;
    }

    /** The functions whose stubs are in a program's .plt.got. */
    private Set<String> functionsOfPltGot(String program) throws IOException, InterruptedException {
        Set<String> functions = new TreeSet<>();
        Path out = folder.resolve("objdump");
        await(builder(List.of("objdump", "-d", "-j", ".plt.got", program)).redirectOutput(out.toFile()));
        for (String line : Jltrace.read(out).lines().toList()) {
            if (line.endsWith("@plt>:")) {
                functions.add(line.substring(line.indexOf('<') + 1, line.length() - "@plt>:".length()));
            }
        }
        return functions;
    }

    private String run(List<String> tracer, List<String> words) throws IOException, InterruptedException {
        Path table = folder.resolve("table");
        List<String> command = new ArrayList<>(tracer);
        command.add(table.toString());
        command.addAll(words);
        await(builder(command));
        return Jltrace.read(table);
    }

    private static List<String> command(String... words) {
        return List.of(words);
    }

    /** The same environment for all: programs such as awk and perl make calls for each variable. */
    private ProcessBuilder builder(List<String> command) {
        // Standard output is a file for all: grep, for one, stops at the first match if it is /dev/null.
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectInput(NULL)
                .redirectOutput(folder.resolve("output").toFile())
                .redirectError(NULL);
        environment(builder.environment());
        return builder;
    }

    private static void environment(Map<String, String> environment) {
        environment.clear();
        environment.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        environment.put("HOME", "/");
        environment.put("LANG", "C");
        // Otherwise perl's calls differ from run to run.
        environment.put("PERL_HASH_SEED", "0");
    }

    private static void await(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            fail(builder.command() + " did not end");
        }
    }

    /** The words of a command, its program as a path. */
    private static List<String> words(String command) {
        List<String> words = new ArrayList<>(Arrays.asList(command.split(" ", -1)));
        for (String directory : List.of("/usr/bin", "/bin")) {
            Path program = Path.of(directory, words.get(0));
            if (Files.isExecutable(program)) {
                words.set(0, program.toString());
                return words;
            }
        }
        return fail("no " + words.get(0) + " in /usr/bin");
    }
}
