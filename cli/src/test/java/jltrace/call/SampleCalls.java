package jltrace.call;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jltrace.perf.PerfRecord;
import jltrace.plan.ArgumentPlan;
import jltrace.plan.CaptureLimits;
import jltrace.plan.ControlFlow;
import jltrace.plan.EventLayout;
import jltrace.plan.ReturnStrategy;
import jltrace.plan.TracedFunction;
import jltrace.target.AddressSpace;
import jltrace.target.ObjectFile;
import jltrace.type.FunctionSignature;

/** Calls, and what their hits captured, made up. */
public final class SampleCalls {
    private static final int REGISTERS = 8;

    private SampleCalls() {}

    public static TracedProcess process(int pid) {
        return new TracedProcess(pid, new AddressSpace(), 0);
    }

    public static TracedThread thread(TracedProcess process, int tid) {
        return new TracedThread(tid, process, TracedThread.UNKNOWN, null);
    }

    public static TracedFunction function(
            FunctionSignature signature, ObjectFile object, ReturnStrategy strategy, boolean anyCaller) {
        return new TracedFunction(
                0,
                object,
                signature.name(),
                new ArgumentPlan(signature, CaptureLimits.DEFAULT),
                strategy,
                anyCaller,
                () -> new ControlFlow(false, false));
    }

    /** A call of a thread; its times and depth can be set. */
    public static Call call(TracedThread thread, TracedFunction function, int caller, long serial) {
        Call call = new Call(thread, function);
        call.caller = caller;
        call.serial = serial;
        call.returnAddress = 0x401234;
        return call;
    }

    public static Call at(Call call, long entryNanos, long nowNanos) {
        call.entryNanos = entryNanos;
        call.nowNanos = nowNanos;
        return call;
    }

    public static Call depth(Call call, int depth) {
        call.depth = depth;
        return call;
    }

    /** An entry with these argument registers, and memory behind the first string. */
    public static Capture entry(Call call, byte[] memory, long... registers) {
        ArgumentPlan plan = call.function().arguments();
        int blocks = REGISTERS + 6 * 8;
        EventLayout layout = new EventLayout(EventLayout.Kind.ENTRY, 0, 0, 0, REGISTERS, 0, plan.shape(), blocks);
        byte[] bytes = new byte[1024];
        ByteBuffer record = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < registers.length; i++) {
            record.putLong(PerfRecord.RAW_OFFSET + REGISTERS + 8 * i, registers[i]);
        }
        record.position(PerfRecord.RAW_OFFSET + blocks).put(memory);
        return new Capture(layout).moveTo(bytes, 0, layout);
    }

    /** An end with this result. */
    public static Capture exit(Call call, long result) {
        EventLayout layout = new EventLayout(
                EventLayout.Kind.RETURN,
                0,
                0,
                0,
                REGISTERS,
                0,
                call.function().arguments().returnShape(),
                REGISTERS + 16);
        byte[] bytes = new byte[512];
        ByteBuffer record = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(PerfRecord.RAW_OFFSET + REGISTERS, result);
        return new Capture(layout).moveTo(bytes, 0, layout);
    }
}
