package jltrace.call;

import static jltrace.call.Scenario.IN_LIBRARY;
import static jltrace.call.Scenario.STACK;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import jltrace.plan.ReturnStrategy;
import jltrace.plan.TracedFunction;
import org.junit.jupiter.api.Test;

/** Which end belongs to which entry, in one thread. */
class PairingTest {
    private static final long SA_ONSTACK = 0x08000000;

    private final Scenario scenario = new Scenario();

    private List<String> heard() {
        return scenario.news();
    }

    @Test
    void aReturnProbeEndsTheCallWhoseFrameItIs() {
        TracedFunction f = scenario.function("f", ReturnStrategy.URETPROBE);
        scenario.enter(f, STACK).uretprobe(f, STACK, 5);
        assertThat(heard()).containsExactly("f from prog", "f = 5");
    }

    @Test
    void aReturnInstructionEndsTheCallWhoseFrameItIs() {
        TracedFunction f = scenario.function("f", ReturnStrategy.SITES);
        int site = scenario.exitSite(f);
        scenario.enter(f, STACK).ret(site, STACK, 5).enter(f, STACK).ret(site, STACK, 6);
        assertThat(heard()).containsExactly("f from prog", "f = 5", "f from prog", "f = 6");
    }

    @Test
    void aReturnInstructionOfAnotherFunctionEndsNothing() {
        TracedFunction f = scenario.function("f", ReturnStrategy.SITES);
        TracedFunction g = scenario.function("g", ReturnStrategy.SITES);
        int siteOfG = scenario.exitSite(g);
        scenario.enter(f, STACK).ret(siteOfG, STACK, 5);
        assertThat(heard()).containsExactly("f from prog");
    }

    @Test
    void endsWithoutAnEntryAreNotShown() {
        TracedFunction f = scenario.function("f", ReturnStrategy.URETPROBE);
        int site = scenario.exitSite(scenario.function("g", ReturnStrategy.SITES));
        scenario.uretprobe(f, STACK, 5).ret(site, STACK, 6).leave(f, STACK);
        assertThat(heard()).isEmpty();
    }

    @Test
    void callsNestAndAreToldTheirDepth() {
        TracedFunction outer = scenario.function("outer", ReturnStrategy.URETPROBE);
        TracedFunction inner = scenario.function("inner", scenario.other, ReturnStrategy.URETPROBE, false);
        scenario.enter(outer, STACK)
                .enter(inner, STACK - 64, IN_LIBRARY)
                .uretprobe(inner, STACK - 64, 1)
                .enter(inner, STACK - 64, IN_LIBRARY)
                .uretprobe(inner, STACK - 64, 2)
                .uretprobe(outer, STACK, 3);
        assertThat(heard())
                .containsExactly(
                        "outer from prog",
                        "inner from liba.so in 1",
                        "inner = 1",
                        "inner from liba.so in 1",
                        "inner = 2",
                        "outer = 3");
    }

    @Test
    void callsThatAreNotShownAddNoDepth() {
        TracedFunction outer = scenario.function("outer", ReturnStrategy.URETPROBE);
        TracedFunction hidden = scenario.function("hidden", ReturnStrategy.URETPROBE);
        TracedFunction inner = scenario.function("inner", scenario.other, ReturnStrategy.URETPROBE, false);
        scenario.enter(outer, STACK)
                .enter(hidden, STACK - 64, IN_LIBRARY)
                .enter(inner, STACK - 128, IN_LIBRARY)
                .uretprobe(inner, STACK - 128, 1)
                .uretprobe(hidden, STACK - 64, 2)
                .uretprobe(outer, STACK, 3);
        assertThat(heard()).containsExactly("outer from prog", "inner from liba.so in 1", "inner = 1", "outer = 3");
    }

    @Test
    void recursionIsPairedByFrameAndNotByName() {
        TracedFunction f = scenario.function("f", ReturnStrategy.SITES);
        int site = scenario.exitSite(f);
        int depth = 1000;
        for (int i = 0; i < depth; i++) {
            scenario.enter(f, STACK - 48L * i);
        }
        for (int i = depth - 1; i >= 0; i--) {
            scenario.ret(site, STACK - 48L * i, i);
        }
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < depth; i++) {
            expected.add("f from prog" + (i > 0 ? " in " + i : ""));
        }
        for (int i = depth - 1; i >= 0; i--) {
            expected.add("f = " + i);
        }
        assertThat(heard()).isEqualTo(expected);
    }

    @Test
    void aLongjmpEndsTheCallsThatItLeaves() {
        TracedFunction outer = scenario.function("outer", ReturnStrategy.URETPROBE);
        TracedFunction middle = scenario.function("middle", ReturnStrategy.URETPROBE);
        TracedFunction inner = scenario.function("inner", ReturnStrategy.URETPROBE);
        TracedFunction next = scenario.function("next", ReturnStrategy.URETPROBE);
        scenario.enter(outer, STACK)
                .enter(middle, STACK - 64)
                .enter(inner, STACK - 128)
                // Back in the frame that called outer.
                .enter(next, STACK)
                .uretprobe(next, STACK, 4);
        assertThat(heard())
                .containsExactly(
                        "outer from prog",
                        "middle from prog in 1",
                        "inner from prog in 2",
                        "inner UNWOUND",
                        "middle UNWOUND",
                        "outer UNWOUND",
                        "next from prog",
                        "next = 4");
    }

    @Test
    void aReturnEndsTheCallsThatAnExceptionLeftWithinIt() {
        TracedFunction outer = scenario.function("outer", ReturnStrategy.SITES);
        TracedFunction inner = scenario.function("inner", ReturnStrategy.SITES);
        int site = scenario.exitSite(outer);
        scenario.enter(outer, STACK).enter(inner, STACK - 64).ret(site, STACK, 1);
        assertThat(heard()).containsExactly("outer from prog", "inner from prog in 1", "inner UNWOUND", "outer = 1");
    }

    @Test
    void aReturnProbeEndsWhatWasLeftWithinItToo() {
        TracedFunction outer = scenario.function("outer", ReturnStrategy.URETPROBE);
        TracedFunction inner = scenario.function("inner", ReturnStrategy.URETPROBE);
        scenario.enter(outer, STACK).enter(inner, STACK - 64).uretprobe(outer, STACK, 1);
        assertThat(heard()).containsExactly("outer from prog", "inner from prog in 1", "inner UNWOUND", "outer = 1");
    }

    @Test
    void aHandlerOnAStackOfItsOwnLeavesTheInterruptedCallsAlone() {
        TracedFunction wait = scenario.function("wait", ReturnStrategy.URETPROBE);
        TracedFunction log = scenario.function("log", ReturnStrategy.URETPROBE);
        // The handler's stack is above the thread's, nearer than a whole stack's size.
        long own = STACK + (1 << 20);
        scenario.enter(wait, STACK)
                .signal(10, 0x401000, SA_ONSTACK)
                .enter(log, own)
                .uretprobe(log, own, 1)
                .enter(log, own - 64)
                .uretprobe(log, own - 64, 2)
                .uretprobe(wait, STACK, 0);
        assertThat(heard())
                .containsExactly(
                        "wait from prog",
                        "signal 10",
                        "log from prog in 1",
                        "log = 1",
                        "log from prog in 1",
                        "log = 2",
                        "wait = 0");
    }

    @Test
    void aLongjmpOutOfAHandlerOnAStackOfItsOwnEndsTheInterruptedCalls() {
        TracedFunction wait = scenario.function("wait", ReturnStrategy.URETPROBE);
        TracedFunction jump = scenario.function("jump", ReturnStrategy.LONGJMP);
        TracedFunction next = scenario.function("next", ReturnStrategy.URETPROBE);
        scenario.enter(wait, STACK - 64)
                .signal(10, 0x401000, SA_ONSTACK)
                .enter(jump, STACK - (1 << 20))
                .enter(next, STACK)
                .uretprobe(next, STACK, 1);
        assertThat(heard())
                .containsExactly(
                        "wait from prog",
                        "signal 10",
                        "jump from prog in 1",
                        "jump LONGJMP",
                        "wait LONGJMP",
                        "next from prog",
                        "next = 1");
    }

    @Test
    void anExceptionIsWhyTheCallsThatItPassedDoNotReturn() {
        TracedFunction sort = scenario.function("sort", ReturnStrategy.SITES);
        TracedFunction raise = scenario.function("raise", ReturnStrategy.THROW);
        TracedFunction next = scenario.function("next", ReturnStrategy.URETPROBE);
        scenario.enter(sort, STACK - 64)
                .enter(raise, STACK - 128)
                .enter(next, STACK)
                .uretprobe(next, STACK, 1);
        assertThat(heard())
                .containsExactly(
                        "sort from prog",
                        "raise from prog in 1",
                        "raise EXCEPTION",
                        "sort EXCEPTION",
                        "next from prog",
                        "next = 1");
    }

    @Test
    void whereRecordsWereLostIsTold() {
        TracedFunction f = scenario.function("f", ReturnStrategy.URETPROBE);
        scenario.at(1000).enter(f, STACK).at(1500).lost(2);
        assertThat(scenario.lastLoss()).isEqualTo(new Loss(2, Scenario.CPU, 1000, 1500, Scenario.PID, "f"));
    }

    /** The first call's return and the second's entry were lost: the second's return is not the first's. */
    @Test
    void anEndAfterALossIsNotTakenForThatOfACallBefore() {
        TracedFunction f = scenario.function("f", ReturnStrategy.URETPROBE);
        scenario.enter(f, STACK).lost(2).uretprobe(f, STACK, 2).enter(f, STACK).uretprobe(f, STACK, 3);
        assertThat(heard()).containsExactly("f from prog", "lost 2", "f LOST", "f from prog", "f = 3");
    }

    @Test
    void aCallAtTheSameFrameAfterALostReturnIsANewOne() {
        TracedFunction f = scenario.function("f", ReturnStrategy.URETPROBE);
        scenario.enter(f, STACK).lost(1).enter(f, STACK).uretprobe(f, STACK, 2);
        assertThat(heard()).containsExactly("f from prog", "lost 1", "f LOST", "f from prog", "f = 2");
    }

    /** Whether a call ended before the loss, and how, is not known of any call that was going on then. */
    @Test
    void howACallEndsThatWasGoingOnAtALossIsNotSaid() {
        TracedFunction sort = scenario.function("sort", ReturnStrategy.SITES);
        TracedFunction raise = scenario.function("raise", ReturnStrategy.THROW);
        TracedFunction next = scenario.function("next", ReturnStrategy.URETPROBE);
        scenario.enter(sort, STACK - 64)
                .enter(raise, STACK - 128)
                .lost(1)
                .enter(next, STACK)
                .uretprobe(next, STACK, 1);
        assertThat(heard())
                .containsExactly(
                        "sort from prog",
                        "raise from prog in 1",
                        "lost 1",
                        "raise LOST",
                        "sort LOST",
                        "next from prog",
                        "next = 1");
        scenario.enter(sort, STACK).lost(1).finish();
        assertThat(heard()).containsExactly("sort from prog", "lost 1", "sort LOST");
    }

    @Test
    void aFunctionThatNeverReturnsIsOpenUntilSomethingElseEndsIt() {
        TracedFunction exit = scenario.function("exit", ReturnStrategy.NORETURN);
        TracedFunction flush = scenario.function("flush", ReturnStrategy.URETPROBE);
        scenario.enter(exit, STACK).enter(flush, STACK - 64).uretprobe(flush, STACK - 64, 0);
        assertThat(heard()).containsExactly("exit from prog", "flush from prog in 1", "flush = 0");
        scenario.finish();
        assertThat(heard()).containsExactly("exit DETACHED");
    }

    @Test
    void aFunctionWhoseEndIsNotSeenHasNoResultAndNothingNestsInIt() {
        TracedFunction setjmp = scenario.function("setjmp", ReturnStrategy.NONE);
        TracedFunction f = scenario.function("f", ReturnStrategy.URETPROBE);
        scenario.enter(setjmp, STACK)
                .enter(f, STACK - 16)
                .uretprobe(f, STACK - 16, 1)
                .finish();
        assertThat(heard()).containsExactly("setjmp from prog", "setjmp = ?", "f from prog", "f = 1");
    }

    @Test
    void callsThatGoOnAtTheEndAreToldFromTheInnermostOut() {
        TracedFunction outer = scenario.function("outer", ReturnStrategy.URETPROBE);
        TracedFunction inner = scenario.function("inner", ReturnStrategy.URETPROBE);
        scenario.enter(outer, STACK).enter(inner, STACK - 64).finish();
        assertThat(heard())
                .containsExactly("outer from prog", "inner from prog in 1", "inner DETACHED", "outer DETACHED");
    }

    @Test
    void aHandlerOnAnotherStackEndsNoCallOfThisOne() {
        TracedFunction raise = scenario.function("raise", ReturnStrategy.URETPROBE);
        TracedFunction f = scenario.function("f", ReturnStrategy.URETPROBE);
        for (long elsewhere : new long[] {0x1000000, STACK + (1L << 30)}) {
            scenario.enter(raise, STACK)
                    .signal(10, 0x401000)
                    .enter(f, elsewhere)
                    .uretprobe(f, elsewhere, 1)
                    .uretprobe(raise, STACK, 0);
            assertThat(heard())
                    .containsExactly("raise from prog", "signal 10", "f from prog in 1", "f = 1", "raise = 0");
        }
    }

    @Test
    void aCoroutineThatIsSwitchedAwayFromReturnsLater() {
        TracedFunction f = scenario.function("f", ReturnStrategy.URETPROBE);
        TracedFunction g = scenario.function("g", ReturnStrategy.URETPROBE);
        long first = 0x10000000;
        long second = 0x20000000;
        scenario.enter(f, first).enter(g, second).uretprobe(f, first, 1).uretprobe(g, second, 2);
        assertThat(heard()).containsExactly("f from prog", "g from prog in 1", "f = 1", "g = 2");
    }
}
