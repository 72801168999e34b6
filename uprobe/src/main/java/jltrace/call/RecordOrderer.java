package jltrace.call;

import java.util.ArrayDeque;
import java.util.Deque;
import jltrace.perf.PerfRecord;
import jltrace.perf.RingSegment;
import org.jspecify.annotations.Nullable;

/**
 * Merges the records of several CPUs by time. Each CPU's records are in order already; a record is handed on once the reader
 * has said that all earlier ones are there.
 */
public final class RecordOrderer {
    /** Takes records in order of time. */
    @FunctionalInterface
    public interface RecordHandler {
        /**
         * Takes a record.
         *
         * @param bytes holds the record, until this returns
         * @param record the index of its header
         * @param cpu the number of the CPU that made it
         * @param previousNanos when that CPU made the one before; 0 if it is the first
         */
        void record(byte[] bytes, int record, int cpu, long previousNanos);
    }

    /** Takes back a segment of which every record has been handled. */
    @FunctionalInterface
    public interface SegmentRecycler {
        void recycle(RingSegment segment);
    }

    private final Queue[] queues;
    private final RecordHandler handler;
    private final SegmentRecycler recycler;
    private long handledNanos = Long.MIN_VALUE;

    private static final class Queue {
        final Deque<RingSegment> segments = new ArrayDeque<>();
        final int cpu;
        int at;
        /** The time of the next record; the largest number if there is none. */
        long nextNanos = Long.MAX_VALUE;

        long previousNanos;

        Queue(int cpu) {
            this.cpu = cpu;
        }
    }

    /** @param cpus the number of each ring's CPU */
    public RecordOrderer(int[] cpus, RecordHandler handler, SegmentRecycler recycler) {
        this.queues = new Queue[cpus.length];
        for (int i = 0; i < cpus.length; i++) {
            queues[i] = new Queue(cpus[i]);
        }
        this.handler = handler;
        this.recycler = recycler;
    }

    /** Takes a segment, and hands on what is complete because of it. */
    public void add(RingSegment segment) {
        long complete = segment.completeBeforeNanos();
        if (segment.length() == 0) {
            recycler.recycle(segment);
        } else {
            Queue queue = queues[segment.ring()];
            queue.segments.addLast(segment);
            if (queue.nextNanos == Long.MAX_VALUE) {
                queue.at = 0;
                queue.nextNanos = PerfRecord.timestampNanos(segment.bytes(), 0);
            }
        }
        if (complete != Long.MIN_VALUE) {
            completeBefore(complete);
        }
    }

    /** Hands on what happened before a time: all of it is here. */
    public void completeBefore(long nanos) {
        emitBefore(nanos);
        handledNanos = Math.max(handledNanos, nanos);
    }

    /** Hands on all that is left: nothing comes any more. */
    public void finish() {
        completeBefore(Long.MAX_VALUE);
    }

    /** All records of before this time were handed on, CLOCK_MONOTONIC. */
    public long handledNanos() {
        return handledNanos;
    }

    private void emitBefore(long limitNanos) {
        while (true) {
            Queue earliest = earliest(null);
            if (earliest == null || earliest.nextNanos >= limitNanos) {
                return;
            }
            // The earliest CPU's records go on until another CPU's turn comes.
            Queue second = earliest(earliest);
            long until = second == null ? limitNanos : Math.min(limitNanos, second.nextNanos);
            do {
                handleNext(earliest);
            } while (earliest.nextNanos < until);
        }
    }

    private @Nullable Queue earliest(@Nullable Queue except) {
        Queue earliest = null;
        for (Queue queue : queues) {
            if (queue != except
                    && queue.nextNanos != Long.MAX_VALUE
                    && (earliest == null || queue.nextNanos < earliest.nextNanos)) {
                earliest = queue;
            }
        }
        return earliest;
    }

    private void handleNext(Queue queue) {
        RingSegment segment = queue.segments.getFirst();
        int record = queue.at;
        int next = record + PerfRecord.size(segment.bytes(), record);
        handler.record(segment.bytes(), record, queue.cpu, queue.previousNanos);
        queue.previousNanos = queue.nextNanos;
        if (next < segment.length()) {
            queue.at = next;
            queue.nextNanos = PerfRecord.timestampNanos(segment.bytes(), next);
            return;
        }
        queue.segments.removeFirst();
        recycler.recycle(segment);
        queue.at = 0;
        RingSegment following = queue.segments.peekFirst();
        queue.nextNanos = following == null ? Long.MAX_VALUE : PerfRecord.timestampNanos(following.bytes(), 0);
    }
}
