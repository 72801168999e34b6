package jltrace.plan;

import java.util.Arrays;

/**
 * How much is captured at a hit: functions with the same shape share one event, because the kernel wants the same names and
 * types for all points of an event; from where it is captured may differ.
 */
public final class CaptureShape {
    static final String NUMBER = "id";
    static final String STACK_POINTER = "sp";
    static final String RETURN_ADDRESS = "ra";
    static final String RESULT = "ax";

    /** Argument registers in psABI order, as the kernel names them. */
    static final String[] ARGUMENT_REGISTERS = {"%di", "%si", "%dx", "%cx", "%r8", "%r9"};

    /** The kernel's limit on the elements of one array argument. */
    private static final int LONGEST_ARRAY = 64;

    /** Registers and nothing else. */
    public static final CaptureShape REGISTERS = new CaptureShape(0, new int[0]);

    private final int stackSlots;
    private final int[] words;

    /**
     * @param stackSlots how many stack arguments of 8 bytes
     * @param words the sizes of the memory blocks, in 8-byte words
     */
    public CaptureShape(int stackSlots, int[] words) {
        this.stackSlots = stackSlots;
        this.words = words.clone();
    }

    public int stackSlots() {
        return stackSlots;
    }

    /** How many memory blocks there are. */
    public int blocks() {
        return words.length;
    }

    /** The size of a memory block in 8-byte words. */
    public int words(int block) {
        return words[block];
    }

    static String register(int index) {
        return "a" + index;
    }

    static String stackSlot(int index) {
        return "k" + index;
    }

    static String block(int block, int part) {
        return "m" + block + "_" + part;
    }

    /**
     * The fetch arguments of an entry.
     *
     * @param number the function's number
     * @param bases for each memory block, what holds its address: a register or {@code +N(%sp)}
     */
    String entryArguments(int number, String[] bases) {
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
        appendBlocks(text, bases);
        return text.toString();
    }

    /** The fetch arguments at a function's end. */
    String exitArguments(int number) {
        StringBuilder text = new StringBuilder(64);
        text.append(NUMBER).append("=\\").append(number).append(":u32 ");
        text.append(STACK_POINTER).append("=%sp:u64 ").append(RESULT).append("=%ax:u64");
        String[] bases = new String[words.length];
        Arrays.fill(bases, "%ax");
        appendBlocks(text, bases);
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

    private void appendBlocks(StringBuilder text, String[] bases) {
        for (int block = 0; block < words.length; block++) {
            int done = 0;
            for (int part = 0; done < words[block]; part++) {
                int count = Math.min(LONGEST_ARRAY, words[block] - done);
                text.append(' ').append(block(block, part)).append("=+").append(8 * done);
                text.append('(')
                        .append(bases[block])
                        .append("):x64[")
                        .append(count)
                        .append(']');
                done += count;
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CaptureShape shape
                && shape.stackSlots == stackSlots
                && Arrays.equals(shape.words, words);
    }

    @Override
    public int hashCode() {
        return 31 * stackSlots + Arrays.hashCode(words);
    }
}
