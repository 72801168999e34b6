package jltrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where calls are seen. */
@OnKernel
class EntriesKernelTest {
    private static final int ROUNDS = 2000;
    private static final int TIMES = 40;

    /** While probes move from functions to stubs no call is missed, and none is shown twice. */
    @ParameterizedTest
    @CsvSource({"function,1", "plt,3", "auto,1", "auto,3"})
    void whereverTheyAreSeenCallsAreTheSame(String where, int threads) throws IOException, InterruptedException {
        TraceRun run = Jltrace.of("busy", "" + ROUNDS, "" + TIMES, "" + threads)
                .with("-m", "64M", "--entries", where, "-e", "malloc@MAIN+free@MAIN+makes_many@MAIN")
                .run();

        assertThat(run.status()).isZero();
        assertThat(run.calls().malformed()).isEmpty();
        List<TracedCall> allocated = run.calls().of("malloc");
        assertThat(allocated.stream().map(TracedCall::arguments))
                .containsExactlyInAnyOrderElementsOf(LongStream.range(100, 100 + ROUNDS)
                        .boxed()
                        .flatMap(size -> Collections.nCopies(threads, Long.toString(size)).stream())
                        .toList());
        assertThat(run.calls().of("makes_many")).hasSize(threads * ROUNDS);
        assertThat(run.calls().of("free").stream().map(TracedCall::arguments))
                .containsExactlyInAnyOrderElementsOf(
                        allocated.stream().map(TracedCall::result).toList());
        assertThat(run.calls().of("free")).extracting(TracedCall::result).containsOnly("<void>");
        if (where.equals("auto")) {
            assertThat(run.messages())
                    .singleElement()
                    .asString()
                    .contains("most calls of free, malloc were not asked for");
        } else {
            assertThat(run.messages()).isEmpty();
        }
    }

    /** The same where a library is asked for, whoever calls it: its own calls are not. */
    @ParameterizedTest
    @CsvSource({"function,1", "plt,1", "plt,3", "auto,1", "auto,3"})
    void aLibrarysCallsOfItselfAreNotAskedFor(String where, int threads) throws IOException, InterruptedException {
        TraceRun run = Jltrace.of("busy", "" + ROUNDS, "" + TIMES, "" + threads, "own")
                .with("-m", "64M", "--entries", where, "-l", "libbusy.so")
                .run();

        assertThat(run.status()).isZero();
        assertThat(run.calls().malformed()).isEmpty();
        Map<String, Integer> seen = new HashMap<>();
        run.calls().of("one_more").forEach(call -> seen.merge(call.arguments() + "=" + call.result(), 1, Integer::sum));
        run.calls()
                .of("calls_back")
                .forEach(call -> seen.merge(
                        call.arguments().replaceFirst("^.*, ", "back ") + "=" + call.result(), 1, Integer::sum));
        Map<String, Integer> made = new HashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            made.put(round + "=" + (round + 1), threads);
            made.put("back " + round + "=" + 2 * round, threads);
        }
        assertThat(seen).isEqualTo(made);
        assertThat(run.calls().of("calls_many")).hasSize(threads * ROUNDS);
        if (where.equals("auto")) {
            assertThat(run.messages())
                    .singleElement()
                    .asString()
                    .contains("most calls of calls_back, one_more were not asked for");
        } else {
            assertThat(run.messages()).isEmpty();
        }
    }

    /** The kernel's own counters: calls of the library hit nothing any more, those of the program do. */
    @ParameterizedTest
    @CsvSource({
        "any,-e,malloc@MAIN+free@MAIN,libc.so.6,malloc(100)",
        "own,-e,one_more+calls_back,libbusy.so,one_more(0)"
    })
    void callsThatAreNotAskedForStopNobodyAnyMore(
            String calls, String option, String asked, String library, String first)
            throws IOException, InterruptedException {
        RunningTrace trace = (calls.equals("own")
                        ? Jltrace.of("busy", "100000", "" + TIMES, "1", calls)
                        : Jltrace.of("busy", "100000", "" + TIMES, "1"))
                .with(option, asked)
                .start();
        trace.awaitTrace(text -> text.contains(first));
        long inFunctions = 0;
        long inStubs = 0;
        boolean onlyInStubs = false;
        while (!onlyInStubs && trace.isAlive()) {
            long functions = Tracefs.hits(library);
            long stubs = Tracefs.hits("busy");
            onlyInStubs = stubs - inStubs > 1000 && functions == inFunctions;
            inFunctions = functions;
            inStubs = stubs;
            Thread.sleep(100);
        }

        assertThat(onlyInStubs).isTrue();
        trace.signal("TERM");
        assertThat(trace.end().calls().malformed()).isEmpty();
    }

    /** While points that share an event get one each, no call is missed, and none is shown twice. */
    @ParameterizedTest
    @CsvSource({"20000,1", "8000,3"})
    void whateverTheyCaptureCallsAreTheSame(int rounds, int threads) throws IOException, InterruptedException {
        TraceRun run = Jltrace.of("mixed", "" + rounds, "" + threads)
                .with("-e", "labs+atol+snprintf+getenv")
                .run();

        assertThat(run.status()).isZero();
        assertThat(run.messages()).isEmpty();
        assertThat(run.calls().malformed()).isEmpty();
        Map<String, Integer> seen = new HashMap<>();
        run.calls()
                .of("labs")
                .forEach(call -> seen.merge("l" + call.arguments() + "=" + call.result(), 1, Integer::sum));
        run.calls()
                .of("atol")
                .forEach(call -> seen.merge("a" + call.arguments() + "=" + call.result(), 1, Integer::sum));
        run.calls()
                .of("snprintf")
                .forEach(call -> seen.merge(
                        "s" + call.arguments().replaceFirst("0x[0-9a-f]+, ", "") + "=" + call.result(),
                        1,
                        Integer::sum));
        run.calls()
                .of("getenv")
                .forEach(call -> seen.merge("g" + call.arguments() + "=" + call.result(), 1, Integer::sum));
        Map<String, Integer> made = new HashMap<>();
        for (int round = 0; round < rounds; round++) {
            made.put("l-" + round + "=" + round, threads);
            made.put("a\"" + round + "\"=" + round, threads);
            made.put(
                    "s16, \"<%ld>\", " + round + "="
                            + (2 + Integer.toString(round).length()),
                    threads);
        }
        made.put("l0=0", threads);
        made.remove("l-0=0");
        made.merge("a\"" + rounds + "\"=" + rounds, 1, Integer::sum);
        made.merge("a\"" + threads + "\"=" + threads, 1, Integer::sum);
        made.put("g\"MIXED\"=\"yes\"", rounds * threads);
        assertThat(seen).isEqualTo(made);
    }

    /** Closing an event takes the kernel some 80 ms; capturing what is not needed costs each hit less than one microsecond. */
    @Test
    void pointsShareEventsUntilManyHitsHaveCome() throws IOException, InterruptedException {
        RunningTrace trace = Jltrace.of("mixed", "1000000", "1")
                .with("-e", "labs+atol+snprintf+getenv")
                .start();
        trace.awaitTrace(text -> text.contains("labs("));
        boolean shared = Tracefs.probesOf(trace.pid()).stream().allMatch(probe -> probe.contains(" m0="));
        boolean split = false;
        while (!split && trace.isAlive()) {
            Thread.sleep(100);
            split = Tracefs.probesOf(trace.pid()).stream().anyMatch(probe -> !probe.contains(" m0="));
        }

        assertThat(shared).isTrue();
        assertThat(split).isTrue();
        trace.signal("TERM");
        assertThat(trace.end().calls().malformed()).isEmpty();
    }

    @Test
    void whatIsCalledThroughAPointerIsSeenInTheFunction() throws IOException, InterruptedException {
        TraceRun run = Jltrace.of("busy", "" + ROUNDS, "" + TIMES, "1", "pointer")
                .with("-e", "malloc@MAIN+free@MAIN")
                .run();

        assertThat(run.calls().of("malloc").stream().map(TracedCall::arguments).collect(Collectors.toList()))
                .containsAll(LongStream.range(100, 100 + ROUNDS)
                        .mapToObj(Long::toString)
                        .toList());
        assertThat(run.messages())
                .singleElement()
                .asString()
                .contains("most calls of free were")
                .doesNotContain("malloc");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plt", "function"})
    void whereCallsAreSeenIsTold(String where) throws IOException, InterruptedException {
        String explained = Jltrace.of("busy", "1", "1", "1")
                .with("--entries", where, "--explain")
                .run()
                .trace();

        assertThat(explained.lines().filter(line -> line.contains(": malloc: ")))
                .singleElement()
                .asString()
                .startsWith(where.equals("plt") ? "libc.so.6: malloc: stub of busy 0x" : "libc.so.6: malloc: entry 0x")
                .contains(" traps a call");
    }

    @Test
    void aChildMayCallInOtherWays() throws IOException, InterruptedException {
        TraceRun run = Jltrace.of("exitstatus").with("-f", "--entries", "plt").run();

        assertThat(run.status()).isEqualTo(125);
        assertThat(run.messages())
                .singleElement()
                .asString()
                .contains("--entries plt")
                .contains("-f");
    }
}
