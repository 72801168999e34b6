package jltrace.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * How much is captured at a hit. Functions with the same shape share an event, because the kernel wants the same names and types for
 * all points of one; from where it is captured may differ. There are few shapes: ending an event takes the kernel two grace periods of
 * RCU Tasks Trace, some 50 ms, however many points it has. So a function captures a little more than it needs.
 *
 * @param stackSlots how many stack arguments of 8 bytes
 * @param units how many units of memory
 * @param unitWords the size of a unit, in 8-byte words
 */
public record CaptureShape(int stackSlots, int units, int unitWords) {
    static final String NUMBER = "id";
    static final String STACK_POINTER = "sp";
    /** What is on top of the stack, at an entry the return address, and stack arguments behind it. */
    static final String STACK = "ra";

    static final String FIRST_REGISTER = register(0);
    static final String FIRST_MEMORY = unit(0);

    /** Registers with a result, as the kernel names them. */
    private static final List<String> RESULT_REGISTERS = List.of("%ax", "%dx");

    /** Argument registers in psABI order, as the kernel names them. */
    static final String[] ARGUMENT_REGISTERS = {"%di", "%si", "%dx", "%cx", "%r8", "%r9"};

    /** Stack arguments captured of a function that has some. */
    static final int STACK_SLOTS = 6;

    /** What a unit that nobody needs is read from: the top of the stack, which can always be read. */
    private static final MemoryPlan.Unit PADDING = new MemoryPlan.Unit("%sp", 0);

    /** Units of most functions that are given strings. */
    private static final int FEW = 2;

    private static final int SOME = 8;

    /** Units at the end of most functions that return a pointer: a string. */
    private static final int FEW_AT_END = 1;

    private static final int MANY_AT_END = 12;

    /** No memory. */
    public static final CaptureShape REGISTERS = new CaptureShape(0, 0, 0);

    /** The smallest shape of a hit at an instruction that has so many units. */
    static CaptureShape atInstruction(int units, boolean onStack, CaptureLimits limits) {
        if (units <= FEW && !onStack) {
            return units == 0 ? REGISTERS : new CaptureShape(0, FEW, limits.unitWords());
        }
        return new CaptureShape(STACK_SLOTS, units <= SOME ? SOME : limits.mostUnits(), limits.unitWords());
    }

    /** The smallest shape of a return that has so many units. */
    static CaptureShape atReturn(int units, CaptureLimits limits) {
        return units == 0
                ? REGISTERS
                : new CaptureShape(0, units <= FEW_AT_END ? FEW_AT_END : mostUnitsAtEnd(limits), limits.unitWords());
    }

    static int mostUnitsAtEnd(CaptureLimits limits) {
        return Math.min(MANY_AT_END, limits.mostUnits());
    }

    // A record's own methods are put together from method handles when they are first called, which takes milliseconds.

    @Override
    public boolean equals(Object other) {
        return other instanceof CaptureShape shape
                && shape.stackSlots == stackSlots
                && shape.units == units
                && shape.unitWords == unitWords;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * stackSlots + units) + unitWords;
    }

    /** Whether a hit costs little more than one that captures registers alone. */
    boolean isSmall() {
        return stackSlots == 0 && units <= FEW;
    }

    /**
     * What is captured by a point of this shape, as a point of a wider one captures it.
     *
     * @param fetchArguments of this shape
     * @param wider a shape with as many stack arguments, and no fewer units
     */
    String widened(String fetchArguments, CaptureShape wider) {
        if (wider.stackSlots != stackSlots || wider.units < units || (units > 0 && wider.unitWords != unitWords)) {
            throw new IllegalArgumentException(wider + " does not hold what " + this + " holds");
        }
        StringBuilder text = new StringBuilder(fetchArguments);
        for (int i = units; i < wider.units; i++) {
            wider.appendUnit(text, i, PADDING);
        }
        return text.toString();
    }

    private static String register(int index) {
        return "a" + index;
    }

    private static String unit(int unit) {
        return "m" + unit;
    }

    /**
     * The fetch arguments at an entry, behind the number.
     *
     * @param used where units are read from, no more than there are
     */
    String entry(List<MemoryPlan.Unit> used) {
        return instruction(List.of(ARGUMENT_REGISTERS), used);
    }

    /** The fetch arguments at a return instruction, behind the number. */
    String exit(List<MemoryPlan.Unit> used) {
        return instruction(RESULT_REGISTERS, used);
    }

    /**
     * The fetch arguments where it is told that an instruction was reached, behind the number.
     *
     * @param register what matters there
     */
    String passage(String register) {
        return instruction(List.of(register), List.of());
    }

    /** The fetch arguments at a return, behind the number. */
    String returned(List<MemoryPlan.Unit> used) {
        return captured(RESULT_REGISTERS, "", used);
    }

    private String instruction(List<String> registers, List<MemoryPlan.Unit> used) {
        List<String> all = new ArrayList<>(registers);
        while (all.size() < ARGUMENT_REGISTERS.length) {
            all.add("%sp");
        }
        return captured(all, " " + STACK + "=+0(%sp):x64[" + (1 + stackSlots) + "]", used);
    }

    private String captured(List<String> registers, String stack, List<MemoryPlan.Unit> used) {
        StringBuilder text = new StringBuilder(120 + 24 * units);
        text.append(STACK_POINTER).append("=%sp:u64");
        for (int i = 0; i < registers.size(); i++) {
            text.append(' ')
                    .append(register(i))
                    .append('=')
                    .append(registers.get(i))
                    .append(":u64");
        }
        text.append(stack);
        for (int i = 0; i < units; i++) {
            appendUnit(text, i, i < used.size() ? used.get(i) : PADDING);
        }
        return text.toString();
    }

    private void appendUnit(StringBuilder text, int index, MemoryPlan.Unit unit) {
        text.append(' ').append(unit(index)).append("=+").append(unit.byteOffset());
        text.append('(')
                .append(unit.pointer())
                .append("):x64[")
                .append(unitWords)
                .append(']');
    }

    /** All fetch arguments of a point: a number that tells it from others, and what is captured. */
    static String numbered(int number, String captured) {
        return NUMBER + "=\\" + number + ":u32 " + captured;
    }
}
