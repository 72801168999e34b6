package jltrace.value;

import java.util.List;
import jltrace.call.Capture;
import jltrace.call.TracedProcess;
import jltrace.plan.ArgumentPlan;
import jltrace.plan.CaptureLimits;
import jltrace.plan.Pointee;
import jltrace.type.ArgumentLocation;
import jltrace.type.CType;
import jltrace.type.FormatType;
import jltrace.type.HiddenType;
import jltrace.type.Parameter;
import jltrace.type.PointerType;
import jltrace.type.Presence;
import jltrace.type.ResultLocation;
import jltrace.type.ResultLocation.Register;
import jltrace.type.StringType;
import jltrace.type.VoidType;
import org.jspecify.annotations.Nullable;

/**
 * Turns what a hit captured into values, as a signature says. What was not captured is unknown, never guessed. Allocates nothing for
 * a call; not safe for several threads.
 */
public final class ValueDecoder {
    private static final int REGISTERS = 6;
    private static final int WORD = 8;

    private final MemoryDecoder memory;
    private final FormatDecoder formats = new FormatDecoder(this);
    private @Nullable CapturedCall current;

    /**
     * @param limits how much is shown of strings and arrays
     * @param probe says whether zeros were read or are what the kernel leaves where it can't
     * @param functions names what pointers to functions point to
     */
    public ValueDecoder(CaptureLimits limits, MemoryProbe probe, FunctionNames functions) {
        this.memory = new MemoryDecoder(limits, probe, functions);
    }

    /** Shows the arguments of a call from what its entry captured. */
    public void arguments(ArgumentPlan plan, Capture entry, TracedProcess process, ValueSink sink) {
        CapturedCall call = call(plan, entry, process, sink, true);
        List<Parameter> parameters = plan.signature().parameters();
        int format = -1;
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            if (parameter.type() instanceof HiddenType || !call.isPassed(parameter)) {
                continue;
            }
            sink.argument();
            argument(call, plan.type(i), plan.location(i), plan.pointee(i));
            if (parameter.type() instanceof FormatType) {
                format = i;
            }
            if (parameter.presence() instanceof Presence.UntilNull) {
                untilNull(call, plan.type(i), plan.location(i));
            }
        }
        if (format >= 0 && plan.signature().variadic()) {
            formats.arguments(call, format);
        }
    }

    private CapturedCall call(
            ArgumentPlan plan, Capture capture, TracedProcess process, ValueSink sink, boolean entry) {
        CapturedCall call = current;
        if (call == null) {
            call = new CapturedCall(plan, capture, process, sink, entry);
            current = call;
        } else {
            call.moveTo(plan, capture, process, sink, entry);
        }
        return call;
    }

    /** The arguments behind a last one of which there are more, up to a null pointer. */
    private void untilNull(CapturedCall call, CType type, ArgumentLocation first) {
        Capture entry = call.capture();
        int slot = first instanceof ArgumentLocation.IntegerRegister register ? register.index() : REGISTERS;
        while (entry.hasSlot(slot) && entry.slot(slot) != 0) {
            slot++;
            call.sink().argument();
            slot(call, type, slot);
        }
    }

    /** Shows the argument in a slot: 0 to 5 registers, from 6 on the stack. */
    void slot(CapturedCall call, CType type, int slot) {
        Capture entry = call.capture();
        if (!entry.hasSlot(slot)) {
            call.sink().unknown();
            return;
        }
        MemoryView view = memory.begin();
        view.parts(entry.bytes(), entry.slotStart(slot), WORD, WORD, true, true);
        value(call, type, view, call.plan().variablePointee(slot));
    }

    private void argument(CapturedCall call, CType type, ArgumentLocation location, Pointee where) {
        MemoryView view = memory.begin();
        Capture entry = call.capture();
        if (location instanceof ArgumentLocation.IntegerRegister register) {
            view.parts(entry.bytes(), entry.slotStart(register.index()), WORD, WORD, true, true);
        } else if (location instanceof ArgumentLocation.StackSlots stack) {
            int slots = (int) Math.max(0, Math.min(stack.slots(), entry.stackSlots() - stack.slot()));
            int slot = slots == 0 ? 0 : (int) (REGISTERS + stack.slot());
            view.parts(entry.bytes(), entry.slotStart(slot), WORD * slots, WORD, true, true);
        } else if (location instanceof ArgumentLocation.Split split) {
            split(view, entry, split.eightbytes());
        } else {
            view.parts(entry.bytes(), 0, WORD, WORD, false, false);
        }
        value(call, type, view, where);
    }

    /** The eightbytes of a structure: those in integer registers follow each other, in the registers and in the record. */
    private static void split(MemoryView view, Capture entry, List<ArgumentLocation> eightbytes) {
        boolean first = eightbytes.get(0) instanceof ArgumentLocation.IntegerRegister;
        boolean second = eightbytes.get(1) instanceof ArgumentLocation.IntegerRegister;
        int start = 0;
        if (eightbytes.get(0) instanceof ArgumentLocation.IntegerRegister register) {
            start = entry.slotStart(register.index());
        } else if (eightbytes.get(1) instanceof ArgumentLocation.IntegerRegister register) {
            start = entry.slotStart(register.index()) - WORD;
        }
        view.parts(entry.bytes(), start, 2 * WORD, WORD, first, second);
    }

    /** Shows what registers or stack slots hold. Of a pointer, {@code where} is what it points to. */
    private void value(CapturedCall call, CType type, MemoryView view, Pointee where) {
        boolean pointer = type instanceof PointerType || type instanceof StringType || type instanceof FormatType;
        if (!pointer) {
            memory.show(call, type, view, 0, where);
        } else if (view.isThere(0, WORD)) {
            memory.pointer(call, type, view.number(0, WORD), where);
        } else {
            call.sink().unknown();
        }
    }

    /** Shows the result of a call; of one whose end was not seen, that it is unknown. */
    public void result(ArgumentPlan plan, @Nullable Capture exit, TracedProcess process, ValueSink sink) {
        if (plan.signature().result() instanceof VoidType) {
            sink.nothing();
        } else if (exit == null) {
            sink.unknown();
        } else {
            CapturedCall call = call(plan, exit, process, sink, false);
            MemoryView view = memory.begin();
            if (plan.resultLocation() instanceof ResultLocation.InRegisters registers) {
                inRegisters(view, exit, registers.eightbytes());
            } else {
                boolean inMemory = plan.resultLocation() instanceof ResultLocation.InMemory;
                view.parts(exit.bytes(), exit.resultStart(), WORD, WORD, inMemory, false);
            }
            value(call, plan.resultType(), view, plan.resultPointee());
        }
    }

    private static void inRegisters(MemoryView view, Capture exit, List<Register> eightbytes) {
        boolean first = isInteger(eightbytes.get(0));
        boolean second = eightbytes.size() > 1 && isInteger(eightbytes.get(1));
        // %rax holds the first eightbyte that is an integer, wherever it stands.
        int start = first ? exit.resultStart() : exit.resultStart() - WORD;
        view.parts(exit.bytes(), start, WORD * eightbytes.size(), WORD, first, second);
    }

    private static boolean isInteger(Register register) {
        return register == Register.RAX || register == Register.RDX;
    }
}
