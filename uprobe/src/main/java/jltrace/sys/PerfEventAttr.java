package jltrace.sys;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The {@code struct perf_event_attr} of perf_event_open(2), in the size of Linux 4.3 ({@code PERF_ATTR_SIZE_VER5}) and
 * with later flag bits, written as bytes at named offsets because its bit fields have no JNA form.
 */
public final class PerfEventAttr {
    public static final int TYPE_SOFTWARE = 1;
    public static final int TYPE_TRACEPOINT = 2;
    /** {@code PERF_COUNT_SW_DUMMY}: counts nothing, carries side-band records. */
    public static final long SOFTWARE_DUMMY = 9;

    public static final long SAMPLE_TID = 1L << 1;
    public static final long SAMPLE_TIME = 1L << 2;
    /** With inheritance since Linux 6.12, and there it keeps the kernel from exchanging the events of two threads. */
    public static final long SAMPLE_READ = 1L << 4;

    public static final long SAMPLE_RAW = 1L << 10;

    // Each adds eight bytes behind the raw data.
    public static final long SAMPLE_WEIGHT = 1L << 14;
    public static final long SAMPLE_DATA_SRC = 1L << 15;
    public static final long SAMPLE_TRANSACTION = 1L << 17;

    /** {@code PERF_FORMAT_LOST}, Linux 6.0: read(2) tells how many records the event lost. */
    public static final long FORMAT_LOST = 1L << 4;

    public static final long FLAG_DISABLED = 1L;
    public static final long FLAG_INHERIT = 1L << 1;
    public static final long FLAG_MMAP = 1L << 8;
    public static final long FLAG_COMM = 1L << 9;
    public static final long FLAG_TASK = 1L << 13;
    public static final long FLAG_WATERMARK = 1L << 14;
    public static final long FLAG_SAMPLE_ID_ALL = 1L << 18;
    public static final long FLAG_MMAP2 = 1L << 23;
    public static final long FLAG_COMM_EXEC = 1L << 24;
    public static final long FLAG_USE_CLOCKID = 1L << 25;
    /** Linux 5.13: inherit into threads, not into child processes. */
    public static final long FLAG_INHERIT_THREAD = 1L << 35;

    private static final int SIZE = 112;
    private static final int OFFSET_TYPE = 0;
    private static final int OFFSET_SIZE = 4;
    private static final int OFFSET_CONFIG = 8;
    private static final int OFFSET_SAMPLE_PERIOD = 16;
    private static final int OFFSET_SAMPLE_TYPE = 24;
    private static final int OFFSET_READ_FORMAT = 32;
    private static final int OFFSET_FLAGS = 40;
    private static final int OFFSET_WAKEUP = 48;
    private static final int OFFSET_CLOCKID = 92;
    private static final int CLOCK_MONOTONIC = 1;

    private final ByteBuffer bytes = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);

    /**
     * An event of the given type and configuration that samples every hit with thread, time (CLOCK_MONOTONIC, the clock of
     * {@link System#nanoTime()}) and raw data, and puts thread and time at the end of every other record too.
     */
    public PerfEventAttr(int type, long config) {
        bytes.putInt(OFFSET_TYPE, type)
                .putInt(OFFSET_SIZE, SIZE)
                .putLong(OFFSET_CONFIG, config)
                .putLong(OFFSET_SAMPLE_PERIOD, 1)
                .putLong(OFFSET_SAMPLE_TYPE, SAMPLE_TID | SAMPLE_TIME | SAMPLE_RAW)
                .putInt(OFFSET_CLOCKID, CLOCK_MONOTONIC);
        set(FLAG_SAMPLE_ID_ALL | FLAG_USE_CLOCKID);
    }

    /** Sets the given {@code FLAG_} bits. */
    public PerfEventAttr set(long flags) {
        bytes.putLong(OFFSET_FLAGS, bytes.getLong(OFFSET_FLAGS) | flags);
        return this;
    }

    /** Samples more: {@code SAMPLE_} bits. */
    public PerfEventAttr sample(long more) {
        bytes.putLong(OFFSET_SAMPLE_TYPE, bytes.getLong(OFFSET_SAMPLE_TYPE) | more);
        return this;
    }

    /** Wakes a poller when this many bytes are unread, not at every record. */
    public PerfEventAttr wakeupWatermark(int unreadBytes) {
        bytes.putInt(OFFSET_WAKEUP, unreadBytes);
        return set(FLAG_WATERMARK);
    }

    public PerfEventAttr readFormat(long format) {
        bytes.putLong(OFFSET_READ_FORMAT, format);
        return this;
    }

    public int type() {
        return bytes.getInt(OFFSET_TYPE);
    }

    public long config() {
        return bytes.getLong(OFFSET_CONFIG);
    }

    public long flags() {
        return bytes.getLong(OFFSET_FLAGS);
    }

    /** The structure's bytes, in the kernel's layout. */
    public byte[] toBytes() {
        return bytes.array().clone();
    }
}
