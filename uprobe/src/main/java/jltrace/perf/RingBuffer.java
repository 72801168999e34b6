package jltrace.perf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The reading end of a perf ring: a {@code struct perf_event_mmap_page} followed by a power of two of data bytes that the
 * kernel writes at {@code data_head} and we free up to {@code data_tail} (linux/perf_event.h).
 */
public final class RingBuffer {
    private static final int OFFSET_DATA_HEAD = 1024;
    private static final int OFFSET_DATA_TAIL = 1032;
    private static final VarHandle U64 = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer memory;
    private final int dataOffset;
    private final long dataSize;
    private long tail;

    /**
     * @param memory the metadata page, then the data, little-endian
     * @param metadataSize the size of the page in bytes
     */
    public RingBuffer(ByteBuffer memory, int metadataSize) {
        this.memory = memory;
        this.dataOffset = metadataSize;
        this.dataSize = (long) memory.capacity() - metadataSize;
        if (Long.bitCount(dataSize) != 1) {
            throw new IllegalArgumentException("not a power of two of data bytes: " + dataSize);
        }
        this.tail = (long) U64.getAcquire(memory, OFFSET_DATA_TAIL);
    }

    /** How far the kernel has written, in bytes since the ring was made. Orders later reads of the data after it. */
    public long head() {
        return (long) U64.getAcquire(memory, OFFSET_DATA_HEAD);
    }

    /** How far we have read, in the unit of {@link #head}. */
    public long tail() {
        return tail;
    }

    /**
     * Moves unread records up to a head into a segment, as many as it holds, and gives their space back to the kernel.
     *
     * @return whether all of them were moved
     */
    public boolean moveTo(RingSegment segment, long head) {
        byte[] bytes = segment.bytes;
        long end = head;
        if (head - tail > bytes.length) {
            end = lastWholeRecord(tail, tail + bytes.length);
        }
        int count = (int) (end - tail);
        int first = (int) (tail & (dataSize - 1));
        int unwrapped = (int) Math.min(count, dataSize - first);
        memory.get(dataOffset + first, bytes, 0, unwrapped);
        memory.get(dataOffset, bytes, unwrapped, count - unwrapped);
        segment.length = count;
        tail = end;
        U64.setRelease(memory, OFFSET_DATA_TAIL, end);
        return end == head;
    }

    /** The end of the last record that ends at or before a limit, found by walking the headers. */
    private long lastWholeRecord(long start, long limit) {
        long at = start;
        while (true) {
            // Records are 8-byte aligned, so a header never wraps.
            int size = memory.getShort(dataOffset + (int) (at & (dataSize - 1)) + 6) & 0xffff;
            if (size < PerfRecord.HEADER_SIZE || at + size > limit) {
                return at;
            }
            at += size;
        }
    }
}
