package jltrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Running processes: attached to, left again, unharmed whatever happens to jltrace. */
@OnKernel
class AttachKernelTest {
    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP"})
    void everyCallOfARunningProcessIsThereUntilASignalDetaches(String signal) throws IOException, InterruptedException {
        try (RunningProcess server = RunningProcess.start("server", "4")) {
            RunningTrace trace = attached(server);

            server.ask("go 50", "truth done");
            trace.awaitTrace(text -> text.lines().count() >= 200);
            long begin = System.nanoTime();
            trace.signal(signal);
            TraceRun run = trace.end();

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
            assertThat(run.calls().malformed()).isEmpty();
            assertThat(run.calls().calls())
                    .hasSize(200)
                    .allSatisfy(call ->
                            assertThat(call.result()).isEqualTo(Long.toString(Long.parseLong(call.arguments()) + 1)));
            assertThat(run.calls().calls().stream()
                            .mapToLong(call -> Long.parseLong(call.arguments()))
                            .sorted())
                    .containsExactly(LongStream.range(0, 4)
                            .flatMap(thread -> LongStream.range(thread * 1_000_000, thread * 1_000_000 + 50))
                            .boxed()
                            .toArray(Long[]::new));
            assertThat(server.ask("go 10", "truth done")).contains("truth done 10 calls in each of 4 threads");
            assertThat(server.ask("counts", "truth counted")).contains("truth count thread 3 60");
            assertThat(server.end()).isZero();
        }
    }

    @Test
    void threadsThatAreBornWhileAttachedAreTraced() throws IOException, InterruptedException {
        try (RunningProcess server = RunningProcess.start("server", "1")) {
            RunningTrace trace = attached(server);

            server.tell("threads 3");
            server.ask("go 20", "truth done");
            trace.awaitTrace(text -> text.lines().count() >= 80);
            trace.signal("INT");

            assertThat(trace.end().calls().of("starts_push")).hasSize(80);
            assertThat(server.end()).isZero();
        }
    }

    @Test
    void everyThreadOfHundredsIsTracedOnceThoseBornDuringTheAttachToo() throws IOException, InterruptedException {
        try (RunningProcess server = RunningProcess.start("server", "300")) {
            RunningTrace trace = Jltrace.alone()
                    .withPrototypes()
                    .with("-v", "-l", "libcalls.so.1", "-p", Long.toString(server.pid()))
                    .start();
            int threads = 300;
            while (!trace.isAttached() && trace.isAlive()) {
                if (threads < 500) {
                    server.tell("threads 1");
                    threads++;
                }
                Thread.sleep(20);
            }

            assertThat(server.ask("go 3", "truth done"))
                    .contains("truth done 3 calls in each of " + threads + " threads");
            int lines = 3 * threads;
            trace.awaitTrace(text -> text.lines().count() >= lines);
            trace.signal("INT");
            TraceRun run = trace.end();

            assertThat(run.calls().malformed()).isEmpty();
            assertThat(run.calls().calls().stream()
                            .mapToLong(call -> Long.parseLong(call.arguments()))
                            .sorted())
                    .containsExactly(LongStream.range(0, threads)
                            .flatMap(thread -> LongStream.range(thread * 1_000_000, thread * 1_000_000 + 3))
                            .boxed()
                            .toArray(Long[]::new));
            assertThat(server.end()).isZero();
        }
    }

    @Test
    void severalProcessesAreTracedEachOnce() throws IOException, InterruptedException {
        try (RunningProcess one = RunningProcess.start("server", "2");
                RunningProcess other = RunningProcess.start("server", "3")) {
            RunningTrace trace = Jltrace.alone()
                    .withPrototypes()
                    .with("-v", "-l", "libcalls.so.1", "-p", one.pid() + "," + other.pid() + "," + one.pid())
                    .start();
            trace.awaitAttached();

            one.ask("go 4", "truth done");
            assertThat(one.end()).isZero();
            other.ask("go 4", "truth done");
            assertThat(other.end()).isZero();

            TraceRun run = trace.end();
            assertThat(run.calls().of("starts_push")).hasSize(20);
            assertThat(run.calls().events())
                    .filteredOn(event -> event.startsWith("+++ exited"))
                    .hasSize(2);
        }
    }

    @Test
    void anAttachedProcessThatEndsEndsTheTrace() throws IOException, InterruptedException {
        try (RunningProcess server = RunningProcess.start("server", "2")) {
            RunningTrace trace = attached(server);

            server.ask("go 5", "truth done");
            assertThat(server.end()).isZero();
            TraceRun run = trace.end();

            assertThat(run.calls().of("starts_push")).hasSize(10);
            assertThat(run.lines()).last().asString().contains("+++ exited (status ");
        }
    }

    @Test
    void twoTracersOfOneProcessDoNotDisturbEachOther() throws IOException, InterruptedException {
        try (RunningProcess server = RunningProcess.start("server", "2")) {
            RunningTrace first = attached(server);
            RunningTrace second = attached(server);

            server.ask("go 10", "truth done");
            first.awaitTrace(text -> text.lines().count() >= 20);
            first.signal("INT");
            TraceRun firstRun = first.end();
            server.ask("go 10", "truth done");
            second.awaitTrace(text -> text.lines().count() >= 40);
            RunningTrace third = attached(server);
            server.ask("go 10", "truth done");
            second.awaitTrace(text -> text.lines().count() >= 60);
            second.signal("INT");
            TraceRun secondRun = second.end();
            server.ask("go 10", "truth done");
            third.awaitTrace(text -> text.lines().count() >= 40);
            third.signal("INT");

            assertThat(firstRun.calls().of("starts_push")).hasSize(20);
            assertThat(secondRun.calls().of("starts_push")).hasSize(60);
            assertThat(third.end().calls().of("starts_push")).hasSize(40);
            assertThat(server.end()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTracerThatIsKilledDoesNotDisturbAnother(boolean killFirst) throws IOException, InterruptedException {
        try (RunningProcess server = RunningProcess.start("server", "2")) {
            RunningTrace first = attached(server);
            RunningTrace second = attached(server);
            RunningTrace killed = killFirst ? first : second;
            RunningTrace other = killFirst ? second : first;

            server.ask("go 10", "truth done");
            killed.signal("KILL");
            killed.end();
            server.ask("go 10", "truth done");
            // Takes away what the killed one has left, and nothing of the other.
            assertThat(Jltrace.alone().toStandardError().with("clean").run().status())
                    .isZero();
            assertThat(Tracefs.probesOf(killed.pid())).isEmpty();
            assertThat(Tracefs.probesOf(other.pid())).isNotEmpty();
            server.ask("go 10", "truth done");
            other.awaitTrace(text -> text.lines().count() >= 60);
            other.signal("INT");

            assertThat(other.end().calls().of("starts_push")).hasSize(60);
            assertThat(server.end()).isZero();
        }
    }

    @Test
    void aTracerOfAnotherPidNamespaceIsLeftAlone() throws IOException, InterruptedException {
        try (RunningProcess server = RunningProcess.start("server", "2")) {
            RunningTrace here = attached(server);
            RunningTrace there = Jltrace.of("server", "1")
                    .inPidNamespace()
                    .withPrototypes()
                    .with("-l", "libcalls.so.1")
                    .input(Redirect.PIPE)
                    .start();
            try (OutputStream input = there.input()) {
                there.awaitOutput(text -> text.contains("truth ready"));

                TraceRun cleanHere =
                        Jltrace.alone().toStandardError().with("clean").run();
                TraceRun cleanThere = Jltrace.alone()
                        .inPidNamespace()
                        .toStandardError()
                        .with("clean")
                        .run();
                server.ask("go 10", "truth done");
                input.write("go 10\n".getBytes(StandardCharsets.US_ASCII));
                input.flush();
                there.awaitOutput(text -> text.contains("truth done"));

                assertThat(cleanHere.output()).contains("left jltrace_1_").contains("another pid namespace");
                assertThat(cleanThere.output()).contains("left jltrace_" + here.pid() + "_");
            }
            here.awaitTrace(text -> text.lines().count() >= 20);
            here.signal("INT");

            assertThat(there.end().calls().of("starts_push")).hasSize(10);
            assertThat(here.end().calls().of("starts_push")).hasSize(20);
            assertThat(Tracefs.probesOf(1)).isEmpty();
            assertThat(server.end()).isZero();
        }
    }

    @Test
    void anotherProcessOfTheSameProgramHasNoBreakpointInItsText() throws IOException, InterruptedException {
        try (RunningProcess other = RunningProcess.start("textbytes");
                RunningProcess traced = RunningProcess.start("textbytes")) {
            RunningTrace trace = Jltrace.alone()
                    .with("-p", Long.toString(traced.pid()), "-l", "libc.so.6", "-l", "libcalls.so.1")
                    .start();
            awaitProbed(traced);

            List<String> untouched = other.ask("look", "truth done");
            trace.signal("INT");
            trace.end();

            assertThat(untouched)
                    .filteredOn(line -> line.startsWith("truth text"))
                    .hasSize(3)
                    .allSatisfy(line -> assertThat(line).matches("truth text \\S+ compared [1-9]\\d* different 0 .*"));
            // After the detach nothing is left in the traced one either.
            assertThat(traced.ask("look", "truth done"))
                    .filteredOn(line -> line.startsWith("truth text"))
                    .allSatisfy(line -> assertThat(line).contains(" different 0 "));
            assertThat(other.end()).isZero();
            assertThat(traced.end()).isZero();
        }
    }

    /** Asks a traced process to look at itself until it sees breakpoints. */
    private static void awaitProbed(RunningProcess traced) throws IOException, InterruptedException {
        for (int i = 0; i < 200; i++) {
            if (traced.ask("look", "truth done").stream()
                    .anyMatch(line -> line.startsWith("truth text") && !line.contains(" different 0 "))) {
                return;
            }
            Thread.sleep(50);
        }
        assertThat(false).as("breakpoints in the traced process").isTrue();
    }

    @Test
    void aKilledTracerLeavesTheProgramUnharmedAndTheNextOneTidiesUp() throws IOException, InterruptedException {
        try (RunningProcess server = RunningProcess.start("server", "2")) {
            RunningTrace trace = attached(server);
            server.tell("free");
            trace.awaitTrace(text -> text.lines().count() >= 20);

            trace.signal("KILL");
            trace.end();

            assertThat(Tracefs.probesOf(trace.pid())).isNotEmpty();
            server.ask("stop", "truth counted");
            assertThat(server.ask("go 10", "truth done")).contains("truth done 10 calls in each of 2 threads");
            TraceRun clean = Jltrace.alone().toStandardError().with("clean").run();
            assertThat(clean.status()).isZero();
            assertThat(Tracefs.probesOf(trace.pid())).isEmpty();
            assertThat(server.end()).isZero();
        }
    }

    @Test
    void aProgramOutlivesItsKilledTracer() throws IOException, InterruptedException {
        RunningTrace trace =
                Jltrace.of("loop", "300000", "push").withPrototypes().start();
        trace.awaitTrace(text -> text.length() > 10_000);
        long program = trace.programPid();

        trace.signal("KILL");
        ProcessHandle.of(program).ifPresent(handle -> handle.onExit().join());
        trace.awaitOutput(text -> text.contains("truth elapsed"));
        TraceRun killed = trace.end();

        assertThat(killed.status()).isEqualTo(128 + 9);
        assertThat(killed.output()).startsWith("truth calls 300000 kind push sum ");
        // The next start tidies up.
        assertThat(Jltrace.of("inner").run().status()).isZero();
        assertThat(Tracefs.probesOf(trace.pid())).isEmpty();
    }

    /** Attached to the calls of libcalls, and tracing. */
    private static RunningTrace attached(RunningProcess server) throws IOException, InterruptedException {
        RunningTrace trace = Jltrace.alone()
                .withPrototypes()
                .with("-v", "-l", "libcalls.so.1", "-p", Long.toString(server.pid()))
                .start();
        trace.awaitAttached();
        return trace;
    }
}
