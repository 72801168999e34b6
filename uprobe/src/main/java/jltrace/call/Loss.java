package jltrace.call;

/**
 * Records that the kernel dropped, because there was no room for them in a ring.
 *
 * @param cpu the CPU whose ring it was, or {@link #UNKNOWN}
 * @param sinceNanos when that CPU made the record before them; 0 if there was none
 * @param untilNanos when there was room again
 * @param tid the thread that ran there then, or {@link #UNKNOWN}
 * @param function the function that the thread was last seen in; empty if it was in none
 */
public record Loss(long records, int cpu, long sinceNanos, long untilNanos, int tid, String function) {
    public static final int UNKNOWN = -1;

    /** A loss of which only the extent is known. */
    public static Loss somewhere(long records, long nanos) {
        return new Loss(records, UNKNOWN, 0, nanos, UNKNOWN, "");
    }
}
