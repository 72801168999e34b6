package jltrace.perf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The kernel's end of a ring, behind the page with {@code data_head} and {@code data_tail} (linux/perf_event.h). */
public final class FakeRing {
    private static final int METADATA = 4096;
    private static final int DATA_HEAD = 1024;
    private static final int DATA_TAIL = 1032;

    private final ByteBuffer memory;
    private final int size;

    /** A ring in memory of its own. */
    public FakeRing(int dataBytes) {
        this(ByteBuffer.allocateDirect(METADATA + dataBytes).order(ByteOrder.LITTLE_ENDIAN));
    }

    /** A ring in memory that was mapped. */
    public FakeRing(ByteBuffer memory) {
        this.memory = memory;
        this.size = memory.capacity() - METADATA;
    }

    public RingBuffer buffer() {
        return new RingBuffer(memory, METADATA);
    }

    public long head() {
        return memory.getLong(DATA_HEAD);
    }

    public long tail() {
        return memory.getLong(DATA_TAIL);
    }

    /** Lets records that were written and read lie behind. */
    public void skip(long bytes) {
        memory.putLong(DATA_HEAD, head() + bytes);
        memory.putLong(DATA_TAIL, tail() + bytes);
    }

    /** Writes records, if there is room for all of them. */
    public synchronized boolean write(byte[] records) {
        long head = head();
        if (head + records.length - tail() > size) {
            return false;
        }
        for (int i = 0; i < records.length; i++) {
            memory.put(METADATA + (int) ((head + i) % size), records[i]);
        }
        java.lang.invoke.VarHandle.releaseFence();
        memory.putLong(DATA_HEAD, head + records.length);
        return true;
    }
}
