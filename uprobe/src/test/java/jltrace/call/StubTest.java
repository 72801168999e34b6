package jltrace.call;

import static jltrace.call.Scenario.IN_LIBRARY;
import static jltrace.call.Scenario.IN_MAIN;
import static jltrace.call.Scenario.STACK;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import jltrace.plan.ReturnStrategy;
import jltrace.plan.TracedFunction;
import org.junit.jupiter.api.Test;

/** Calls that are seen in their callers' PLT stubs, and the time while they are seen there and in the function. */
class StubTest {
    /** The kernel has replaced the return address by that of its trampoline. */
    private static final long TRAMPOLINE = 0x7fffffffe000L;

    private final Scenario scenario = new Scenario();
    private final TracedFunction function = scenario.function("f", ReturnStrategy.URETPROBE);
    private final int stub = scenario.stubOf(function);

    @Test
    void aCallThroughAStubIsTheStubsOwners() {
        // The program jumps to its stub: the return address is a library's.
        scenario.stub(stub, STACK, IN_LIBRARY).uretprobe(function, STACK, 7);
        assertThat(scenario.news()).containsExactly("f from prog", "f = 7");
    }

    @Test
    void theFunctionsOwnEntryAndReturnAreTheSameCall() {
        scenario.hideUnknownCallers();
        scenario.stub(stub, STACK, IN_MAIN)
                .enter(function, STACK, TRAMPOLINE)
                .uretprobe(function, STACK, 7)
                .uretprobe(function, STACK, 7);
        assertThat(scenario.news()).containsExactly("f from prog", "f = 7");
    }

    @Test
    void anEntryWithoutAStubIsACallOfItsOwn() {
        scenario.stub(stub, STACK, IN_MAIN).enter(function, STACK, TRAMPOLINE);
        scenario.enter(function, STACK - 64, IN_LIBRARY).uretprobe(function, STACK - 64, 1);
        scenario.uretprobe(function, STACK, 7).uretprobe(function, STACK, 7);
        assertThat(scenario.news()).containsExactly("f from prog", "f = 7");
        scenario.enter(function, STACK, IN_MAIN).uretprobe(function, STACK, 2);
        assertThat(scenario.news()).containsExactly("f from prog", "f = 2");
    }

    @Test
    void anEntryOfALaterCallIsNotTakenForThatOfOneThatWasLeft() {
        // The first call was left by longjmp(3), and the library calls next with its frame at the same place.
        scenario.stub(stub, STACK, IN_MAIN).enter(function, STACK, TRAMPOLINE);
        scenario.enter(function, STACK, IN_LIBRARY).uretprobe(function, STACK, 9);
        assertThat(scenario.news()).containsExactly("f from prog", "f UNWOUND");
    }

    @Test
    void aCallThroughAStubEndsBehindTheCallInstruction() {
        TracedFunction watched = scenario.function("g", ReturnStrategy.SITES);
        int called = scenario.stubThatIsReturnedFrom(watched);
        scenario.called();
        scenario.stub(called, STACK, IN_MAIN).behindCall(watched, STACK, 5);
        assertThat(scenario.news()).containsExactly("g from prog", "g = 5");
        // The place is reached again, by a jump.
        scenario.behindCall(watched, STACK, 6);
        assertThat(scenario.news()).isEmpty();
    }

    /** The stub was entered by a jump or through a pointer: where that returns to nobody looks. */
    @Test
    void ofACallThatReturnsElsewhereNoResultIsKnown() {
        TracedFunction watched = scenario.function("g", ReturnStrategy.SITES);
        int called = scenario.stubThatIsReturnedFrom(watched);
        scenario.stub(called, STACK - 64, IN_MAIN).stub(stub, STACK, IN_MAIN);
        assertThat(scenario.news()).containsExactly("g from prog", "g = ?", "f from prog");
    }

    @Test
    void aHitThatTwoEventsReportIsOne() {
        scenario.replaceEvents();
        for (int i = 0; i < 3; i++) {
            scenario.bySuccessors().enter(function, STACK).byReplaced().enter(function, STACK);
            scenario.bySuccessors().uretprobe(function, STACK, i).byReplaced().uretprobe(function, STACK, i);
            assertThat(scenario.news()).containsExactly("f from prog", "f = " + i);
        }
    }

    /** A function without return probe: nothing comes between its entries. */
    @Test
    void asManyHitsAreToldAsThereWereWhileEventsTakeTheOthersPlace() {
        TracedFunction open = scenario.function("g", ReturnStrategy.NONE);
        scenario.replaceEvents();
        // Two hits by the first event alone, two by both, two by the second alone.
        scenario.byReplaced().enter(open, STACK).enter(open, STACK);
        for (int i = 0; i < 2; i++) {
            scenario.bySuccessors().enter(open, STACK).byReplaced().enter(open, STACK);
        }
        scenario.bySuccessors().enter(open, STACK).enter(open, STACK);
        assertThat(scenario.news()).filteredOn("g from prog"::equals).hasSize(6);
    }

    @Test
    void callsAreCountedAndThoseThatAreShown() {
        scenario.enter(function, STACK, IN_LIBRARY).uretprobe(function, STACK, 1);
        scenario.enter(function, STACK, IN_MAIN).uretprobe(function, STACK, 1);
        scenario.stub(stub, STACK, IN_MAIN).uretprobe(function, STACK, 1);
        EntryCounts counts = scenario.assembler.counts();
        assertThat(counts.entries(function.number())).isEqualTo(3);
        assertThat(counts.shownCalls(function.number())).isEqualTo(2);
        assertThat(counts.notShown()).isEqualTo(1);
    }

    @Test
    void aCallThatIsNotKnownToGoThroughAStubNeedsTheEntry() {
        scenario.called();
        scenario.enter(function, STACK, IN_MAIN).uretprobe(function, STACK, 1);
        assertThat(scenario.assembler.counts().isNeeded(function.number())).isFalse();
        TracedFunction other = scenario.function("g", ReturnStrategy.URETPROBE);
        Scenario throughPointers = new Scenario();
        TracedFunction called = throughPointers.function("f", ReturnStrategy.URETPROBE);
        throughPointers.enter(called, STACK, IN_MAIN).uretprobe(called, STACK, 1);
        assertThat(throughPointers.assembler.counts().isNeeded(called.number())).isTrue();
        assertThat(scenario.assembler.counts().isNeeded(other.number())).isFalse();
    }

    @Test
    void theEndOfACallThatJumpedToTheFunctionNeedsTheEntry() {
        TracedFunction jumper = scenario.function("jumper", scenario.other, ReturnStrategy.URETPROBE, true);
        scenario.enter(jumper, STACK, IN_MAIN).enter(function, STACK, TRAMPOLINE);
        assertThat(scenario.assembler.counts().isNeeded(function.number())).isTrue();
    }

    @Test
    void aCallWhoseReturnProbeWasTakenAwayHasNoResult() {
        Set<Integer> functions = Set.of(function.number());
        scenario.enter(function, STACK, IN_MAIN);
        scenario.stub(stub, STACK - 64, IN_MAIN);
        assertThat(scenario.assembler.isIn(functions)).isTrue();
        scenario.assembler.endsAreNotSeen(functions);
        scenario.uretprobe(function, STACK - 64, 3);
        assertThat(scenario.assembler.isIn(functions)).isTrue();
        scenario.enter(function, STACK + 64, IN_MAIN);
        assertThat(scenario.news()).containsExactly("f from prog", "f from prog in 1", "f = 3", "f = ?", "f from prog");
    }
}
