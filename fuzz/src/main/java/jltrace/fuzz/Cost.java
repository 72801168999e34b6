package jltrace.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What reading a file may cost: a constant, and so much for each of its bytes. The processor's time counts, not the clock's, so that a
 * busy machine proves nothing.
 */
public final class Cost {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** A fuzzer's instrumentation makes code about this much slower. */
    private static final int INSTRUMENTED = 4;

    private static final long NANOS = 2_000_000_000L;
    private static final long BYTES = 512L << 20;
    private static final long BYTES_EACH = 2048;

    private Cost() {}

    /**
     * Reads, and measures it; a second time if it was too much, as the first may have loaded and instrumented classes.
     *
     * @param fileSize of what is read, in bytes, at most 1 MiB
     * @throws AssertionError if it took longer than 2 seconds, or allocated more than 512 MiB and 2 KiB for each byte
     */
    public static void check(int fileSize, Runnable reading) {
        if (!excess(fileSize, reading).isEmpty()) {
            String excess = excess(fileSize, reading);
            if (!excess.isEmpty()) {
                throw new AssertionError(excess);
            }
        }
    }

    /** What was too much; empty if nothing was. */
    private static String excess(int fileSize, Runnable reading) {
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long nanos = THREADS.getCurrentThreadCpuTime();
        reading.run();
        nanos = THREADS.getCurrentThreadCpuTime() - nanos;
        allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
        if (nanos > NANOS * INSTRUMENTED) {
            return fileSize + " bytes took " + nanos / 1_000_000 + " ms";
        }
        if (allocated > BYTES + BYTES_EACH * fileSize) {
            return fileSize + " bytes made it allocate " + (allocated >> 20) + " MiB";
        }
        return "";
    }
}
