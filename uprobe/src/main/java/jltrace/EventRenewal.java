package jltrace;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import jltrace.call.CallAssembler;
import jltrace.plan.EventType;
import jltrace.plan.ProbeTable;

/**
 * Lets new events take the place of others while tracing goes on: an event can't be changed while it is open. For a while both are open
 * and report each hit twice, so that none is missed.
 */
final class EventRenewal {
    /** How long calls may take that began before the new events were open, until their ends are given up. */
    private static final long PATIENCE_NANOS = 1_000_000_000L;

    private final ProbeTable table;
    private final ProcessFollower processes;
    private final CallAssembler assembler;

    /** The events that will be closed, empty if there are none. */
    private Set<Integer> replaced = Set.of();
    /** The functions whose return probes go with them. */
    private Set<Integer> unwatched = Set.of();

    private long openedNanos;

    EventRenewal(ProbeTable table, ProcessFollower processes, CallAssembler assembler) {
        this.table = table;
        this.processes = processes;
        this.assembler = assembler;
    }

    /** Whether events wait to be closed that others have taken the place of. */
    boolean isUnderWay() {
        return !replaced.isEmpty();
    }

    /**
     * Opens events that take the place of others.
     *
     * @param unwatchedFunctions the functions whose returns the old events tell and the new ones don't
     */
    void begin(List<ProbeInstaller.Installed> old, List<ProbeInstaller.Installed> made, Set<Integer> unwatchedFunctions)
            throws IOException {
        List<Integer> oldIds = ids(old);
        table.replace(oldIds, ids(made));
        // A return probe replaces the return address, by which an entry tells the caller: entries are to come first.
        open(made, false);
        open(made, true);
        openedNanos = System.nanoTime();
        replaced = Set.copyOf(oldIds);
        unwatched = unwatchedFunctions;
    }

    private static List<Integer> ids(List<ProbeInstaller.Installed> events) {
        List<Integer> ids = new ArrayList<>();
        events.forEach(event -> ids.add(event.eventId()));
        return ids;
    }

    private void open(List<ProbeInstaller.Installed> events, boolean returns) throws IOException {
        processes.openOnLiveThreads(
                events.stream()
                        .filter(event -> (event.type().stop() == EventType.Stop.RETURN) == returns)
                        .toList(),
                null);
    }

    /**
     * Closes what was replaced once all threads have its successors, and nobody is in a call any more whose end only that would tell; to
     * be called often.
     *
     * @param handledNanos all hits of before this time were handled
     */
    void look(long handledNanos) throws IOException {
        if (isUnderWay()
                && processes.areCovered()
                && mayClose(openedNanos, handledNanos, System.nanoTime(), assembler.isIn(unwatched))) {
            finish();
        }
    }

    /**
     * Whether nobody needs what was replaced any more, or has to do without it.
     *
     * @param opened when the new events were open on all threads
     * @param handled all hits of before this time were handled; they may be handled long after
     * @param inCalls whether some call is known whose end only what was replaced tells
     */
    static boolean mayClose(long opened, long handled, long now, boolean inCalls) {
        boolean isPatient = now - opened < PATIENCE_NANOS;
        return handled >= opened && !(inCalls && isPatient);
    }

    /** Closes at once what has functions that may be planned for once more. */
    void forgetUnwatched() throws IOException {
        if (!unwatched.isEmpty()) {
            finish();
        }
    }

    private void finish() throws IOException {
        if (isUnderWay()) {
            assembler.endsAreNotSeen(unwatched);
            Set<Integer> closing = replaced;
            replaced = Set.of();
            unwatched = Set.of();
            processes.close(closing);
        }
    }
}
