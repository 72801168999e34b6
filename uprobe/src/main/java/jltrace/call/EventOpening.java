package jltrace.call;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jltrace.perf.PerfSession;
import org.jspecify.annotations.Nullable;

/**
 * Events that are opened on one thread after the other while more are being born. A new thread or process inherits the events of the
 * thread that made it; one that is born before they are open on that does not, and which it was only the record of its birth tells.
 */
public final class EventOpening {
    /** What is inherited is settled long before the kernel tells of the birth: memory is copied in between. */
    static final long LONGEST_BIRTH_NANOS = 100_000_000;

    /** Whether a thread has inherited the events, or was given them. */
    public enum Reached {
        YES,
        NO,
        PERHAPS
    }

    /**
     * What is known of a thread.
     *
     * @param time for the how manieth time the events are to be opened on it, counted from 0, if they are to be
     */
    public record Heritage(Reached reached, int time) {
        /** Whether they are to be opened: not certainly there, and not there too often already. */
        public boolean isMissing() {
            return reached != Reached.YES && time < PerfSession.MOST_OPENINGS;
        }
    }

    private static final Heritage CERTAIN = new Heritage(Reached.YES, 0);

    private record Opened(long nanos, int time) {}

    private final List<Integer> eventIds;
    private final boolean sideBand;
    private final @Nullable String gap;
    private final Map<Integer, Opened> threads = new HashMap<>();
    private final Set<Integer> missed = new HashSet<>();
    private final long firstNanos;
    private long latestNanos;
    private int mostTimes;

    /**
     * @param sideBand whether the side band belongs to the events
     * @param gap what they probe, if its calls are not seen otherwise meanwhile
     */
    public EventOpening(Collection<Integer> eventIds, boolean sideBand, @Nullable String gap, long nanos) {
        this.eventIds = new ArrayList<>(eventIds);
        this.sideBand = sideBand;
        this.gap = gap;
        this.firstNanos = nanos;
        this.latestNanos = nanos;
    }

    public List<Integer> eventIds() {
        return eventIds;
    }

    public boolean sideBand() {
        return sideBand;
    }

    /** The events are open on a thread, for the how manieth time at most: it may have inherited them. */
    public void openedOn(int tid, int time, long nanos) {
        threads.put(tid, new Opened(nanos, time));
        mostTimes = Math.max(mostTimes, time + 1);
    }

    /** All threads that are known were looked at; those that were found without the events may have called what is not known. */
    public void lookedAt(Collection<Integer> without, long nanos) {
        missed.addAll(without);
        latestNanos = nanos;
    }

    /** What the user should know of calls that may be missing. */
    public Optional<String> notice() {
        return gap == null || missed.isEmpty()
                ? Optional.empty()
                : Optional.of(missed.size() + " of the threads and processes born while probes for " + gap
                        + " were being opened had none yet; calls of theirs in the first "
                        + (latestNanos - firstNanos) / 1_000_000 + " ms may be missing");
    }

    /** The events are not wanted any more. */
    public void forget(Collection<Integer> ids) {
        eventIds.removeAll(ids);
    }

    /**
     * Whether all births in question are known when all that happened before a time is.
     *
     * @param known all threads that are known then
     */
    public boolean isSettledBy(long handledNanos, Collection<TracedThread> known) {
        return handledNanos >= latestNanos + LONGEST_BIRTH_NANOS
                || (handledNanos >= latestNanos && known.stream().allMatch(this::wasHitSince));
    }

    /** Whatever a thread was about to bear when the events were opened on it, is born when it goes on. */
    private boolean wasHitSince(TracedThread thread) {
        Opened opened = openedOn(thread);
        return opened != null && thread.hitNanos > opened.nanos();
    }

    /** Whether a thread has got the events; null is one of which nothing is known. */
    public Heritage heritage(@Nullable TracedThread thread) {
        TracedThread heir = thread;
        if (heir != null && openedOn(heir) != null) {
            return CERTAIN;
        }
        while (heir != null) {
            TracedThread parent = heir.parent();
            Opened opened = parent == null ? null : openedOn(parent);
            if (opened != null) {
                long later = heir.bornNanos() - opened.nanos();
                if (later > LONGEST_BIRTH_NANOS) {
                    return CERTAIN;
                }
                // At this time its parent's were not open yet.
                return later < 0
                        ? new Heritage(Reached.NO, opened.time())
                        : new Heritage(Reached.PERHAPS, opened.time() + 1);
            }
            heir = parent;
        }
        return new Heritage(Reached.PERHAPS, mostTimes);
    }

    /** The number may have been that of another thread. */
    private @Nullable Opened openedOn(TracedThread thread) {
        Opened opened = threads.get(thread.tid());
        return opened != null && thread.bornNanos() <= opened.nanos() ? opened : null;
    }
}
