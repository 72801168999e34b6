package jltrace;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jltrace.call.CallAssembler;
import jltrace.call.EventOpening;
import jltrace.call.TracedProcess;
import jltrace.call.TracedThread;
import jltrace.perf.PerfSession;
import jltrace.sys.Errno;
import jltrace.sys.PerfEventAttr;
import jltrace.sys.ProcFs;
import jltrace.sys.SyscallException;
import org.jspecify.annotations.Nullable;

/** Opens events on all threads of the traced processes, also on those that are being born meanwhile. */
final class ThreadCoverage {
    private final PerfSession session;
    private final CallAssembler assembler;
    private final boolean followForks;
    private final List<String> notices;
    /** Children that are not traced: they were there before their parents were. */
    private final Set<Integer> leftOut = new HashSet<>();

    private final List<Pending> pending = new ArrayList<>();

    /** An opening that may not have reached all threads, and which threads there were at some time. */
    private static final class Pending {
        final EventOpening opening;
        /** Their processes by their numbers. */
        @Nullable Map<Integer, Integer> threads;

        long threadsNanos;

        Pending(EventOpening opening) {
            this.opening = opening;
        }
    }

    /** @param notices takes what the user should know of gaps */
    ThreadCoverage(PerfSession session, CallAssembler assembler, boolean followForks, List<String> notices) {
        this.session = session;
        this.assembler = assembler;
        this.followForks = followForks;
        this.notices = notices;
    }

    private long inheritance() {
        return followForks
                ? PerfEventAttr.FLAG_INHERIT
                : PerfEventAttr.FLAG_INHERIT | PerfEventAttr.FLAG_INHERIT_THREAD;
    }

    /**
     * Opens the side band and events on a process that is not traced yet. The children that it has are not, and stay so.
     *
     * @param runs whether threads may be born meanwhile
     * @return the threads that the side band is open on; it tells of their ends
     */
    List<Integer> openOn(int pid, List<Integer> eventIds, boolean runs) throws SyscallException {
        Map<Integer, Integer> there = new LinkedHashMap<>();
        collectThreads(pid, followForks, there);
        there.values().stream().filter(child -> !assembler.isTraced(child)).forEach(leftOut::add);
        leftOut.remove(pid);
        EventOpening opening = new EventOpening(eventIds, true, "process " + pid, System.nanoTime());
        List<Integer> opened = openOnEach(opening, () -> threads(pid));
        if (runs) {
            begin(opening);
        }
        return opened;
    }

    /**
     * Opens events on all traced threads.
     *
     * @param gap what they probe, if its calls are not seen otherwise meanwhile
     */
    void openOnAll(List<Integer> eventIds, @Nullable String gap) throws SyscallException {
        EventOpening opening = new EventOpening(eventIds, false, gap, System.nanoTime());
        openOnEach(opening, this::threads);
        begin(opening);
    }

    private interface ThreadList {
        /** The threads that there are, with their processes. */
        Map<Integer, Integer> now();
    }

    /** Opens events on the threads that there are, then on those that were born meanwhile; returns those that did not end before. */
    private List<Integer> openOnEach(EventOpening opening, ThreadList threads) throws SyscallException {
        Map<Integer, Integer> times = new LinkedHashMap<>();
        threads.now().keySet().forEach(tid -> times.put(tid, 0));
        List<Integer> opened = openOnEach(opening, times);
        Map<Integer, Integer> timesOfBorn = new LinkedHashMap<>();
        threads.now().keySet().stream().filter(tid -> !times.containsKey(tid)).forEach(tid -> timesOfBorn.put(tid, 1));
        opened.addAll(openOnEach(opening, timesOfBorn));
        opening.lookedAt(List.of(), System.nanoTime());
        return opened;
    }

    private void begin(EventOpening opening) {
        pending.add(new Pending(opening));
        assembler.keepParents(true);
    }

    /** Whether every thread has all events. */
    boolean isComplete() {
        return pending.isEmpty();
    }

    /**
     * Opens events on those threads that may not have inherited them; to be called often.
     *
     * @param handledNanos all records of before this time were handled
     */
    void look(long handledNanos) throws SyscallException {
        for (Pending one : List.copyOf(pending)) {
            if (one.threads == null && one.opening.isSettledBy(handledNanos, assembler.threads())) {
                one.threads = threads();
                one.threadsNanos = System.nanoTime();
            }
            Map<Integer, Integer> threads = one.threads;
            // Of one that nobody knows the record may be on its way.
            if (threads != null && (handledNanos >= one.threadsNanos || areKnown(threads.keySet()))) {
                one.threads = null;
                if (openWhereMissing(one.opening, threads)) {
                    end(one);
                }
            }
        }
    }

    private boolean areKnown(Set<Integer> threads) {
        return threads.stream().allMatch(tid -> assembler.thread(tid) != null);
    }

    private void end(Pending one) {
        one.opening.notice().ifPresent(notices::add);
        pending.remove(one);
        if (pending.isEmpty()) {
            assembler.keepParents(false);
        }
    }

    /** Returns whether they were not missing anywhere. */
    private boolean openWhereMissing(EventOpening opening, Map<Integer, Integer> threads) throws SyscallException {
        Map<Integer, Integer> times = new LinkedHashMap<>();
        List<Integer> without = new ArrayList<>();
        threads.forEach((tid, pid) -> {
            TracedThread thread = assembler.thread(tid);
            if (thread != null || assembler.isTraced(pid)) {
                EventOpening.Heritage heritage = opening.heritage(thread);
                if (heritage.isMissing()) {
                    times.put(tid, heritage.time());
                }
                if (heritage.reached() == EventOpening.Reached.NO) {
                    without.add(tid);
                }
            }
        });
        openOnEach(opening, times);
        opening.lookedAt(without, System.nanoTime());
        return times.isEmpty();
    }

    /**
     * Opens events on threads.
     *
     * @param times for the how manieth time, for each thread
     * @return those that were there
     */
    private List<Integer> openOnEach(EventOpening opening, Map<Integer, Integer> times) throws SyscallException {
        List<Integer> opened = new ArrayList<>();
        if (!times.isEmpty()) {
            session.reserve(opening.eventIds().size() + 1, times.size());
        }
        for (Map.Entry<Integer, Integer> thread : times.entrySet()) {
            if (openOn(thread.getKey(), thread.getValue(), opening)) {
                opening.openedOn(thread.getKey(), thread.getValue(), System.nanoTime());
                opened.add(thread.getKey());
            }
        }
        return opened;
    }

    /** Returns whether the thread was there when the first event was opened. */
    private boolean openOn(int tid, int time, EventOpening opening) throws SyscallException {
        boolean opened = false;
        try {
            if (opening.sideBand()) {
                session.openSideBand(tid, inheritance());
                opened = true;
            }
            for (int id : opening.eventIds()) {
                session.openTracepoint(id, tid, time, inheritance());
                opened = true;
            }
        } catch (SyscallException e) {
            if (e.errno() != Errno.ESRCH) {
                throw e;
            }
        }
        return opened;
    }

    /** Closes events on all threads, when others have taken their place that are open on all as far as can be told. */
    void close(Set<Integer> ids) throws SyscallException {
        for (Pending one : List.copyOf(pending)) {
            openWhereMissing(one.opening, threads());
            one.opening.forget(ids);
        }
        session.close(ids);
    }

    /** Tracing ends. */
    void finish() {
        List.copyOf(pending).forEach(this::end);
    }

    private Map<Integer, Integer> threads() {
        Map<Integer, Integer> threads = new LinkedHashMap<>();
        for (TracedProcess process : assembler.processes()) {
            collectThreads(process.pid(), followForks, threads);
        }
        return threads;
    }

    private Map<Integer, Integer> threads(int pid) {
        Map<Integer, Integer> threads = new LinkedHashMap<>();
        collectThreads(pid, false, threads);
        return threads;
    }

    private void collectThreads(int pid, boolean withChildren, Map<Integer, Integer> threads) {
        try {
            for (int tid : ProcFs.threads(pid)) {
                if (threads.containsKey(tid) || leftOut.contains(pid)) {
                    continue;
                }
                threads.put(tid, pid);
                if (withChildren) {
                    for (int child : ProcFs.children(pid, tid)) {
                        collectThreads(child, true, threads);
                    }
                }
            }
        } catch (IOException e) {
            // The process is gone, and its threads with it.
            return;
        }
    }
}
