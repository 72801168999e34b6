package jltrace.type;

import java.util.ArrayList;
import java.util.List;

/**
 * Gives the arguments of one call their places, one after the other. Not safe for several threads.
 */
final class ArgumentSequence {

    private static final int INTEGER_REGISTERS = 6;
    private static final int VECTOR_REGISTERS = 8;
    private static final int SLOT = 8;

    /** More than any stack has, so that no sum of sizes from a file overflows. */
    private static final long MOST_SLOTS = Long.MAX_VALUE / 4;

    private int integerRegister;
    private int vectorRegister;
    private long stackSlot;

    private ArgumentSequence() {}

    /** The places of a function's arguments, the first of them next. */
    static ArgumentSequence of(CType result) {
        ArgumentSequence sequence = new ArgumentSequence();
        if (CallingConvention.result(result) instanceof ResultLocation.InMemory) {
            sequence.integerRegister = 1;
        }
        return sequence;
    }

    /** The place of the next argument, which has this type. */
    ArgumentLocation next(CType type) {
        CType passed = CallingConvention.asPassed(type);
        List<EightbyteClass> classes = EightbyteClass.classify(passed);
        if (classes.isEmpty()) {
            return new ArgumentLocation.Nowhere();
        }
        int integers = count(classes, EightbyteClass.INTEGER);
        int vectors = count(classes, EightbyteClass.SSE);
        int padding = count(classes, EightbyteClass.NO_CLASS);
        boolean fits = integerRegister + integers <= INTEGER_REGISTERS && vectorRegister + vectors <= VECTOR_REGISTERS;
        if (!fits || integers + vectors + padding < classes.size()) {
            return onStack(passed);
        }
        List<ArgumentLocation> eightbytes = new ArrayList<>(classes.size());
        for (EightbyteClass eightbyte : classes) {
            eightbytes.add(inRegister(eightbyte));
        }
        return eightbytes.size() == 1 ? eightbytes.get(0) : new ArgumentLocation.Split(eightbytes);
    }

    private ArgumentLocation inRegister(EightbyteClass eightbyte) {
        if (eightbyte == EightbyteClass.INTEGER) {
            return new ArgumentLocation.IntegerRegister(integerRegister++);
        }
        return eightbyte == EightbyteClass.SSE
                ? new ArgumentLocation.VectorRegister(vectorRegister++)
                : new ArgumentLocation.Nowhere();
    }

    private ArgumentLocation onStack(CType type) {
        if (type.alignment() > SLOT) {
            // Slot 0 is at a multiple of 16, psABI 3.2.2.
            long slotsEach = type.alignment() / SLOT;
            stackSlot = (stackSlot + slotsEach - 1) / slotsEach * slotsEach;
        }
        long slots = type.size() / SLOT + (type.size() % SLOT == 0 ? 0 : 1);
        ArgumentLocation location = new ArgumentLocation.StackSlots(stackSlot, slots);
        stackSlot = Math.min(stackSlot + slots, MOST_SLOTS);
        return location;
    }

    private static int count(List<EightbyteClass> classes, EightbyteClass wanted) {
        int count = 0;
        for (EightbyteClass each : classes) {
            if (each == wanted) {
                count++;
            }
        }
        return count;
    }
}
