package jltrace.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import jltrace.call.EventOpening.Heritage;
import jltrace.call.EventOpening.Reached;
import jltrace.perf.PerfSession;
import jltrace.plan.ReturnStrategy;
import jltrace.plan.TracedFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who inherits events: fork(2) copies those of the parent's at its beginning, and the kernel tells of it at its end. */
class EventOpeningTest {
    private static final int PARENT = Scenario.PID;
    private static final int CHILD = 200;
    private static final int GRANDCHILD = 201;
    private static final long OPENED = 5_000_000_000L;
    private static final long LATER = OPENED + 2 * EventOpening.LONGEST_BIRTH_NANOS;
    private static final Heritage CERTAIN = new Heritage(Reached.YES, 0);

    private final Scenario scenario = new Scenario(true);
    private final EventOpening opening = new EventOpening(List.of(7, 8), false, "liba.so", OPENED - 1000);

    @BeforeEach
    void parentHasThem() {
        scenario.assembler.keepParents(true);
        opening.openedOn(PARENT, 0, OPENED);
    }

    private void born(int child, int parent, long nanos) {
        scenario.task(parent, parent).at(nanos).fork(child, child);
    }

    private Heritage of(int tid) {
        return opening.heritage(scenario.assembler.thread(tid));
    }

    @Test
    void whoWasThereHasThem() {
        assertThat(of(PARENT)).isEqualTo(CERTAIN);
        assertThat(CERTAIN.isMissing()).isFalse();
    }

    @Test
    void whoIsBornLaterInheritsThem() {
        born(CHILD, PARENT, LATER);
        born(GRANDCHILD, CHILD, LATER + 1);
        scenario.task(CHILD, CHILD).exit();
        assertThat(of(GRANDCHILD)).as("its parent has ended").isEqualTo(CERTAIN);
    }

    @Test
    void whoIsBornBeforeDoesNotNorDoItsChildren() {
        born(CHILD, PARENT, OPENED - 10);
        born(GRANDCHILD, CHILD, LATER);
        assertThat(of(CHILD)).isEqualTo(new Heritage(Reached.NO, 0));
        assertThat(of(GRANDCHILD)).isEqualTo(new Heritage(Reached.NO, 0));
        assertThat(of(CHILD).isMissing()).isTrue();
        opening.openedOn(CHILD, 0, LATER + 10);
        assertThat(of(CHILD)).isEqualTo(CERTAIN);
        assertThat(of(GRANDCHILD)).as("it was there before its parent had them").isEqualTo(new Heritage(Reached.NO, 0));
    }

    @Test
    void whoIsBornMeanwhilePerhapsDoes() {
        born(CHILD, PARENT, OPENED + 10);
        assertThat(of(CHILD)).isEqualTo(new Heritage(Reached.PERHAPS, 1));
        opening.openedOn(CHILD, 1, OPENED + 1000);
        born(GRANDCHILD, CHILD, OPENED + 2000);
        assertThat(of(GRANDCHILD)).as("both may have come to it").isEqualTo(new Heritage(Reached.PERHAPS, 2));
    }

    @Test
    void afterTooManyTimesItIsLeftAtThat() {
        int parent = PARENT;
        for (int time = 1; time < PerfSession.MOST_OPENINGS; time++) {
            born(parent + 100, parent, OPENED + 10L * time);
            parent += 100;
            assertThat(of(parent)).isEqualTo(new Heritage(Reached.PERHAPS, time));
            assertThat(of(parent).isMissing()).isTrue();
            opening.openedOn(parent, time, OPENED + 10L * time + 5);
        }
        born(parent + 100, parent, OPENED + 1000);
        assertThat(of(parent + 100).isMissing()).isFalse();
    }

    @Test
    void aNumberMayBeUsedAgain() {
        scenario.task(PARENT, PARENT);
        born(CHILD, PARENT, LATER);
        scenario.task(PARENT, PARENT).exit();
        born(PARENT, CHILD, LATER + 1_000_000_000);
        assertThat(of(PARENT)).isEqualTo(CERTAIN);
        EventOpening other = new EventOpening(List.of(7), false, null, OPENED);
        other.openedOn(PARENT, 0, OPENED);
        other.openedOn(CHILD, 0, LATER + 2_000_000_000);
        assertThat(other.heritage(scenario.assembler.thread(PARENT))).isEqualTo(new Heritage(Reached.NO, 0));
    }

    @Test
    void whoseBirthNobodySawMayHaveThemFromAnyone() {
        opening.openedOn(CHILD, 1, OPENED);
        assertThat(opening.heritage(null)).isEqualTo(new Heritage(Reached.PERHAPS, 2));
    }

    @Test
    void parentsAreForgottenWhenNobodyAsks() {
        born(CHILD, PARENT, LATER);
        scenario.assembler.keepParents(false);
        born(GRANDCHILD, PARENT, LATER);
        for (int tid : new int[] {CHILD, GRANDCHILD}) {
            assertThat(Objects.requireNonNull(scenario.assembler.thread(tid)).parent())
                    .isNull();
            assertThat(of(tid).reached()).isEqualTo(Reached.PERHAPS);
        }
    }

    @Test
    void aThreadInheritsFromTheThreadThatMadeIt() {
        TracedFunction f = scenario.function("f", ReturnStrategy.URETPROBE);
        scenario.task(PARENT, PARENT).at(LATER).fork(PARENT, 101);
        scenario.task(PARENT, 101).fork(PARENT, 102).enter(f, Scenario.STACK);
        assertThat(of(101)).isEqualTo(CERTAIN);
        assertThat(of(102)).isEqualTo(CERTAIN);
    }

    @Test
    void itIsSettledWhenTheLastBirthsInQuestionAreKnown() {
        opening.lookedAt(List.of(), OPENED);
        assertThat(settledBy(OPENED + EventOpening.LONGEST_BIRTH_NANOS - 1)).isFalse();
        assertThat(settledBy(OPENED + EventOpening.LONGEST_BIRTH_NANOS)).isTrue();
    }

    @Test
    void itIsSettledSoonerWhenEveryThreadHasGoneOn() {
        TracedFunction f = scenario.function("f", ReturnStrategy.URETPROBE);
        scenario.task(PARENT, PARENT).at(OPENED - 100).fork(PARENT, 101).enter(f, Scenario.STACK);
        opening.openedOn(101, 0, OPENED + 1000);
        opening.lookedAt(List.of(), OPENED + 2000);
        scenario.at(OPENED + 500).enter(f, Scenario.STACK);
        scenario.task(PARENT, 101).at(OPENED + 900).enter(f, Scenario.STACK);
        assertThat(settledBy(OPENED + 2000))
                .as("the other thread may be making one")
                .isFalse();
        scenario.at(OPENED + 1500).enter(f, Scenario.STACK);
        assertThat(settledBy(OPENED + 1999)).isFalse();
        assertThat(settledBy(OPENED + 2000)).isTrue();
        scenario.at(OPENED + 1600).fork(PARENT, 102);
        assertThat(settledBy(OPENED + 2000))
                .as("what the new one makes is not known")
                .isFalse();
    }

    private boolean settledBy(long handledNanos) {
        return opening.isSettledBy(handledNanos, scenario.assembler.threads());
    }

    @Test
    void callsThatMayBeMissingAreTold() {
        opening.lookedAt(List.of(), OPENED);
        assertThat(opening.notice()).isEmpty();
        opening.lookedAt(List.of(CHILD), OPENED + 1_000_000);
        opening.lookedAt(List.of(CHILD, GRANDCHILD), OPENED + 3_000_000);
        assertThat(opening.notice())
                .hasValueSatisfying(notice -> assertThat(notice)
                        .startsWith("2 of the threads and processes")
                        .contains("liba.so")
                        .contains(" 3 ms "));
        EventOpening withoutGap = new EventOpening(List.of(7), false, null, OPENED);
        withoutGap.lookedAt(List.of(CHILD), OPENED);
        assertThat(withoutGap.notice()).isEmpty();
    }

    @Test
    void eventsThatAreNotWantedAnyMoreAreNotOpened() {
        opening.forget(List.of(8, 9));
        assertThat(opening.eventIds()).containsExactly(7);
    }
}
