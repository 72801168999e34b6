package jltrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every line of the fixtures with one task, against expected traces that ltrace has confirmed. */
@OnKernel
class ExpectedTracesKernelTest {
    /** Calls that can't be seen, with the beginning of their lines. */
    private static final Map<String, List<String>> UNSEEN = Map.of(
            // Functions that no object imports: found by dlsym, shown with -l.
            "dlopens", List.of("plugin_"),
            "pointers", List.of("through_dlsym("),
            // The kernel refuses probes on a first instruction with a LOCK prefix or in VEX encoding.
            "entries", List.of("starts_vex(", "starts_lock("),
            // Run in the vDSO, which can't be probed.
            "ifuncs", List.of("gettimeofday(", "time("));

    static List<String> names() throws IOException {
        return ExpectedTrace.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void theTraceIsAsExpected(String name) throws IOException, InterruptedException {
        ExpectedTrace expected = ExpectedTrace.read(name).without(UNSEEN.getOrDefault(name, List.of()));

        TraceRun run = run(expected, expected.command().get(0));

        assertThat(expected.alignedWithPatterns(run.ownLines())).isEqualTo(expected.patterns());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "now",
                "ibtplt",
                "noplt",
                "nopie",
                "stripped",
                "ibtlazy",
                "nopienow",
                "sysvhash",
                "bothhash",
                "relr",
                "noseparate",
                "hugepages",
                "norelro",
                "nosections"
            })
    void everyLayoutOfAProgramGivesTheSameLines(String layout) throws IOException, InterruptedException {
        ExpectedTrace expected = ExpectedTrace.read("five");

        TraceRun run = run(expected, "./five-" + layout);

        assertThat(expected.alignedWithPatterns(run.ownLines())).isEqualTo(expected.patterns());
    }

    private static TraceRun run(ExpectedTrace expected, String program) throws IOException, InterruptedException {
        String[] arguments =
                expected.command().subList(1, expected.command().size()).toArray(String[]::new);
        Jltrace jltrace = Jltrace.of(program, arguments).withPrototypes().with("-F", "/etc/ltrace.conf");
        jltrace.environment().putAll(expected.variables());
        return jltrace.run();
    }
}
