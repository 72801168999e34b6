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

/**
 * Where each argument of a function is captured: in which register or stack slot, and which memory block, if any, holds what
 * it points to.
 */
public final class ArgumentPlan {
    /** There is no memory block for the argument. */
    public static final int NO_BLOCK = -1;

    private static final int REGISTERS = 6;
    /** Stack arguments captured at most for a function whose number of arguments is not known. */
    private static final int VARIABLE_STACK_SLOTS = 6;
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
     * @param wantedWords how many 8-byte words are read of each string, if all fit in a record
     */
    public ArgumentPlan(FunctionSignature signature, int wantedWords) {
        int stringWords = Math.min(wantedWords, MOST_WORDS / mostBlocks(signature));
        this.signature = signature;
        this.locations = CallingConvention.arguments(signature);
        int parameters = signature.parameters().size();
        this.blocks = new int[parameters];
        Arrays.fill(blocks, NO_BLOCK);
        List<String> blockBases = new ArrayList<>();
        List<Integer> words = new ArrayList<>();
        int budget = MOST_WORDS;
        int stackSlots = 0;
        boolean format = false;
        for (int i = 0; i < parameters; i++) {
            Parameter parameter = signature.parameters().get(i);
            ArgumentLocation location = locations.get(i);
            if (location instanceof ArgumentLocation.StackSlots stack) {
                stackSlots = (int) Math.max(stackSlots, stack.slot() + stack.slots());
            }
            boolean isFormat = parameter.type() instanceof FormatType;
            format |= isFormat;
            String base = baseOf(location);
            int wanted = isFormat ? Math.max(FORMAT_WORDS, stringWords) : stringWords;
            if (base != null && wanted <= budget && pointsToText(parameter)) {
                blocks[i] = words.size();
                words.add(wanted);
                blockBases.add(base);
                budget -= wanted;
            }
        }
        this.variableFirstSlot = nextSlot();
        this.variableBlocks = new int[REGISTERS + VARIABLE_STACK_SLOTS];
        Arrays.fill(variableBlocks, NO_BLOCK);
        if (format && signature.variadic()) {
            stackSlots = Math.max(stackSlots, VARIABLE_STACK_SLOTS);
            // Which of the arguments are strings only the format tells, so all of them are followed.
            for (int slot = variableFirstSlot;
                    slot < REGISTERS + VARIABLE_STACK_SLOTS && stringWords <= budget;
                    slot++) {
                variableBlocks[slot] = words.size();
                words.add(stringWords);
                blockBases.add(
                        slot < REGISTERS
                                ? CaptureShape.ARGUMENT_REGISTERS[slot]
                                : "+" + 8 * (slot - REGISTERS + 1) + "(%sp)");
                budget -= stringWords;
            }
        }
        this.bases = blockBases.toArray(new String[0]);
        this.shape = new CaptureShape(
                stackSlots, words.stream().mapToInt(Integer::intValue).toArray());
        this.resultShape = isText(signature.result())
                ? new CaptureShape(0, new int[] {Math.min(wantedWords, MOST_WORDS)})
                : CaptureShape.REGISTERS;
    }

    /** How many strings there may be at entry, at least 1 and at most as many as leave a word for each. */
    private static int mostBlocks(FunctionSignature signature) {
        int texts = 0;
        boolean format = false;
        for (Parameter parameter : signature.parameters()) {
            if (pointsToText(parameter)) {
                texts++;
                format |= parameter.type() instanceof FormatType;
            }
        }
        int variable = format && signature.variadic() ? REGISTERS + VARIABLE_STACK_SLOTS : 0;
        return Math.max(1, Math.min(texts + variable, MOST_WORDS));
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
        return !parameter.out()
                && (isText(parameter.type())
                        || (parameter.type() instanceof FormatType format && format.characterWidth() == 1));
    }

    private static boolean isText(CType type) {
        return type instanceof StringType text && text.characterWidth() == 1 && !text.inPlace();
    }

    private static @org.jspecify.annotations.Nullable String baseOf(ArgumentLocation location) {
        if (location instanceof ArgumentLocation.IntegerRegister register) {
            return CaptureShape.ARGUMENT_REGISTERS[register.index()];
        }
        if (location instanceof ArgumentLocation.StackSlots stack && stack.slots() == 1) {
            return "+" + 8 * (stack.slot() + 1) + "(%sp)";
        }
        return null;
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
