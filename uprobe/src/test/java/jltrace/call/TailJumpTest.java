package jltrace.call;

import static jltrace.call.Scenario.IN_LIBRARY;
import static jltrace.call.Scenario.IN_MAIN;
import static jltrace.call.Scenario.STACK;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import jltrace.plan.ControlFlow;
import jltrace.plan.ReturnStrategy;
import jltrace.plan.TracedFunction;
import org.junit.jupiter.api.Test;

/** Functions that end in a jump to another: two calls in one frame, which end together. */
class TailJumpTest {
    private static final long TRAMPOLINE = 0x7fffffffe000L;

    private final Scenario scenario = new Scenario();

    private List<String> heard() {
        return scenario.news();
    }

    @Test
    void theCallOfAnotherLibraryIsTheJumpersAndBothEndTogether() {
        TracedFunction jumper = scenario.function("jumper", scenario.library, ReturnStrategy.URETPROBE, true);
        TracedFunction target = scenario.function("target", scenario.other, ReturnStrategy.URETPROBE, false);
        // The kernel has replaced the return address by that of its trampoline.
        scenario.enter(jumper, STACK, IN_MAIN).enter(target, STACK, TRAMPOLINE);
        assertThat(heard()).containsExactly("jumper from prog", "target from liba.so in 1");
        // The kernel runs the return probes of one frame from the innermost out.
        scenario.uretprobe(target, STACK, 7).uretprobe(jumper, STACK, 7);
        assertThat(heard()).containsExactly("target = 7", "jumper = 7");
    }

    @Test
    void aReturnInstructionOfTheTargetEndsTheJumperAsWell() {
        TracedFunction jumper = scenario.function("jumper", scenario.library, ReturnStrategy.SITES, true);
        TracedFunction target = scenario.function("target", scenario.library, ReturnStrategy.SITES, false);
        int site = scenario.exitSite(target, jumper);
        scenario.enter(jumper, STACK).enter(target, STACK).ret(site, STACK, 7);
        // The target was called from within its own library, which is not shown.
        assertThat(heard()).containsExactly("jumper from prog", "jumper = 7");
    }

    @Test
    void aJumperWhoseTargetIsNotTracedEndsAtTheTargetsReturnInstruction() {
        TracedFunction jumper = scenario.function("jumper", scenario.library, ReturnStrategy.SITES, true);
        int site = scenario.exitSite(jumper);
        scenario.enter(jumper, STACK).ret(site, STACK, 7);
        assertThat(heard()).containsExactly("jumper from prog", "jumper = 7");
    }

    @Test
    void aJumperIntoUnwatchedCodeHasNoResult() {
        TracedFunction jumper = scenario.function("jumper", scenario.library, ReturnStrategy.SITES, true);
        TracedFunction next = scenario.function("next", ReturnStrategy.URETPROBE);
        // The next call is made from another place, so that the jumper has returned.
        scenario.enter(jumper, STACK, IN_MAIN).leave(jumper, STACK);
        scenario.enter(next, STACK, IN_MAIN + 5).uretprobe(next, STACK, 1);
        assertThat(heard()).containsExactly("jumper from prog", "jumper = ?", "next from prog", "next = 1");
    }

    @Test
    void aJumperIntoUnwatchedCodeHasLeftTheCallsWithinItBehind() {
        TracedFunction outer = scenario.function("outer", scenario.library, ReturnStrategy.SITES, true);
        TracedFunction inner = scenario.function("inner", scenario.other, ReturnStrategy.SITES, true);
        TracedFunction next = scenario.function("next", ReturnStrategy.URETPROBE);
        scenario.enter(outer, STACK)
                .enter(inner, STACK - 32)
                .leave(inner, STACK - 32)
                .leave(outer, STACK);
        scenario.enter(next, STACK, IN_MAIN + 5).uretprobe(next, STACK, 1);
        assertThat(heard())
                .containsExactly(
                        "outer from prog",
                        "inner from prog in 1",
                        "inner = ?",
                        "outer = ?",
                        "next from prog",
                        "next = 1");
    }

    @Test
    void aJumperIntoUnwatchedCodeThatIsTracedAfterAllEndsWithIt() {
        TracedFunction jumper = scenario.function("jumper", scenario.library, ReturnStrategy.SITES, true);
        TracedFunction target = scenario.function("target", scenario.other, ReturnStrategy.SITES, false);
        int site = scenario.exitSite(target);
        scenario.enter(jumper, STACK).leave(jumper, STACK).enter(target, STACK).ret(site, STACK, 7);
        assertThat(heard()).containsExactly("jumper from prog", "target from liba.so in 1", "target = 7", "jumper = 7");
    }

    @Test
    void aFunctionThatJumpsBackToItsEntryIsInOneCall() {
        TracedFunction loop =
                scenario.function("loop", scenario.library, ReturnStrategy.SITES, new ControlFlow(false, true));
        int site = scenario.exitSite(loop);
        scenario.enter(loop, STACK).enter(loop, STACK).enter(loop, STACK).ret(site, STACK, 7);
        assertThat(heard()).containsExactly("loop from prog", "loop = 7");
    }

    @Test
    void aFunctionWithoutSuchAJumpWasLeftWhenItIsCalledAgainFromTheSamePlace() {
        TracedFunction thrower = scenario.function("thrower", scenario.library, ReturnStrategy.SITES, false);
        int site = scenario.exitSite(thrower);
        scenario.enter(thrower, STACK).enter(thrower, STACK).ret(site, STACK, 7);
        assertThat(heard()).containsExactly("thrower from prog", "thrower UNWOUND", "thrower from prog", "thrower = 7");
    }

    @Test
    void aChainOfJumpsEndsTogether() {
        TracedFunction a = scenario.function("a", scenario.library, ReturnStrategy.SITES, true);
        TracedFunction b = scenario.function("b", scenario.other, ReturnStrategy.SITES, true);
        TracedFunction c = scenario.function("c", scenario.library, ReturnStrategy.SITES, false);
        int site = scenario.exitSite(c, b, a);
        scenario.enter(a, STACK).enter(b, STACK).enter(c, STACK).ret(site, STACK, 3);
        assertThat(heard())
                .containsExactly(
                        "a from prog", "b from liba.so in 1", "c from libb.so in 2", "c = 3", "b = 3", "a = 3");
    }

    @Test
    void aCallByACallInstructionIsNoJumpOutOfTheFrameBelow() {
        TracedFunction jumper = scenario.function("jumper", scenario.library, ReturnStrategy.SITES, true);
        TracedFunction next = scenario.function("next", ReturnStrategy.URETPROBE);
        scenario.called();
        // A loop over one call instruction could not call both.
        scenario.enter(jumper, STACK, IN_MAIN).leave(jumper, STACK);
        scenario.enter(next, STACK, IN_MAIN).uretprobe(next, STACK, 1);
        assertThat(heard()).containsExactly("jumper from prog", "jumper = ?", "next from prog", "next = 1");
    }

    @Test
    void aFunctionThatCanNotJumpWasLeftWhenAnotherIsEnteredInItsFrame() {
        TracedFunction f = scenario.function("f", scenario.library, ReturnStrategy.URETPROBE, false);
        TracedFunction g = scenario.function("g", scenario.other, ReturnStrategy.URETPROBE, false);
        scenario.enter(f, STACK).enter(g, STACK).uretprobe(g, STACK, 1);
        assertThat(heard()).containsExactly("f from prog", "f UNWOUND", "g from prog", "g = 1");
    }

    @Test
    void aCodeThatCallsSomethingElseShowsThatItJumpedHere() {
        // MAIN called a function of libb that is not traced, and that jumped into liba.
        TracedFunction f = scenario.function("f", scenario.library, ReturnStrategy.URETPROBE, false);
        scenario.jumped(scenario.other, "f");
        scenario.enter(f, STACK).uretprobe(f, STACK, 1);
        assertThat(heard()).containsExactly("f from libb.so", "f = 1");
    }

    @Test
    void anAnnouncedTailCallIsTheAnnouncers() {
        TracedFunction f = scenario.function("f", scenario.library, ReturnStrategy.URETPROBE, false);
        int site = scenario.tailCallSite(f, scenario.other);
        scenario.announceTailCall(site, STACK).enter(f, STACK, IN_MAIN).uretprobe(f, STACK, 1);
        assertThat(heard()).containsExactly("f from libb.so", "f = 1");
        scenario.enter(f, STACK, IN_MAIN).uretprobe(f, STACK, 2);
        assertThat(heard()).as("it was announced once").containsExactly("f from prog", "f = 2");
    }

    @Test
    void anAnnouncementOfAnotherFunctionOrFrameDoesNotCount() {
        TracedFunction f = scenario.function("f", scenario.library, ReturnStrategy.URETPROBE, false);
        TracedFunction g = scenario.function("g", scenario.library, ReturnStrategy.URETPROBE, false);
        int site = scenario.tailCallSite(g, scenario.other);
        scenario.announceTailCall(site, STACK).enter(f, STACK).uretprobe(f, STACK, 1);
        assertThat(heard()).containsExactly("f from prog", "f = 1");
        scenario.announceTailCall(site, STACK).enter(g, STACK - 64).uretprobe(g, STACK - 64, 1);
        assertThat(heard()).containsExactly("g from prog", "g = 1");
    }

    @Test
    void withinItsOwnLibraryAnAnnouncedCallIsHidden() {
        TracedFunction f = scenario.function("f", scenario.library, ReturnStrategy.URETPROBE, false);
        int site = scenario.tailCallSite(f, scenario.library);
        scenario.announceTailCall(site, STACK).enter(f, STACK, IN_MAIN).uretprobe(f, STACK, 1);
        assertThat(heard()).isEmpty();
        scenario.enter(f, STACK, IN_LIBRARY).uretprobe(f, STACK, 1);
        assertThat(heard()).isEmpty();
    }
}
