package jltrace.perf;

/** Makes segments without a ring. */
public final class RingSegments {
    private RingSegments() {}

    /** A segment of the given records. */
    public static RingSegment of(int ring, byte[] records, long completeBeforeNanos) {
        RingSegment segment = new RingSegment();
        segment.ring = ring;
        System.arraycopy(records, 0, segment.bytes, 0, records.length);
        segment.length = records.length;
        segment.completeBeforeNanos = completeBeforeNanos;
        return segment;
    }
}
