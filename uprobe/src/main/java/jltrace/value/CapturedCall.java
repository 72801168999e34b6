package jltrace.value;

import jltrace.call.Capture;
import jltrace.call.TracedProcess;
import jltrace.plan.ArgumentPlan;
import jltrace.type.ArgumentLocation;
import jltrace.type.CType;
import jltrace.type.EnumType;
import jltrace.type.IntegerType;
import jltrace.type.LengthExpression;
import jltrace.type.Parameter;
import jltrace.type.Presence;

/** One end of a call, of which the values are shown: moved from call to call. */
final class CapturedCall {
    private static final int REGISTERS = 6;

    private ArgumentPlan plan;
    private Capture capture;
    private TracedProcess process;
    private ValueSink sink;
    private boolean entry;

    CapturedCall(ArgumentPlan plan, Capture capture, TracedProcess process, ValueSink sink, boolean entry) {
        this.plan = plan;
        this.capture = capture;
        this.process = process;
        this.sink = sink;
        this.entry = entry;
    }

    void moveTo(
            ArgumentPlan otherPlan, Capture other, TracedProcess otherProcess, ValueSink otherSink, boolean isEntry) {
        plan = otherPlan;
        capture = other;
        process = otherProcess;
        sink = otherSink;
        entry = isEntry;
    }

    ArgumentPlan plan() {
        return plan;
    }

    Capture capture() {
        return capture;
    }

    TracedProcess process() {
        return process;
    }

    ValueSink sink() {
        return sink;
    }

    boolean isPassed(Parameter parameter) {
        if (parameter.presence() instanceof Presence.AnyBit bits) {
            return (argument(bits.argument()) & bits.mask()) != 0;
        }
        if (parameter.presence() instanceof Presence.OneOf oneOf) {
            long value = argument(oneOf.argument());
            for (long one : oneOf.values()) {
                if (one == value) {
                    return true;
                }
            }
            return false;
        }
        return true;
    }

    /** Whether an argument is an integer whose value is known here; numbered from 1. */
    private boolean isKnown(int number) {
        return entry
                && number >= 1
                && number <= plan.signature().parameters().size()
                && isInteger(plan.signature().parameters().get(number - 1).type())
                && slot(plan.location(number - 1)) >= 0
                && capture.hasSlot(slot(plan.location(number - 1)));
    }

    private static boolean isInteger(CType type) {
        return type instanceof IntegerType || type instanceof EnumType;
    }

    /** The value of an argument, numbered from 1, as its type has it; 0 if it is not known. */
    private long argument(int number) {
        if (!isKnown(number)) {
            return 0;
        }
        CType type = plan.signature().parameters().get(number - 1).type();
        IntegerType integer = type instanceof EnumType enumeration ? enumeration.underlying() : (IntegerType) type;
        return extend(capture.slot(slot(plan.location(number - 1))), 8 * integer.width(), integer.signed());
    }

    /** The slot that a location is: 0 to 5 registers, from 6 on the stack; -1 for one that is none. */
    private static int slot(ArgumentLocation location) {
        if (location instanceof ArgumentLocation.IntegerRegister register) {
            return register.index();
        }
        if (location instanceof ArgumentLocation.StackSlots stack && stack.slots() == 1) {
            return (int) Math.min(Integer.MAX_VALUE, REGISTERS + stack.slot());
        }
        return -1;
    }

    /** The value of a length that arguments tell, none for a negative one; -1 for one that they don't tell. */
    long length(LengthExpression length) {
        if (length instanceof LengthExpression.Constant constant) {
            return Math.max(0, constant.value());
        }
        if (length instanceof LengthExpression.Argument argument && isKnown(argument.number())) {
            return Math.max(0, argument(argument.number()));
        }
        return -1;
    }

    /** Whether an argument says that there is no limit: by a negative number, as sqlite3_prepare_v2's length. */
    boolean isNoLimit(LengthExpression limit) {
        return limit instanceof LengthExpression.Argument argument && argument(argument.number()) < 0;
    }

    /** Extends the lowest bits of a value to 64. */
    static long extend(long raw, int bits, boolean signed) {
        int unused = 64 - bits;
        return unused <= 0 ? raw : signed ? raw << unused >> unused : raw << unused >>> unused;
    }
}
