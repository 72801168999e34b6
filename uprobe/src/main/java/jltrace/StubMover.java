package jltrace;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jltrace.call.CallAssembler;
import jltrace.call.EntryCounts;
import jltrace.plan.EventType;
import jltrace.plan.ProbePlanner;
import jltrace.plan.ProbeTable;
import jltrace.plan.ReturnStrategy;
import jltrace.plan.TracedFunction;

/**
 * Watches which functions are called mostly by objects whose calls are not shown, and has calls of them seen in the PLT stubs of the
 * others, so that most calls do not stop a thread any more. New events take the place of those that these functions are in: for a
 * while both are open and report each hit twice, so that none is missed.
 */
final class StubMover {
    /** Making events anew and closing the old ones costs about as much as so many hits. */
    private static final long WORTH_IT = 50_000;

    /** How long they may take to come together. */
    private static final long WITHIN_NANOS = 10_000_000_000L;

    /** A stub costs more traps than most functions: of so many calls, one is shown at most. */
    private static final int ONE_IN = 8;

    /** How long calls may take that began before the stubs were probed, until their ends are given up. */
    private static final long PATIENCE_NANOS = 1_000_000_000L;

    /** So many functions are told by name. */
    private static final int MOST_NAMES = 4;

    private final ProbePlanner planner;
    private final ProbeTable table;
    private final ProbeInstaller installer;
    private final ProcessFollower processes;
    private final CallAssembler assembler;
    private final List<String> notices;

    private final long startNanos = System.nanoTime();
    private long windowNanos = startNanos;
    private long windowNotShown;
    private boolean over;
    /** The events that will be closed, empty if there are none. */
    private Set<Integer> replaced = Set.of();
    /** The functions whose return probes go with them. */
    private Set<Integer> unwatched = Set.of();

    private long openedNanos;

    /** @param notices takes what the user should know */
    StubMover(
            ProbePlanner planner,
            ProbeTable table,
            ProbeInstaller installer,
            ProcessFollower processes,
            CallAssembler assembler,
            List<String> notices) {
        this.planner = planner;
        this.table = table;
        this.installer = installer;
        this.processes = processes;
        this.assembler = assembler;
        this.notices = notices;
    }

    /** Does what there is to do; to be called often. */
    void look() throws IOException {
        long now = System.nanoTime();
        if (!replaced.isEmpty()) {
            closeReplaced(now);
            return;
        }
        long notShown = assembler.counts().notShown();
        if (over || (notShown - windowNotShown < WORTH_IT && now - windowNanos < WITHIN_NANOS)) {
            return;
        }
        if (now - windowNanos < WITHIN_NANOS) {
            move();
        }
        windowNanos = System.nanoTime();
        windowNotShown = assembler.counts().notShown();
    }

    private void move() {
        EntryCounts counts = assembler.counts();
        List<TracedFunction> functions = planner.movable(function -> isMostlyNotShown(function.number(), counts));
        long saved = 0;
        for (TracedFunction function : functions) {
            saved += counts.entries(function.number()) - counts.shownCalls(function.number());
        }
        if (saved < WORTH_IT) {
            return;
        }
        try {
            move(functions);
        } catch (InterruptedIOException e) {
            // Tracing is to end: that is no news.
            over = true;
        } catch (IOException e) {
            // What is open stays open and tells everything.
            over = true;
            notices.add("calls of " + names(functions) + " cost more than need be: " + e.getMessage());
        }
    }

    private static boolean isMostlyNotShown(int function, EntryCounts counts) {
        return counts.entries(function) > ONE_IN * counts.shownCalls(function) && !counts.isNeeded(function);
    }

    private void move(List<TracedFunction> functions) throws IOException {
        Set<Integer> numbers = functions.stream().map(TracedFunction::number).collect(Collectors.toSet());
        List<ProbeInstaller.Installed> old;
        List<ProbeInstaller.Installed> made;
        try (ProbeInstaller.Batch batch = installer.begin()) {
            planner.addStubs(numbers, batch);
            old = installer.renew(new HashSet<>(planner.pointsAtEntries(numbers)), batch);
            made = batch.finish();
        }
        for (ProbeInstaller.Installed event : old) {
            for (ProbeInstaller.Installed successor : made) {
                if (successor.type().equals(event.type())) {
                    table.replace(event.eventId(), successor.eventId());
                }
            }
        }
        // A stub's return probe replaces the return address, by which the function's own entry tells the caller.
        open(made, false);
        open(made, true);
        openedNanos = System.nanoTime();
        planner.leaveEntries(numbers);
        replaced = old.stream().map(ProbeInstaller.Installed::eventId).collect(Collectors.toSet());
        unwatched = functions.stream()
                .filter(function -> function.strategy() == ReturnStrategy.URETPROBE)
                .map(TracedFunction::number)
                .collect(Collectors.toSet());
        long afterMillis = (openedNanos - startNanos) / 1_000_000;
        notices.add("most calls of " + names(functions)
                + " were not asked for; to stop the program less, they were seen in their callers' PLT from "
                + afterMillis + " ms on, and calls through pointers not shown (--entries function shows them)");
    }

    private void open(List<ProbeInstaller.Installed> events, boolean returns) throws IOException {
        processes.openOnLiveThreads(events.stream()
                .filter(event -> (event.type().stop() == EventType.Stop.RETURN) == returns)
                .toList());
    }

    /** Closes at once what waits to be closed: functions may be planned for once more that it has points of. */
    void finish() throws IOException {
        if (!replaced.isEmpty()) {
            closeNow();
        }
    }

    /** Closes what was replaced once nobody is in a call any more whose end only that would tell. */
    private void closeReplaced(long now) throws IOException {
        if (mayClose(openedNanos, assembler.lastNanos(), now, assembler.isIn(unwatched))) {
            closeNow();
        }
    }

    /**
     * Whether nobody needs what was replaced any more, or has to do without it.
     *
     * @param opened when the stubs were open on all threads
     * @param handled when the last hit happened that was handled; hits may be handled long after
     * @param inCalls whether some call is known whose end only what was replaced tells
     */
    static boolean mayClose(long opened, long handled, long now, boolean inCalls) {
        boolean isPatient = now - opened < PATIENCE_NANOS;
        return handled >= opened && !(inCalls && isPatient);
    }

    private void closeNow() throws IOException {
        assembler.endsAreNotSeen(unwatched);
        Set<Integer> closing = replaced;
        replaced = Set.of();
        processes.close(closing);
    }

    private static String names(List<TracedFunction> functions) {
        String names = functions.stream()
                .limit(MOST_NAMES)
                .map(TracedFunction::name)
                .sorted()
                .collect(Collectors.joining(", "));
        int more = functions.size() - MOST_NAMES;
        return more <= 0 ? names : names + " and " + more + " functions more";
    }
}
