package jltrace.perf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Builds perf records as the kernel writes them (linux/perf_event.h, {@code enum perf_event_type}), for events that sample thread,
 * time and raw data.
 */
public final class RecordBuilder {
    /** The size of the fields that every tracepoint begins with: type, flags, preempt count, pid. */
    public static final int COMMON_FIELDS = 8;

    private static final int PROT_READ_EXEC = 5;

    private ByteBuffer out = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    private int pid = 1;
    private int tid = 1;
    private long nanos;
    private int opening;

    /** Whose the records that follow are. */
    public RecordBuilder task(int newPid, int newTid) {
        pid = newPid;
        tid = newTid;
        return this;
    }

    /** When the record that follows is made; each takes a nanosecond. */
    public RecordBuilder at(long newNanos) {
        nanos = newNanos;
        return this;
    }

    /** For the how manieth time the event was opened that makes the samples that follow, counted from 0. */
    public RecordBuilder opening(int newOpening) {
        opening = newOpening;
        return this;
    }

    /** A hit of a tracepoint; the fields are written behind the common ones. */
    public RecordBuilder sample(int eventId, Consumer<ByteBuffer> fields) {
        return record(PerfRecord.SAMPLE, 0, false, body -> {
            body.putInt(pid).putInt(tid).putLong(nanos);
            int sizeAt = body.position();
            body.putInt(0);
            body.putShort((short) eventId).putShort((short) 0).putInt(pid);
            fields.accept(body);
            // The size makes the record's end fall on eight bytes.
            while ((body.position() & 7) != 0) {
                body.put((byte) 0);
            }
            body.putInt(sizeAt, body.position() - sizeAt - Integer.BYTES);
            for (int i = 0; i < opening; i++) {
                body.putLong(0);
            }
        });
    }

    /** The kernel had no room for so many records. */
    public RecordBuilder lost(long count) {
        return record(PerfRecord.LOST, 0, true, body -> body.putLong(1).putLong(count));
    }

    /** The thread has another name, because of an exec or not. */
    public RecordBuilder comm(String name, boolean exec) {
        return record(PerfRecord.COMM, exec ? PerfRecord.MISC_COMM_EXEC : 0, true, body -> {
            body.putInt(pid).putInt(tid);
            text(body, name);
        });
    }

    /** The thread made a process or another thread. */
    public RecordBuilder fork(int childPid, int childTid) {
        return task(PerfRecord.FORK, childPid, pid, childTid, tid);
    }

    /** The thread ended. */
    public RecordBuilder exit() {
        return task(PerfRecord.EXIT, pid, pid, tid, tid);
    }

    private RecordBuilder task(int type, int childPid, int parentPid, int childTid, int parentTid) {
        return record(
                type,
                0,
                true,
                body -> body.putInt(childPid)
                        .putInt(parentPid)
                        .putInt(childTid)
                        .putInt(parentTid)
                        .putLong(nanos));
    }

    /** The process mapped a file's code. */
    public RecordBuilder map(long start, long length, long fileOffset, String path) {
        return map(start, length, fileOffset, PROT_READ_EXEC, path);
    }

    /** The process mapped a file. */
    public RecordBuilder map(long start, long length, long fileOffset, int protection, String path) {
        return record(PerfRecord.MMAP2, 0, true, body -> {
            body.putInt(pid).putInt(tid).putLong(start).putLong(length).putLong(fileOffset);
            body.putInt(0xfe)
                    .putInt(0)
                    .putLong(1234)
                    .putLong(0)
                    .putInt(protection)
                    .putInt(2);
            text(body, path);
        });
    }

    private static void text(ByteBuffer body, String text) {
        body.put(text.getBytes(StandardCharsets.ISO_8859_1)).put((byte) 0);
        while ((body.position() & 7) != 0) {
            body.put((byte) 0);
        }
    }

    private RecordBuilder record(int type, int misc, boolean withSampleId, Consumer<ByteBuffer> body) {
        if (out.remaining() < 1 << 16) {
            out = ByteBuffer.allocate(out.capacity() * 2)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put(out.flip());
        }
        int start = out.position();
        out.putInt(type).putShort((short) misc).putShort((short) 0);
        body.accept(out);
        if (withSampleId) {
            out.putInt(pid).putInt(tid).putLong(nanos);
        }
        out.putShort(start + 6, (short) (out.position() - start));
        nanos++;
        return this;
    }

    /** All records so far. */
    public byte[] bytes() {
        return Arrays.copyOf(out.array(), out.position());
    }
}
