package jltrace.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jltrace.perf.PerfRecord;
import jltrace.perf.RingBuffer;
import jltrace.perf.RingSegment;
import jltrace.plan.CaptureShape;
import jltrace.plan.EventLayout;

/**
 * A ring as the kernel leaves it when one thread has called one function again and again: an entry, a return, and so on. It can be
 * filled with the same records any number of times.
 */
final class SampleRing {
    static final int ENTRY = 1;
    static final int RETURN = 2;
    static final int PROCESS = 100;
    static final long RETURN_ADDRESS = 0x401234;

    private static final int PAGE_BYTES = 4096;
    private static final int HEAD = 1024;
    private static final int LARGEST_RECORD = 65528;
    /** A type of which nothing is known. */
    private static final int FILLER = 255;

    private static final int NUMBER = 8;
    private static final int STACK_POINTER = 12;
    private static final int REGISTERS = 20;
    private static final int ARGUMENT_REGISTERS = 6;
    private static final int RESULT_REGISTERS = 2;
    private static final int STACK = REGISTERS + Long.BYTES * ARGUMENT_REGISTERS;
    private static final long STACK_TOP = 0x7fff_0000;
    /** A string, and a format too. */
    private static final String TEXT = "share/%s/LC_MESSAGES";

    private final ByteBuffer memory;
    private final RingBuffer ring;
    private final int dataBytes;

    /**
     * @param calls how many there are, of the function number 0
     * @param entry what is captured at an entry
     * @param end what is captured at a return
     */
    SampleRing(int calls, CaptureShape entry, CaptureShape end) {
        byte[] entered = sample(ENTRY, entryLayout(entry), ARGUMENT_REGISTERS);
        byte[] returned = sample(RETURN, returnLayout(end), RESULT_REGISTERS);
        int bytes = calls * (entered.length + returned.length);
        this.dataBytes = Math.max(PAGE_BYTES, Integer.highestOneBit(bytes - 1) << 1);
        this.memory = ByteBuffer.allocateDirect(PAGE_BYTES + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        memory.position(PAGE_BYTES);
        for (int call = 0; call < calls; call++) {
            memory.put(entered).put(returned);
        }
        while (memory.hasRemaining()) {
            int size = Math.min(memory.remaining(), LARGEST_RECORD);
            // What is left has to have room for a header and a time.
            size -= memory.remaining() - size > 0 && memory.remaining() - size < 64 ? 64 : 0;
            memory.putInt(FILLER).putShort((short) 0).putShort((short) size);
            memory.position(memory.position() + size - PerfRecord.HEADER_SIZE);
        }
        memory.clear();
        this.ring = new RingBuffer(memory, PAGE_BYTES);
    }

    static EventLayout entryLayout(CaptureShape shape) {
        int slots = STACK + Long.BYTES;
        int units = slots + Long.BYTES * shape.stackSlots();
        return new EventLayout(EventLayout.Kind.ENTRY, NUMBER, STACK_POINTER, STACK, REGISTERS, slots, shape, units);
    }

    static EventLayout returnLayout(CaptureShape shape) {
        int units = REGISTERS + Long.BYTES * RESULT_REGISTERS;
        return new EventLayout(EventLayout.Kind.RETURN, NUMBER, STACK_POINTER, 0, REGISTERS, 0, shape, units);
    }

    private static byte[] sample(int event, EventLayout layout, int registers) {
        CaptureShape shape = layout.shape();
        int unitBytes = Long.BYTES * shape.unitWords();
        int raw = layout.memory() + unitBytes * shape.units();
        int size = PerfRecord.RAW_OFFSET + raw + Integer.BYTES + 7 & ~7;
        ByteBuffer record = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(PerfRecord.SAMPLE).putShort((short) 0).putShort((short) size);
        record.putInt(PROCESS).putInt(PROCESS).putLong(1000).putInt(size - PerfRecord.RAW_OFFSET);
        ByteBuffer data = record.slice().order(ByteOrder.LITTLE_ENDIAN);
        data.putShort(0, (short) event);
        boolean entry = layout.kind() == EventLayout.Kind.ENTRY;
        // A return probe sees the stack pointer behind the return address.
        data.putLong(STACK_POINTER, entry ? STACK_TOP : STACK_TOP + Long.BYTES);
        for (int register = 0; register < registers; register++) {
            data.putLong(REGISTERS + Long.BYTES * register, 0x10_0000 + 0x1000L * register);
        }
        if (entry) {
            data.putLong(STACK, RETURN_ADDRESS);
        }
        byte[] text = TEXT.getBytes(US_ASCII);
        for (int unit = 0; unit < shape.units(); unit++) {
            data.put(layout.memory() + unit * unitBytes, text);
        }
        return record.array();
    }

    /** Has the kernel write all records anew, and moves them to a segment. */
    void moveTo(RingSegment segment) {
        long head = ring.tail() + dataBytes;
        memory.putLong(HEAD, head);
        if (!ring.moveTo(segment, head)) {
            throw new IllegalStateException("the records do not fit into a segment");
        }
    }
}
