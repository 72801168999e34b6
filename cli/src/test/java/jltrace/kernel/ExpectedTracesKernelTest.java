package jltrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every line of the fixtures with one task, against expected traces that ltrace has confirmed. */
@OnKernel
class ExpectedTracesKernelTest {
    /** Calls that can't be seen, with the beginning of their lines. */
    private static final Map<String, List<String>> UNSEEN = Map.of(
            // Functions that no object imports: found by dlsym, shown with -l.
            "dlopens", List.of("plugin_"),
            "pointers", List.of("through_dlsym("),
            // The kernel refuses probes on a first instruction with a LOCK prefix.
            "entries", List.of("starts_lock("));

    /** Results that can't be known: of functions that jump to code that is not watched. */
    private static final Map<String, List<String>> WITHOUT_RESULT =
            Map.of("tailcalls", List.of("tail_through_pointer(*, 5)", "tail_at_once(7,"));

    /** Of several tasks, programs that are refused, and what is told too late where memory is gone. */
    private static final Set<String> OTHERS = Set.of("execself", "five", "nolibc", "strings");

    static List<String> names() throws IOException {
        return ExpectedTrace.names().stream()
                .filter(name -> !OTHERS.contains(name))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    void theTraceIsAsExpected(String name) throws IOException, InterruptedException {
        ExpectedTrace expected = ExpectedTrace.read(name)
                .without(UNSEEN.getOrDefault(name, List.of()))
                .withoutResult(WITHOUT_RESULT.getOrDefault(name, List.of()));

        TraceRun run = run(expected);

        assertThat(expected.differences(run.ownLines())).isEmpty();
    }

    @Test
    void everyLayoutOfAProgramGivesTheSameLines() throws IOException, InterruptedException {
        Map<String, List<String>> traces = new TreeMap<>();
        for (String layout : List.of("lazy", "now", "ibtplt", "noplt", "nopie", "stripped", "nosections")) {
            traces.put(
                    layout, withoutAddresses(jltrace("./five-" + layout).run().ownLines()));
        }
        assertThat(traces.get("lazy")).hasSizeGreaterThan(20);
        assertThat(traces).allSatisfy((layout, lines) -> assertThat(lines).isEqualTo(traces.get("lazy")));
    }

    private static List<String> withoutAddresses(List<String> lines) {
        return lines.stream()
                .map(line -> line.replaceAll("0x[0-9a-f]+", "ADDRESS"))
                .toList();
    }

    private static TraceRun run(ExpectedTrace expected) throws IOException, InterruptedException {
        Jltrace jltrace = jltrace(expected.command().toArray(String[]::new));
        jltrace.environment().putAll(expected.variables());
        // ltrace escapes all bytes outside of ASCII.
        jltrace.environment().put("LC_ALL", "C");
        return jltrace.run();
    }

    private static Jltrace jltrace(String... command) {
        return Jltrace.of(command[0], Arrays.copyOfRange(command, 1, command.length))
                .withPrototypes()
                .with("-F", "/etc/ltrace.conf");
    }
}
