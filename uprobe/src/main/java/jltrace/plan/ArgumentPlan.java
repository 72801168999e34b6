package jltrace.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jltrace.type.ArgumentLocation;
import jltrace.type.CType;
import jltrace.type.CallingConvention;
import jltrace.type.FormatType;
import jltrace.type.FunctionSignature;
import jltrace.type.Parameter;
import jltrace.type.StringType;
import org.jspecify.annotations.Nullable;

/**
 * Where each argument of a function is captured: in which register or stack slot, and which memory block, if any, holds what
 * it points to.
 */
public final class ArgumentPlan {
    /** There is no memory block for the argument. */
    public static final int NO_BLOCK = -1;

    private static final int REGISTERS = 6;
    /** Stack arguments captured of a function that has some. */
    private static final int STACK_SLOTS = 6;
    /** A format string is read in full up to this many words: without its end its arguments can't be told. */
    private static final int FORMAT_WORDS = 16;
    /** Memory blocks take at most this many words in all, so that a record stays small. */
    private static final int MOST_WORDS = 440;

    private final FunctionSignature signature;
    private final List<ArgumentLocation> locations;
    private final int[] blocks;
    private final String[] bases;
    private final CaptureShape shape;
    private final CaptureShape resultShape;
    private final int variableFirstSlot;
    private final int[] variableBlocks;

    /**
     * Plans the capture for a signature.
     *
     * @param stringWords how many 8-byte words are read of each string
     */
    public ArgumentPlan(FunctionSignature signature, int stringWords) {
        this.signature = signature;
        this.locations = CallingConvention.arguments(signature);
        int parameters = signature.parameters().size();
        this.blocks = new int[parameters];
        Arrays.fill(blocks, NO_BLOCK);
        this.variableFirstSlot = nextSlot();
        this.variableBlocks = new int[REGISTERS + STACK_SLOTS];
        Arrays.fill(variableBlocks, NO_BLOCK);
        int format = formatParameter();
        boolean variable = format >= 0 && signature.variadic();
        boolean onStack = variable;
        List<Integer> texts = new ArrayList<>();
        for (int i = 0; i < parameters; i++) {
            onStack |= locations.get(i) instanceof ArgumentLocation.StackSlots;
            if (i != format && pointsToText(signature.parameters().get(i)) && baseOf(locations.get(i)) != null) {
                texts.add(i);
            }
        }
        int variableTexts = variable ? Math.max(0, REGISTERS + STACK_SLOTS - variableFirstSlot) : 0;
        Blocks planned = new Blocks(texts.size() + variableTexts + (format >= 0 ? 1 : 0), stringWords);
        if (format >= 0) {
            // First, because it is larger: functions with formats shall have one shape, wherever the format stands.
            blocks[format] = planned.add(Math.max(FORMAT_WORDS, planned.size), baseOf(locations.get(format)));
        }
        for (int text : texts) {
            blocks[text] = planned.add(planned.size, baseOf(locations.get(text)));
        }
        for (int slot = variableFirstSlot; slot < variableFirstSlot + variableTexts; slot++) {
            // Which of the variable arguments are strings only the format tells, so all of them are followed.
            variableBlocks[slot] = planned.add(planned.size, baseOf(slot));
        }
        planned.pad();
        this.bases = planned.bases.toArray(new String[0]);
        this.shape = new CaptureShape(
                onStack ? STACK_SLOTS : 0,
                planned.words.stream().mapToInt(Integer::intValue).toArray());
        this.resultShape = isText(signature.result())
                ? new CaptureShape(0, new int[] {Math.min(stringWords, MOST_WORDS)})
                : CaptureShape.REGISTERS;
    }

    /**
     * Memory blocks in the making. Their number is rounded up, so that few shapes, and with them few events, do for all functions:
     * what an event costs when tracing ends does not depend on its points.
     */
    private static final class Blocks {
        private static final int[] COUNTS = {0, 1, 2, 4, 6, 12, 24};

        private final List<String> bases = new ArrayList<>();
        private final List<Integer> words = new ArrayList<>();
        private final int count;
        /** Of each block, in words: what is wanted, or less where that would make the record too large. */
        private final int size;

        Blocks(int needed, int wantedWords) {
            int rounded = needed;
            for (int i = COUNTS.length - 1; i >= 0 && COUNTS[i] >= needed; i--) {
                rounded = COUNTS[i];
            }
            this.count = rounded;
            this.size = Math.max(1, Math.min(wantedWords, (MOST_WORDS - FORMAT_WORDS) / Math.max(1, rounded)));
        }

        /** Adds a block and gives its index, or {@link #NO_BLOCK} if it has no address. */
        int add(int blockWords, @Nullable String base) {
            if (base == null) {
                return NO_BLOCK;
            }
            words.add(blockWords);
            bases.add(base);
            return words.size() - 1;
        }

        /** Fills up with the top of the stack, which is always there to be read. */
        void pad() {
            while (words.size() < count) {
                add(size, "%sp");
            }
        }
    }

    /** The index of the parameter that is a format of one byte a character, or -1. */
    private int formatParameter() {
        for (int i = 0; i < signature.parameters().size(); i++) {
            if (signature.parameters().get(i).type() instanceof FormatType format && format.characterWidth() == 1) {
                return i;
            }
        }
        return -1;
    }

    /** The slot of the first variable argument: 0 to 5 registers, from 6 on the stack. */
    private int nextSlot() {
        int next = 0;
        for (ArgumentLocation location : locations) {
            if (location instanceof ArgumentLocation.IntegerRegister register) {
                next = Math.max(next, register.index() + 1);
            } else if (location instanceof ArgumentLocation.StackSlots stack) {
                next = Math.max(next, REGISTERS + (int) (stack.slot() + stack.slots()));
            }
        }
        return next;
    }

    private static boolean pointsToText(Parameter parameter) {
        return !parameter.out() && isText(parameter.type());
    }

    private static boolean isText(CType type) {
        return type instanceof StringType text && text.characterWidth() == 1 && !text.inPlace();
    }

    private static @Nullable String baseOf(ArgumentLocation location) {
        if (location instanceof ArgumentLocation.IntegerRegister register) {
            return baseOf(register.index());
        }
        boolean captured = location instanceof ArgumentLocation.StackSlots stack
                && stack.slots() == 1
                && stack.slot() < STACK_SLOTS;
        return captured ? baseOf((int) (REGISTERS + ((ArgumentLocation.StackSlots) location).slot())) : null;
    }

    /** What the kernel reads an argument from: a register, or memory at the stack pointer. */
    private static String baseOf(int slot) {
        return slot < REGISTERS ? CaptureShape.ARGUMENT_REGISTERS[slot] : "+" + 8 * (slot - REGISTERS + 1) + "(%sp)";
    }

    public FunctionSignature signature() {
        return signature;
    }

    /** Where a parameter's value is. */
    public ArgumentLocation location(int parameter) {
        return locations.get(parameter);
    }

    /** The memory block of a parameter, or {@link #NO_BLOCK}. */
    public int block(int parameter) {
        return blocks[parameter];
    }

    /** The slot of the first variable argument: 0 to 5 registers, from 6 on the stack. */
    public int variableFirstSlot() {
        return variableFirstSlot;
    }

    /** The memory block behind a variable argument's slot, or {@link #NO_BLOCK}. */
    public int variableBlock(int slot) {
        return slot < variableBlocks.length ? variableBlocks[slot] : NO_BLOCK;
    }

    /** What is captured at entry. */
    public CaptureShape shape() {
        return shape;
    }

    /** What is captured at the end. */
    public CaptureShape resultShape() {
        return resultShape;
    }

    /** The fetch arguments of an entry point. */
    public String entryArguments(int number) {
        return shape.entryArguments(number, bases);
    }

    /** The fetch arguments of a return or exit point. */
    public String exitArguments(int number) {
        return resultShape.exitArguments(number);
    }
}
