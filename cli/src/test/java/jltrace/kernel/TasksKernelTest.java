package jltrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Threads, child processes and exec: every call is there exactly once and paired right. */
@OnKernel
class TasksKernelTest {
    @Test
    void everyCallOfEightThreadsIsThereOnceWithItsOwnResult() throws IOException, InterruptedException {
        TraceRun run = of("threads8", "500").run();

        List<TracedCall> calls = run.calls().of("starts_push");
        assertThat(run.calls().malformed()).isEmpty();
        assertThat(numbers(calls)).isEqualTo(ranges(8, 1_000_000, 500));
        assertThat(calls).allSatisfy(TasksKernelTest::isPaired);
        // Each thread's calls are under one task of its own: the one that the program tells.
        for (String line : run.truth().lines()) {
            if (line.startsWith("thread ")) {
                String[] words = line.split(" ", -1);
                long first = Long.parseLong(words[1]) * 1_000_000;
                assertThat(calls)
                        .filteredOn(call -> Long.parseLong(call.arguments()) / 1_000_000 == first / 1_000_000)
                        .extracting(TracedCall::task)
                        .containsOnly(Integer.valueOf(words[3]));
            }
        }
        assertThat(run.calls().events()).containsExactly("+++ exited (status 0) +++");
    }

    @Test
    void everyCallOfManyShortThreadsIsThereOnce() throws IOException, InterruptedException {
        TraceRun run = of("shortthreads", "200").with("-e", "starts_*").run();

        Map<String, Long> made = run.truth().counts();
        made.keySet().removeIf(name -> !name.startsWith("starts_"));
        assertThat(made).isNotEmpty();
        assertThat(run.calls().counts()).isEqualTo(made);
        assertThat(run.calls().calls()).allSatisfy(TasksKernelTest::isPaired);
    }

    @Test
    void everyCallOfAHundredChildrenIsThereOnce() throws IOException, InterruptedException {
        TraceRun run = of("fork100").with("-f").run();

        List<TracedCall> calls = run.calls().of("starts_push");
        assertThat(run.calls().malformed()).isEmpty();
        assertThat(numbers(calls)).isEqualTo(ranges(100, 1000, 10));
        assertThat(calls).allSatisfy(TasksKernelTest::isPaired);
        for (String line : run.truth().lines()) {
            if (line.startsWith("child ")) {
                String[] words = line.split(" ", -1);
                assertThat(calls)
                        .filteredOn(call -> Long.parseLong(call.arguments()) / 1000 == Long.parseLong(words[1]))
                        .extracting(TracedCall::task)
                        .containsOnly(Integer.valueOf(words[3]));
            }
        }
        assertThat(run.calls().events())
                .filteredOn(event -> event.startsWith("+++ "))
                .hasSize(101);
        assertThat(run.status()).isZero();
    }

    /** While events are replaced, processes are born of others that were not given the new ones yet, and end. */
    @Test
    void everyCallOfManyGenerationsIsThereOnce() throws IOException, InterruptedException {
        int last = 2000;
        int each = 20;
        TraceRun run = of("generations", "" + last, "" + each)
                .with("-f", "-m", "64M", "-e", "labs+atol")
                .run();

        List<Long> numbers = new ArrayList<>();
        for (long generation = 1; generation <= last; generation++) {
            LongStream.range(generation * 1000, generation * 1000 + each).forEach(numbers::add);
        }
        assertThat(run.messages()).isEmpty();
        assertThat(run.calls().malformed()).isEmpty();
        assertThat(run.calls().of("labs").stream().map(call -> call.arguments() + "=" + call.result()))
                .containsExactlyInAnyOrderElementsOf(numbers.stream()
                        .map(number -> "-" + number + "=" + number)
                        .toList());
        List<String> converted = new ArrayList<>(List.of("\"" + last + "\"=" + last, "\"" + each + "\"=" + each));
        numbers.forEach(number -> converted.add("\"" + number + "\"=" + number));
        assertThat(run.calls().of("atol").stream().map(call -> call.arguments() + "=" + call.result()))
                .containsExactlyInAnyOrderElementsOf(converted);
        assertThat(run.calls().events())
                .filteredOn(event -> event.startsWith("+++ "))
                .hasSize(last + 1)
                .containsOnly("+++ exited (status 0) +++");
    }

    /** The kernel exchanges the events of related processes unless it is kept from that; one's end then blinds another. */
    @RepeatedTest(3)
    void childrenThatEndTakeNoProbesFromThoseThatRun() throws IOException, InterruptedException {
        TraceRun run = Jltrace.of("/bin/sh", "-c", "ls | sort; ls | wc; ls | cat | sort")
                .with("-f")
                .run();

        assertThat(run.calls().events())
                .filteredOn(event -> event.startsWith("+++ "))
                .hasSize(8)
                .containsOnly("+++ exited (status 0) +++");
    }

    @Test
    void childrenAreNeitherTracedNorDisturbedUnlessAskedFor() throws IOException, InterruptedException {
        TraceRun run = of("fork100", "20").run();

        assertThat(run.calls().of("starts_push")).isEmpty();
        assertThat(run.calls().of("fork")).hasSize(20);
        assertThat(run.calls().events()).containsExactly("+++ exited (status 0) +++");
        assertThat(run.truth().after("statuses ")).isEqualTo("190");
        assertThat(run.truth().lines())
                .filteredOn(line -> line.startsWith("child "))
                .hasSize(20);
    }

    /** perl exports its interpreter for its modules; perl -e 1 loads none. */
    @Test
    void aProgramThatIsStartedLaterIsNotItsOwnLibrary() throws IOException, InterruptedException {
        TraceRun run = Jltrace.of("/bin/sh", "-c", "perl -e 1; exit 3")
                .with("-f", "-l", "perl")
                .run();

        assertThat(run.messages()).noneMatch(message -> message.contains("perl was mapped"));
        assertThat(run.status()).isEqualTo(3);
    }

    @Test
    void aChildIsFollowedThroughItsExec() throws IOException, InterruptedException {
        TraceRun run = of("execchild", Fixtures.program("five-lazy"))
                .with("-f", "-e", "starts_push")
                .run();

        assertThat(run.calls().malformed()).isEmpty();
        assertThat(run.calls().of("starts_push"))
                .filteredOn(call -> call.caller().equals("execchild"))
                .extracting(TracedCall::arguments)
                .containsExactlyInAnyOrder("1", "2", "3");
        assertThat(run.calls().calls())
                .filteredOn(call -> call.caller().equals("five-lazy"))
                .extracting(TracedCall::text)
                .containsExactly(
                        "five-lazy->starts_push(0) = 1",
                        "five-lazy->starts_push(1) = 2",
                        "five-lazy->starts_push(2) = 3",
                        "five-lazy->starts_push(3) = 4",
                        "five-lazy->starts_push(4) = 5");
        // SIGCHLD, which nobody handles, is not delivered.
        assertThat(run.calls().events())
                .containsExactlyInAnyOrder(
                        "--- Called exec() ---", "+++ exited (status 0) +++", "+++ exited (status 0) +++");
    }

    @Test
    void aProgramIsFollowedThroughItsOwnExecs() throws IOException, InterruptedException {
        TraceRun run = of("execself", "3", Fixtures.program("exitstatus"), "7")
                .with("-e", "starts_push")
                .run();

        assertThat(run.lines())
                .containsExactly(
                        "execself->starts_push(3) = 4",
                        "--- Called exec() ---",
                        "execself->starts_push(2) = 3",
                        "--- Called exec() ---",
                        "execself->starts_push(1) = 2",
                        "--- Called exec() ---",
                        "execself->starts_push(0) = 1",
                        "--- Called exec() ---",
                        "exitstatus->starts_push(1) = 2",
                        "exitstatus->starts_push(99) = 100",
                        "+++ exited (status 7) +++");
        assertThat(run.status()).isEqualTo(7);
    }

    @Test
    void aForkOfAThreadIsFollowed() throws IOException, InterruptedException {
        TraceRun run = of("forkthread").with("-f").run();

        assertThat(run.calls().of("starts_push")).extracting(TracedCall::text).containsExactly("starts_push(7) = 8");
        assertThat(run.calls().events()).contains("+++ exited (status 3) +++");
    }

    @Test
    void childrenOfVforkAreFollowedAndUnharmed() throws IOException, InterruptedException {
        TraceRun run = of("vforkchild", Fixtures.program("exitstatus"), "6")
                .with("-f", "-e", "starts_*")
                .run();
        TraceRun notFollowed = of("vforkchild", Fixtures.program("exitstatus"), "6")
                .with("-e", "starts_*")
                .run();

        assertThat(run.status()).isZero();
        assertThat(notFollowed.status()).isZero();
        assertThat(notFollowed.truth().counts()).isEqualTo(run.truth().counts());
    }

    private static Jltrace of(String program, String... arguments) {
        return Jltrace.of(program, arguments).withPrototypes();
    }

    private static void isPaired(TracedCall call) {
        assertThat(call.result()).as(call.text()).isEqualTo(Long.toString(Long.parseLong(call.arguments()) + 1));
    }

    private static List<Long> numbers(List<TracedCall> calls) {
        return calls.stream()
                .map(call -> Long.valueOf(call.arguments()))
                .sorted(Comparator.naturalOrder())
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** The numbers from each multiple of a step on. */
    private static List<Long> ranges(int ranges, long step, int length) {
        return LongStream.range(0, ranges)
                .flatMap(range -> LongStream.range(range * step, range * step + length))
                .boxed()
                .toList();
    }
}
