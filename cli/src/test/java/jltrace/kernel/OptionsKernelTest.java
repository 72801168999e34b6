package jltrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What each option selects and how it prints; the formats are those that ltrace 0.7.3 and 0.8.1 print. */
@OnKernel
class OptionsKernelTest {
    @Test
    void plainCallsHaveNoCallerAndThoseOfALibraryOrAnExpressionHave() throws IOException, InterruptedException {
        CallTrace plain = of("callbacks").run().calls();
        TraceRun byLibrary = of("callbacks").with("-l", "libcalls.so.1").run();
        TraceRun byExpression = of("callbacks").with("-e", "starts_*").run();

        assertThat(plain.malformed()).isEmpty();
        assertThat(plain.calls()).extracting(TracedCall::caller).containsOnly("");
        assertThat(byLibrary.calls().malformed()).isEmpty();
        assertThat(byLibrary.calls().calls()).extracting(TracedCall::caller).containsOnly("callbacks");
        assertThat(byLibrary.calls().counts())
                .isEqualTo(countsOf(byLibrary, name -> name.matches("call_.*|starts_.*")));
        assertThat(byExpression.calls().calls()).extracting(TracedCall::caller).containsOnly("callbacks");
        assertThat(byExpression.calls().counts()).isEqualTo(countsOf(byExpression, name -> name.startsWith("starts_")));
    }

    @Test
    void anExpressionTakesAndLeavesOut() throws IOException, InterruptedException {
        TraceRun withoutOne = of("callbacks").with("-e", "starts_*-starts_sub").run();
        TraceRun sum = of("callbacks").with("-e", "strverscmp+call_back").run();
        TraceRun regex = of("callbacks").with("-e", "/^call_back_.*s$/").run();

        assertThat(withoutOne.calls().counts()).isEqualTo(countsOf(withoutOne, "starts_push"::equals));
        assertThat(sum.calls().counts())
                .isEqualTo(countsOf(sum, name -> name.equals("strverscmp") || name.equals("call_back")));
        assertThat(regex.calls().counts()).isEqualTo(countsOf(regex, "call_back_times"::equals));
    }

    @Test
    void aLibrarysCallersAreAllObjectsButItself() throws IOException, InterruptedException {
        TraceRun run =
                of("tailcalls").with("-l", "libc.so.6", "-l", "libcalls.so.1").run();

        // libcalls jumps to libc's free: its call, not MAIN's.
        assertThat(run.calls().of("free")).extracting(TracedCall::caller).containsOnly("libcalls.so.1");
        assertThat(run.calls().of("malloc")).extracting(TracedCall::caller).contains("tailcalls");
        assertThat(run.calls().of("tail_to_imported"))
                .extracting(TracedCall::caller)
                .containsExactly("tailcalls", "tailcalls");
        assertThat(run.calls().of("tail_target"))
                .extracting(TracedCall::arguments)
                .containsExactly("3");
    }

    @Test
    void functionsOfALibrarysOwnAreShownWithItsName() throws IOException, InterruptedException {
        TraceRun run = of("inner").with("-L", "-x", "only_inside@libcalls.so.1").run();

        assertThat(run.ownLines())
                .containsExactly(
                        "only_inside@libcalls.so.1(1) = 2",
                        "only_inside@libcalls.so.1(2) = 3",
                        "only_inside@libcalls.so.1(3) = 4",
                        "+++ exited (status 0) +++");
    }

    @Test
    void theTraceGoesToStandardErrorOrToAFile() throws IOException, InterruptedException {
        TraceRun toError = of("inner").toStandardError().run();
        TraceRun toFile = of("inner").run();

        assertThat(toError.trace()).isEmpty();
        assertThat(toError.errors().lines()).contains("calls_inside(1)                                  = 4");
        assertThat(toFile.errors()).isEmpty();
        assertThat(toFile.trace().lines()).contains("calls_inside(1)                                  = 4");
        assertThat(toError.output()).isEqualTo(toFile.output());
    }

    @Test
    void resultsStandInTheColumnThatIsAskedFor() throws IOException, InterruptedException {
        assertThat(of("inner").with("-a", "20").run().trace().lines()).contains("calls_inside(1)    = 4");
        assertThat(of("inner").with("-a", "0").run().trace().lines()).contains("calls_inside(1) = 4");
    }

    @Test
    void stringsAreCutWhereAskedFor() throws IOException, InterruptedException {
        assertThat(of("strings")
                        .with("-s", "5", "-e", "take_string")
                        .run()
                        .calls()
                        .texts())
                .contains(
                        "strings->take_string(\"abcde\"...) = 7",
                        "strings->take_string(\"abcde\"...) = 100000",
                        "strings->take_string(\"uuuu\") = 4");
        assertThat(of("strings")
                        .with("-s", "64", "-e", "take_string")
                        .run()
                        .calls()
                        .of("take_string"))
                .filteredOn(call -> call.result().equals("63") || call.result().equals("64"))
                .extracting(TracedCall::arguments)
                .hasSize(2)
                .allSatisfy(text -> assertThat(text).startsWith("\"abc").doesNotEndWith("..."));
    }

    @Test
    void nestedCallsAreIndented() throws IOException, InterruptedException {
        // 3 columns for __libc_start_main, in which main runs.
        assertThat(of("callbacks")
                        .with("-n", "3", "-e", "call_back+starts_sub")
                        .run()
                        .trace()
                        .lines())
                .anyMatch(line -> line.startsWith("callbacks->call_back("))
                .contains("   callbacks->starts_sub(5)                      = 6");
    }

    @Test
    void linesBeginWithTheTimeThatIsAskedFor() throws IOException, InterruptedException {
        long before = System.currentTimeMillis() / 1000;
        assertThat(calls(of("inner").with("-t").run())).allMatch(matches("\\d\\d:\\d\\d:\\d\\d \\w+\\(.*"));
        assertThat(calls(of("inner").with("-tt").run())).allMatch(matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{6} \\w+\\(.*"));
        List<String> epoch = calls(of("inner").with("-ttt").run());
        long after = System.currentTimeMillis() / 1000;
        assertThat(epoch)
                .allMatch(matches("\\d{10}\\.\\d{6} \\w+\\(.*"))
                .allSatisfy(line ->
                        assertThat(Long.parseLong(line.substring(0, 10))).isBetween(before, after));
        assertThat(calls(of("inner").with("-r").run())).allMatch(matches(" {0,2}\\d{1,3}\\.\\d{6} \\w+\\(.*"));
    }

    @Test
    void timeSpentStandsAtTheEnd() throws IOException, InterruptedException {
        List<String> lines = calls(of("inner").with("-T").run());

        assertThat(lines).hasSize(3).allMatch(matches("\\w+\\(\\d\\) += \\d <\\d+\\.\\d{6}>"));
    }

    @Test
    void theReturnAddressIsInMain() throws IOException, InterruptedException {
        List<String> lines =
                calls(of("five-nopie").with("-i", "-e", "starts_sub").run());

        // A program that is no PIE has its code at 0x401000 and on.
        assertThat(lines).singleElement().asString().matches("\\[0x401[0-9a-f]{3}] five-nopie->starts_sub\\(6\\) += 7");
    }

    @Test
    void theSummaryCountsWhatTheProgramCalled() throws IOException, InterruptedException {
        TraceRun run = of("callbacks").with("-c", "-l", "libcalls.so.1").run();

        assertThat(run.trace().lines())
                .startsWith(
                        "% time     seconds  usecs/call     calls      function",
                        "------ ----------- ----------- --------- --------------------");
        assertThat(Summary.counts(run.trace())).isEqualTo(countsOf(run, name -> name.matches("call_.*|starts_.*")));
    }

    private static Jltrace of(String program, String... arguments) {
        return Jltrace.of(program, arguments).withPrototypes();
    }

    /** The lines of calls to libcalls as printed. */
    private static List<String> calls(TraceRun run) {
        return run.trace()
                .lines()
                .filter(line -> line.contains("_inside(") || line.contains("starts_"))
                .toList();
    }

    private static Predicate<String> matches(String regex) {
        return Pattern.compile(regex).asMatchPredicate();
    }

    private static Map<String, Long> countsOf(TraceRun run, Predicate<String> names) {
        return run.truth().counts().entrySet().stream()
                .filter(entry -> names.test(entry.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
