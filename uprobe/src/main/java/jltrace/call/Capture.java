package jltrace.call;

import jltrace.perf.PerfRecord;
import jltrace.plan.EventLayout;
import jltrace.plan.EventRecords;

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

    /** The number of what was hit; of a signal, the signal. */
    public int number() {
        return EventRecords.number(PerfRecord.u32(bytes, raw + layout.number()));
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
        return PerfRecord.u64(bytes, slotStart(slot));
    }

    /** The array that holds what was captured. */
    public byte[] bytes() {
        return bytes;
    }

    /** The index in {@link #bytes()} of an argument's 8 bytes, in its slot: 0 to 5 registers, from 6 on the stack. */
    public int slotStart(int slot) {
        return raw + (slot < REGISTERS ? layout.registers() + 8 * slot : layout.stackSlots() + 8 * (slot - REGISTERS));
    }

    /** The index in {@link #bytes()} of %rax at an exit; %rdx follows it. */
    public int resultStart() {
        return raw + layout.registers();
    }

    /** The status that is given to the kernel. */
    int status() {
        return PerfRecord.u32(bytes, raw + layout.registers());
    }

    /** The flags of a signal's action. */
    public long signalFlags() {
        return PerfRecord.u64(bytes, raw + layout.registers());
    }

    /** The index in {@link #bytes()} at which captured memory begins. */
    public int memoryStart() {
        return raw + layout.memory();
    }

    /** How many stack arguments were captured. */
    public int stackSlots() {
        return layout.shape().stackSlots();
    }
}
