package jltrace.perf;

/**
 * Whole records copied out of one CPU's ring, in the order in which that CPU wrote them, or, without any, the mark of the
 * end of a round.
 */
public final class RingSegment {
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
