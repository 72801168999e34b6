package jltrace;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jltrace.call.EntryCounts;
import jltrace.plan.ProbePlanner;
import jltrace.plan.TracedFunction;

/**
 * Watches how many hits come, and changes the events so that the program is stopped less: gives each point an event that captures no more
 * than it needs, and has functions that are called mostly by objects whose calls are not shown seen in the PLT stubs of the others.
 */
final class ProbeTuner {
    /** To make events anew and to close the old ones costs about as much as so many hits that nobody asked for. */
    private static final long WORTH_MOVING = 20_000;

    /** The same in hits that capture somewhat more than they need. */
    private static final long WORTH_SPLITTING = 30_000;

    /** How long hits that nobody asked for may take to come together. */
    private static final long WITHIN_NANOS = 10_000_000_000L;

    /** A stub costs more traps than most functions: of so many calls, one is shown at most. */
    private static final int ONE_IN = 8;

    /** So many functions are told by name. */
    private static final int MOST_NAMES = 4;

    private final ProbePlanner planner;
    private final ProbeInstaller installer;
    private final EventRenewal renewal;
    private final EntryCounts counts;
    private final List<String> notices;

    private final long startNanos = System.nanoTime();
    private long windowNanos = startNanos;
    private long windowNotShown;
    private boolean moves;
    private boolean splits = true;

    /**
     * @param moves whether functions may be moved
     * @param notices takes what the user should know
     */
    ProbeTuner(
            ProbePlanner planner,
            ProbeInstaller installer,
            EventRenewal renewal,
            EntryCounts counts,
            boolean moves,
            List<String> notices) {
        this.planner = planner;
        this.installer = installer;
        this.renewal = renewal;
        this.counts = counts;
        this.moves = moves;
        this.notices = notices;
    }

    /**
     * Does what there is to do; to be called often.
     *
     * @param handledNanos all hits of before this time were handled
     */
    void look(long handledNanos) throws IOException {
        if (renewal.isUnderWay()) {
            renewal.look(handledNanos);
        } else if (splits && counts.entries() >= WORTH_SPLITTING) {
            splits = false;
            attempt(this::split, "hits capture more than they need");
        } else if (moves) {
            lookForMoves();
        }
    }

    private interface Change {
        void make() throws IOException;
    }

    /** Returns whether a change was made. What is open stays open if not, and tells everything. */
    private boolean attempt(Change change, String otherwise) {
        try {
            change.make();
            return true;
        } catch (InterruptedIOException e) {
            // Tracing is to end: that is no news.
        } catch (IOException e) {
            notices.add(otherwise + ": " + e.getMessage());
        }
        return false;
    }

    private void split() throws IOException {
        installer.shareNoMore();
        if (!installer.hasSharedEvents()) {
            return;
        }
        List<ProbeInstaller.Installed> old;
        List<ProbeInstaller.Installed> made;
        try (ProbeInstaller.Batch batch = installer.begin()) {
            old = installer.renew(Set.of(), batch);
            made = batch.finish();
        }
        renewal.begin(old, made, Set.of());
    }

    private void lookForMoves() {
        long now = System.nanoTime();
        if (counts.notShown() - windowNotShown < WORTH_MOVING && now - windowNanos < WITHIN_NANOS) {
            return;
        }
        if (now - windowNanos < WITHIN_NANOS) {
            move();
        }
        windowNanos = System.nanoTime();
        windowNotShown = counts.notShown();
    }

    private void move() {
        List<TracedFunction> functions = planner.movable(function -> isMostlyNotShown(function.number()));
        long saved = 0;
        for (TracedFunction function : functions) {
            saved += counts.entries(function.number()) - counts.shownCalls(function.number());
        }
        if (saved >= WORTH_MOVING) {
            moves = attempt(() -> move(functions), "calls of " + names(functions) + " cost more than need be");
        }
    }

    private boolean isMostlyNotShown(int function) {
        return counts.entries(function) > ONE_IN * counts.shownCalls(function) && !counts.isNeeded(function);
    }

    private void move(List<TracedFunction> functions) throws IOException {
        installer.shareNoMore();
        Set<Integer> numbers = functions.stream().map(TracedFunction::number).collect(Collectors.toSet());
        List<ProbeInstaller.Installed> old;
        List<ProbeInstaller.Installed> made;
        try (ProbeInstaller.Batch batch = installer.begin()) {
            planner.addStubs(numbers, batch);
            old = installer.renew(new HashSet<>(planner.ownPoints(numbers)), batch);
            made = batch.finish();
        }
        renewal.begin(old, made, numbers);
        planner.leaveOwnPoints(numbers);
        long afterMillis = (System.nanoTime() - startNanos) / 1_000_000;
        notices.add("most calls of " + names(functions)
                + " were not asked for; to stop the program less, they were seen in their callers' PLT from "
                + afterMillis + " ms on, and calls through pointers not shown (--entries function shows them)");
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
