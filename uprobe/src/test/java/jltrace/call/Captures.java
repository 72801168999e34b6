package jltrace.call;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import jltrace.perf.RecordBuilder;
import jltrace.plan.ArgumentPlan;
import jltrace.plan.EventLayout;
import jltrace.plan.Pointee;
import jltrace.target.AddressSpace;

/** What a hit captured, made up. */
public final class Captures {
    private static final int NUMBER = 8;
    private static final int STACK_POINTER = 12;
    private static final int REGISTERS = 20;
    private static final int RETURN_ADDRESS = 68;
    private static final int STACK_ARGUMENTS = 76;
    private static final int RESULT = 20;
    private static final long STACK = 0x7fff_0000;
    private static final String[] ARGUMENT_REGISTERS = {"%di", "%si", "%dx", "%cx", "%r8", "%r9"};

    private Captures() {}

    /** A process without objects. */
    public static TracedProcess process(int pid) {
        return new TracedProcess(pid, new AddressSpace(), 0);
    }

    /**
     * An entry.
     *
     * @param slots the argument registers, then the stack
     */
    public static Capture entry(ArgumentPlan plan, FakeMemory memory, long... slots) {
        memory.register("%sp", STACK).put(STACK, 0x401000);
        for (int i = 0; i < slots.length; i++) {
            if (i < ARGUMENT_REGISTERS.length) {
                memory.register(ARGUMENT_REGISTERS[i], slots[i]);
            } else {
                memory.put(STACK + 8L * (i - ARGUMENT_REGISTERS.length + 1), slots[i]);
            }
        }
        int captured = STACK_ARGUMENTS + 8 * plan.shape().stackSlots();
        EventLayout layout = new EventLayout(
                EventLayout.Kind.ENTRY,
                NUMBER,
                STACK_POINTER,
                RETURN_ADDRESS,
                REGISTERS,
                STACK_ARGUMENTS,
                plan.shape(),
                captured);
        return capture(layout, memory.record("id=\\0:u32 " + plan.capturedAtEntry()));
    }

    /** An end, with %rax and %rdx. */
    public static Capture exit(ArgumentPlan plan, FakeMemory memory, long result, long second) {
        memory.register("%sp", STACK).register("%ax", result).register("%dx", second);
        EventLayout layout = new EventLayout(
                EventLayout.Kind.RETURN, NUMBER, STACK_POINTER, 0, RESULT, 0, plan.returnShape(), RESULT + 16);
        return capture(layout, memory.record("id=\\0:u32 " + plan.capturedAtReturn()));
    }

    private static Capture capture(EventLayout layout, ByteBuffer fields) {
        byte[] record = new RecordBuilder().sample(1, body -> body.put(fields)).bytes();
        return new Capture(layout).moveTo(record, 0, layout);
    }

    /** Writes a string to where a capture holds what a pointer points to. */
    public static void put(Capture capture, Pointee pointee, String text) {
        byte[] bytes = (text + "\0").getBytes(StandardCharsets.ISO_8859_1);
        int length = Math.min(bytes.length, pointee.length());
        System.arraycopy(bytes, 0, capture.bytes(), capture.memoryStart() + pointee.start(), length);
    }
}
