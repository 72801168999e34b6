package jltrace.call;

import static jltrace.call.Scenario.IN_LIBRARY;
import static jltrace.call.Scenario.IN_MAIN;
import static jltrace.call.Scenario.IN_NOTHING;
import static jltrace.call.Scenario.PID;
import static jltrace.call.Scenario.STACK;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import jltrace.plan.ReturnStrategy;
import jltrace.plan.TracedFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads, processes, what they map and how they end. */
class ProcessesTest {
    private static final int THREAD = 101;
    private static final int CHILD = 200;

    private Scenario scenario = new Scenario();
    private TracedFunction f = function();

    private TracedFunction function() {
        return scenario.function("f", ReturnStrategy.URETPROBE);
    }

    private void followForks() {
        scenario = new Scenario(true);
        f = function();
    }

    private List<String> heard() {
        return scenario.news();
    }

    @Test
    void eachThreadHasAStackOfItsOwn() {
        scenario.fork(PID, THREAD);
        scenario.task(PID, PID).enter(f, STACK);
        scenario.task(PID, THREAD).enter(f, STACK);
        scenario.task(PID, PID).uretprobe(f, STACK, 1);
        scenario.task(PID, THREAD).uretprobe(f, STACK, 2);
        assertThat(heard()).containsExactly("f from prog", "101: f from prog", "f = 1", "101: f = 2");
    }

    @Test
    void aThreadWhoseBirthWasLostIsTaken() {
        scenario.task(PID, THREAD).enter(f, STACK).uretprobe(f, STACK, 2);
        assertThat(heard()).containsExactly("101: f from prog", "101: f = 2");
    }

    @Test
    void aThreadsEndEndsItsCallsAndTheLastOnesEndEndsTheProcess() {
        scenario.fork(PID, THREAD);
        scenario.task(PID, THREAD).enter(f, STACK).exit();
        assertThat(heard()).containsExactly("101: f from prog", "101: f THREAD_EXIT");
        scenario.end = new ProcessEnd(ProcessEnd.Kind.EXITED, 3);
        scenario.task(PID, PID).enter(f, STACK).exit();
        assertThat(heard()).containsExactly("f from prog", "f THREAD_EXIT", "end of 100 EXITED 3");
        assertThat(scenario.assembler.processes()).isEmpty();
    }

    @Test
    void theLeaderMayEndBeforeItsThreads() {
        scenario.fork(PID, THREAD);
        scenario.task(PID, PID).exit();
        assertThat(heard()).isEmpty();
        scenario.task(PID, THREAD).enter(f, STACK).uretprobe(f, STACK, 1).exit();
        assertThat(heard()).containsExactly("101: f from prog", "101: f = 1", "end of 100 UNKNOWN 0");
    }

    @Test
    void manyShortThreadsLeaveNothingBehind() {
        for (int i = 0; i < 1000; i++) {
            int tid = 1000 + i % 10;
            scenario.task(PID, PID).fork(PID, tid);
            scenario.task(PID, tid).enter(f, STACK).uretprobe(f, STACK, i).exit();
            assertThat(heard()).containsExactly(tid + ": f from prog", tid + ": f = " + i);
        }
        scenario.task(PID, PID).exit();
        assertThat(heard()).containsExactly("end of 100 UNKNOWN 0");
    }

    @Test
    void aThreadIdThatIsUsedAgainIsANewThread() {
        scenario.fork(PID, THREAD);
        scenario.task(PID, THREAD).enter(f, STACK);
        // Its exit record was lost.
        scenario.at(1_000_000_000).task(PID, PID).fork(PID, THREAD);
        scenario.task(PID, THREAD).enter(f, STACK).uretprobe(f, STACK, 2).exit();
        scenario.task(PID, PID).exit();
        assertThat(heard()).contains("101: f = 2").endsWith("end of 100 UNKNOWN 0");
    }

    @Test
    void aThreadThatWasFoundBeforeItsBirthWasReadIsOneThread() {
        TracedProcess process = scenario.assembler.processes().get(0);
        scenario.assembler.addThread(process, THREAD);
        scenario.fork(PID, THREAD);
        scenario.task(PID, THREAD).enter(f, STACK).uretprobe(f, STACK, 1);
        scenario.exit();
        assertThat(heard()).containsExactly("101: f from prog", "101: f = 1");
        scenario.task(PID, PID).exit();
        assertThat(heard()).containsExactly("end of 100 UNKNOWN 0");
    }

    @Test
    void childrenAreFollowedIfAskedFor() {
        followForks();
        scenario.enter(f, STACK).fork(CHILD, CHILD);
        scenario.task(CHILD, CHILD).uretprobe(f, STACK, 0);
        scenario.enter(f, STACK).uretprobe(f, STACK, 1).exit();
        scenario.task(PID, PID).uretprobe(f, STACK, 2).exit();
        assertThat(heard())
                .containsExactly(
                        "f from prog",
                        "100 forked 200",
                        "200: f from prog",
                        "200: f = 1",
                        "end of 200 UNKNOWN 0",
                        "f = 2",
                        "end of 100 UNKNOWN 0");
    }

    @Test
    void childrenAreLeftAloneIfNotAskedFor() {
        scenario.fork(CHILD, CHILD);
        scenario.task(CHILD, CHILD).enter(f, STACK).uretprobe(f, STACK, 1).exit();
        assertThat(heard()).isEmpty();
        assertThat(scenario.assembler.processes()).hasSize(1);
    }

    @Test
    void aChildOfAThreadIsAProcess() {
        followForks();
        scenario.fork(PID, THREAD);
        scenario.task(PID, THREAD).fork(CHILD, CHILD);
        scenario.task(PID, PID).exit();
        scenario.task(PID, THREAD).exit();
        assertThat(heard()).containsExactly("100 forked 200", "end of 100 UNKNOWN 0");
        assertThat(scenario.assembler.processes())
                .extracting(TracedProcess::pid)
                .containsExactly(CHILD);
    }

    @Test
    void anExecEndsAllCallsAndTheNextMappingIsTheProgram() {
        TracedFunction execve = scenario.function("execve", ReturnStrategy.URETPROBE);
        scenario.enter(f, STACK).enter(execve, STACK - 64).exec();
        assertThat(heard()).containsExactly("f from prog", "execve from prog in 1", "execve EXEC", "f EXEC", "exec");
        scenario.map(0x500000, 0x1000, "/bin/prog").map(0x7f2000000000L, 0x1000, "/lib/liba.so");
        assertThat(heard()).containsExactly("program /bin/prog", "mapped /lib/liba.so");
        scenario.enter(f, STACK, 0x500123).enter(f, STACK, IN_MAIN).finish();
        assertThat(heard())
                .as("the old program's mappings are gone")
                .containsExactly("f from prog", "f UNWOUND", "f from ?", "f DETACHED");
    }

    @Test
    void anExecInAThreadEndsTheOthersAndTheProcessEndsOnce() {
        TracedFunction execve = scenario.function("execve", ReturnStrategy.URETPROBE);
        scenario.fork(PID, THREAD);
        scenario.fork(PID, THREAD + 1);
        scenario.task(PID, THREAD + 1).enter(f, STACK);
        scenario.task(PID, THREAD).enter(execve, STACK);
        // The kernel ends the other threads, the leader included, and gives the leader's id to the one that lives on.
        scenario.task(PID, THREAD + 1).exit();
        scenario.task(PID, PID).exit();
        scenario.task(PID, PID).exec();
        assertThat(heard())
                .containsExactly(
                        "102: f from prog", "101: execve from prog", "102: f THREAD_EXIT", "101: execve EXEC", "exec");
        scenario.map(0x500000, 0x1000, "/bin/prog").enter(f, STACK, 0x500123).uretprobe(f, STACK, 1);
        scenario.exit();
        assertThat(heard()).containsExactly("program /bin/prog", "f from prog", "f = 1", "end of 100 UNKNOWN 0");
        assertThat(scenario.assembler.processes()).isEmpty();
    }

    @Test
    void aNewNameAloneIsNoExec() {
        scenario.enter(f, STACK).rename().uretprobe(f, STACK, 1);
        assertThat(heard()).containsExactly("f from prog", "f = 1");
    }

    @Test
    void aMappingChangesWhoCalls() {
        long opened = 0x7f3000000000L;
        scenario.enter(f, STACK, opened + 16).uretprobe(f, STACK, 1);
        scenario.map(opened, 0x1000, "/lib/libb.so");
        scenario.enter(f, STACK, opened + 16).uretprobe(f, STACK, 2);
        scenario.map(opened, 0x1000, "/lib/liba.so");
        scenario.enter(f, STACK, opened + 16).uretprobe(f, STACK, 3);
        assertThat(heard())
                .containsExactly(
                        "f from ?", "f = 1", "mapped /lib/libb.so", "f from libb.so", "f = 2", "mapped /lib/liba.so");
    }

    @Test
    void aMappingOfAChildDoesNotChangeTheParents() {
        followForks();
        scenario.fork(CHILD, CHILD);
        scenario.task(CHILD, CHILD).map(0x400000, 0x1000, "/lib/libb.so");
        scenario.enter(f, STACK, 0x400010);
        scenario.task(PID, PID).enter(f, STACK, 0x400010);
        assertThat(heard())
                .containsExactly("100 forked 200", "mapped /lib/libb.so", "200: f from libb.so", "f from prog");
    }

    @Test
    void dataAndWhatIsNoFileAreNotToldAsMapped() {
        scenario.map(0x7f4000000000L, 0x1000, 1, "/lib/libb.so")
                .map(0x7f4000000000L, 0x1000, "[vdso]")
                .map(0x7f4000000000L, 0x1000, "//anon");
        assertThat(heard()).isEmpty();
        scenario.enter(f, STACK, 0x7f4000000010L);
        assertThat(heard()).containsExactly("f from ?");
    }

    @Test
    void anonymousCodeInPlaceOfAFileHidesTheFile() {
        scenario.map(0x400000, 0x100000, "//anon").enter(f, STACK, IN_MAIN);
        assertThat(heard()).containsExactly("f from ?");
    }

    @Test
    void unknownCallersAreShownOnlyIfAskedFor() {
        scenario.enter(f, STACK, IN_NOTHING).uretprobe(f, STACK, 1);
        assertThat(heard()).containsExactly("f from ?", "f = 1");
        Scenario quiet = new Scenario();
        TracedFunction g = quiet.function("g", ReturnStrategy.URETPROBE);
        quiet.hideUnknownCallers();
        quiet.enter(g, STACK, IN_NOTHING).uretprobe(g, STACK, 1);
        assertThat(quiet.news()).isEmpty();
    }

    @Test
    void aLibrarysCallsOfItselfAreHidden() {
        scenario.enter(f, STACK, IN_LIBRARY).uretprobe(f, STACK, 1);
        assertThat(heard()).isEmpty();
    }

    @Test
    void hitsThatAreReportedTwiceAreToldOnce() {
        scenario.fork(PID, THREAD);
        scenario.task(PID, THREAD);
        for (int i = 0; i < 3; i++) {
            scenario.byOpening(1).enter(f, STACK).byOpening(0).enter(f, STACK);
            scenario.byOpening(1).uretprobe(f, STACK, i).byOpening(0).uretprobe(f, STACK, i);
            scenario.byOpening(1).signal(10, 1).byOpening(0).signal(10, 1);
        }
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            expected.addAll(List.of("101: f from prog", "101: f = " + i, "101: signal 10"));
        }
        assertThat(heard()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void hitsThatAreAlikeAreToldEach(int opening) {
        TracedFunction never = scenario.function("never", ReturnStrategy.NONE);
        scenario.byOpening(1).enter(f, STACK).uretprobe(f, STACK, 1).byOpening(opening);
        heard();
        for (int i = 0; i < 4; i++) {
            scenario.enter(never, STACK - 64);
        }
        assertThat(heard().stream().filter(line -> line.startsWith("never from")))
                .hasSize(4);
    }

    @Test
    void hitsThatAreAlikeAndReportedThreeTimesAreToldOnceEach() {
        TracedFunction never = scenario.function("never", ReturnStrategy.NONE);
        for (int i = 0; i < 4; i++) {
            for (int opening : new int[] {2, 0, 1}) {
                scenario.byOpening(opening).enter(never, STACK - 64);
            }
        }
        assertThat(heard().stream().filter(line -> line.startsWith("never from")))
                .hasSize(4);
    }

    @Test
    void anEventThatWasOpenedTwiceAndItsSuccessorTellHitsOnce() {
        scenario.replaceEvents();
        for (int i = 0; i < 2; i++) {
            scenario.bySuccessors().byOpening(1).enter(f, STACK).byOpening(0).enter(f, STACK);
            scenario.byReplaced().byOpening(1).enter(f, STACK).byOpening(0).enter(f, STACK);
            scenario.bySuccessors().uretprobe(f, STACK, i).byReplaced().uretprobe(f, STACK, i);
        }
        assertThat(heard()).containsExactly("f from prog", "f = 0", "f from prog", "f = 1");
    }

    @Test
    void birthsAndExecsThatAreReportedTwiceAreToldOnce() {
        followForks();
        scenario.fork(CHILD, CHILD).fork(CHILD, CHILD).fork(PID, THREAD).fork(PID, THREAD);
        scenario.task(CHILD, CHILD).exec().exec().map(0x500000, 0x1000, "/bin/prog");
        scenario.exit().exit();
        assertThat(heard()).containsExactly("100 forked 200", "200: exec", "program /bin/prog", "end of 200 UNKNOWN 0");
        scenario.task(PID, THREAD).exit().exit();
        scenario.task(PID, PID).exit().exit();
        assertThat(heard()).containsExactly("end of 100 UNKNOWN 0");
    }

    @Test
    void lossesAreToldAndCounted() {
        scenario.lost(3).lost(4);
        assertThat(heard()).containsExactly("lost 3", "lost 4");
        assertThat(scenario.assembler.lostRecords()).isEqualTo(7);
    }

    @Test
    void anEndThatTheProcessAskedForIsKnownWhenItEnds() {
        scenario.exitStatus(0x103);
        assertThat(scenario.assembler.processes().get(0).exitStatus())
                .as("the kernel keeps a byte")
                .isEqualTo(3);
        scenario.signal(11, 0);
        assertThat(scenario.assembler.processes().get(0).fatalSignal()).isEqualTo(11);
        assertThat(heard()).containsExactly("signal 11");
    }

    @Test
    void recordsOfStrangersAreLeftOut() {
        scenario.task(999, 999)
                .enter(f, STACK)
                .uretprobe(f, STACK, 1)
                .signal(10, 1)
                .exec();
        scenario.map(0x400000, 0x1000, "/lib/libb.so").fork(1000, 1000).exit();
        assertThat(heard()).isEmpty();
    }
}
