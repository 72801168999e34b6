package jltrace.call;

import jltrace.perf.PerfRecord;
import jltrace.plan.EventLayout;

/** What one hit captured: a view of a record, moved from record to record. Valid until the listener's method returns. */
public final class Capture {
    private static final int REGISTERS = 6;

    private byte[] bytes = new byte[0];
    private int raw;
    private EventLayout layout;

    Capture(EventLayout layout) {
        this.layout = layout;
    }

    Capture moveTo(byte[] recordBytes, int record, EventLayout recordLayout) {
        bytes = recordBytes;
        raw = record + PerfRecord.RAW_OFFSET;
        layout = recordLayout;
        return this;
    }

    public int number() {
        return PerfRecord.u32(bytes, raw + layout.number());
    }

    public long stackPointer() {
        return PerfRecord.u64(bytes, raw + layout.stackPointer());
    }

    public long returnAddress() {
        return PerfRecord.u64(bytes, raw + layout.returnAddress());
    }

    /** An argument register of an entry, 0 for %rdi to 5 for %r9. */
    public long register(int index) {
        return PerfRecord.u64(bytes, raw + layout.registers() + 8 * index);
    }

    /** Whether the argument in this slot was captured: 0 to 5 registers, from 6 on the stack. */
    public boolean hasSlot(int slot) {
        return slot < REGISTERS + layout.shape().stackSlots();
    }

    /** The argument in a slot: 0 to 5 registers, from 6 on the stack. */
    public long slot(int slot) {
        return slot < REGISTERS
                ? register(slot)
                : PerfRecord.u64(bytes, raw + layout.stackSlots() + 8 * (slot - REGISTERS));
    }

    /** %rax at an exit; of a signal, the flags of its action. */
    public long result() {
        return PerfRecord.u64(bytes, raw + layout.registers());
    }

    /** The array that holds the captured memory blocks. */
    public byte[] bytes() {
        return bytes;
    }

    /** How many memory blocks were captured. */
    public int blocks() {
        return layout.shape().blocks();
    }

    /** The index in {@link #bytes()} at which a memory block begins. */
    public int blockStart(int block) {
        return raw + layout.block(block);
    }

    /** The size of a memory block in bytes. */
    public int blockLength(int block) {
        return 8 * layout.shape().words(block);
    }
}
