package jltrace.plan;

import java.util.List;

/**
 * How much is captured at a hit: functions with the same shape share one event, because the kernel wants the same names and
 * types for all points of an event; from where it is captured may differ.
 *
 * <p>Memory is captured in units of two sizes: one that holds a string as far as it is shown, and a small one. Whatever is larger
 * takes several small ones that follow each other. The units for strings come first.
 *
 * @param stackSlots how many stack arguments of 8 bytes
 * @param textUnits how many units for strings
 * @param textWords the size of each, in 8-byte words
 * @param smallUnits how many small units, of {@link #SMALL_WORDS} each
 */
public record CaptureShape(int stackSlots, int textUnits, int textWords, int smallUnits) {
    /** The size of a small unit in 8-byte words. */
    static final int SMALL_WORDS = 4;

    static final String NUMBER = "id";
    static final String STACK_POINTER = "sp";
    static final String RETURN_ADDRESS = "ra";
    static final String RESULT = "ax";
    static final String FIRST_MEMORY = unit(0, 0);

    /** Argument registers in psABI order, as the kernel names them. */
    static final String[] ARGUMENT_REGISTERS = {"%di", "%si", "%dx", "%cx", "%r8", "%r9"};

    /** The kernel's limit on the elements of one array argument. */
    private static final int LONGEST_ARRAY = 64;

    /** Registers and nothing else. */
    public static final CaptureShape REGISTERS = new CaptureShape(0, 0, 0, 0);

    /** How many 8-byte words of memory are captured. */
    public int memoryWords() {
        return textUnits * textWords + smallUnits * SMALL_WORDS;
    }

    static String register(int index) {
        return "a" + index;
    }

    static String stackSlot(int index) {
        return "k" + index;
    }

    private static String unit(int unit, int part) {
        return "m" + unit + "_" + part;
    }

    /**
     * The fetch arguments of an entry.
     *
     * @param number the function's number
     * @param units for each unit, where it is read from
     */
    String entryArguments(int number, List<MemoryPlan.Unit> units) {
        StringBuilder text = new StringBuilder(160);
        text.append(NUMBER).append("=\\").append(number).append(":u32 ");
        text.append(STACK_POINTER).append("=%sp:u64 ").append(RETURN_ADDRESS).append("=+0(%sp):u64");
        for (int i = 0; i < ARGUMENT_REGISTERS.length; i++) {
            text.append(' ')
                    .append(register(i))
                    .append('=')
                    .append(ARGUMENT_REGISTERS[i])
                    .append(":u64");
        }
        for (int i = 0; i < stackSlots; i++) {
            text.append(' ')
                    .append(stackSlot(i))
                    .append("=+")
                    .append(8 * (i + 1))
                    .append("(%sp):u64");
        }
        appendUnits(text, units);
        return text.toString();
    }

    /** The fetch arguments at a function's end. */
    String exitArguments(int number, List<MemoryPlan.Unit> units) {
        StringBuilder text = new StringBuilder(64);
        text.append(NUMBER).append("=\\").append(number).append(":u32 ");
        text.append(STACK_POINTER).append("=%sp:u64 ").append(RESULT).append("=%ax:u64 dx=%dx:u64");
        appendUnits(text, units);
        return text.toString();
    }

    /** The fetch arguments of a site that only tells that it was passed. */
    static String passageArguments(int number) {
        return NUMBER + "=\\" + number + ":u32 " + STACK_POINTER + "=%sp:u64";
    }

    /** The fetch arguments where an exit status is handed to the kernel. */
    static String statusArguments() {
        return register(0) + "=%di:u32";
    }

    private void appendUnits(StringBuilder text, List<MemoryPlan.Unit> units) {
        for (int i = 0; i < units.size(); i++) {
            int words = i < textUnits ? textWords : SMALL_WORDS;
            int done = 0;
            for (int part = 0; done < words; part++) {
                int count = Math.min(LONGEST_ARRAY, words - done);
                text.append(' ')
                        .append(unit(i, part))
                        .append("=+")
                        .append(units.get(i).byteOffset() + 8 * done)
                        .append('(')
                        .append(units.get(i).pointer())
                        .append("):x64[")
                        .append(count)
                        .append(']');
                done += count;
            }
        }
    }
}
