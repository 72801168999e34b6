package jltrace.perf;

/**
 * Whole records copied out of one CPU's ring, in the order in which that CPU wrote them, or, without any, the mark of the
 * end of a round.
 */
public final class RingSegment implements Waiting {
    /** The bytes copied at once at most. */
    static final int CAPACITY = 1 << 20;

    /** The index of the ring, not the number of the CPU. */
    int ring;

    final byte[] bytes = new byte[CAPACITY];
    int length;
    /**
     * In CLOCK_MONOTONIC nanoseconds: every record that a thread made before this time and that any of its later records
     * can follow has been handed over. {@link Long#MIN_VALUE} in all but the last segment of a round.
     */
    long completeBeforeNanos;

    /** The time of the last record, which there must be. */
    long lastNanos() {
        int last = 0;
        for (int record = 0; record < length; record += PerfRecord.size(bytes, record)) {
            last = record;
        }
        return PerfRecord.timestampNanos(bytes, last);
    }

    public int ring() {
        return ring;
    }

    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    public long completeBeforeNanos() {
        return completeBeforeNanos;
    }
}
