package jltrace.perf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Where things are in a perf record, for events opened with {@link jltrace.sys.PerfEventAttr}'s sample type: thread, time
 * and raw data. All methods take the array that holds the record and the index of its header; nothing is allocated.
 *
 * <pre>
 *   header     u32 type, u16 misc, u16 size
 *   SAMPLE     u32 pid, u32 tid, u64 time, u32 raw size, raw data, a u64 for each time that it was opened again
 *   others     their body, then at the end: u32 pid, u32 tid, u64 time
 * </pre>
 */
public final class PerfRecord {
    public static final int LOST = 2;
    public static final int COMM = 3;
    public static final int EXIT = 4;
    public static final int FORK = 7;
    public static final int SAMPLE = 9;
    public static final int MMAP2 = 10;

    public static final int HEADER_SIZE = 8;
    /** {@code PERF_RECORD_MISC_COMM_EXEC}: the name changed because of an exec. */
    public static final int MISC_COMM_EXEC = 1 << 13;
    /** Where a sample's raw data begin; a tracepoint's fields count their offsets from here. */
    public static final int RAW_OFFSET = 28;

    private static final VarHandle U16 = view(short[].class);
    private static final VarHandle U32 = view(int[].class);
    private static final VarHandle U64 = view(long[].class);

    private PerfRecord() {}

    private static VarHandle view(Class<?> arrayType) {
        return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.LITTLE_ENDIAN);
    }

    public static int u16(byte[] bytes, int index) {
        return (short) U16.get(bytes, index) & 0xffff;
    }

    public static int u32(byte[] bytes, int index) {
        return (int) U32.get(bytes, index);
    }

    public static long u64(byte[] bytes, int index) {
        return (long) U64.get(bytes, index);
    }

    public static int type(byte[] bytes, int record) {
        return u32(bytes, record);
    }

    public static int misc(byte[] bytes, int record) {
        return u16(bytes, record + 4);
    }

    /** In bytes, header included; a multiple of 8. */
    public static int size(byte[] bytes, int record) {
        return u16(bytes, record + 6);
    }

    /** CLOCK_MONOTONIC nanoseconds. */
    public static long timestampNanos(byte[] bytes, int record) {
        return type(bytes, record) == SAMPLE
                ? u64(bytes, record + HEADER_SIZE + 8)
                : u64(bytes, record + size(bytes, record) - 8);
    }

    /** The process that made the record. */
    public static int pid(byte[] bytes, int record) {
        return type(bytes, record) == SAMPLE
                ? u32(bytes, record + HEADER_SIZE)
                : u32(bytes, record + size(bytes, record) - 16);
    }

    /** The thread that made the record. */
    public static int tid(byte[] bytes, int record) {
        return type(bytes, record) == SAMPLE
                ? u32(bytes, record + HEADER_SIZE + 4)
                : u32(bytes, record + size(bytes, record) - 12);
    }

    /** For the how manieth time the event was opened that made a sample, counted from 0; see {@link PerfSession#openTracepoint}. */
    public static int opening(byte[] bytes, int record) {
        return (size(bytes, record) - RAW_OFFSET - u32(bytes, record + RAW_OFFSET - Integer.BYTES)) / Long.BYTES;
    }

    /** A sample's event id: {@code common_type}, the first field of every tracepoint. */
    public static int eventId(byte[] bytes, int record) {
        return u16(bytes, record + RAW_OFFSET);
    }
}
