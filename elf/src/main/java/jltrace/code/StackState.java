package jltrace.code;

import static jltrace.code.Amd64Instruction.MAP_ONE_BYTE;
import static jltrace.code.Amd64Instruction.NO_REGISTER;
import static jltrace.code.Amd64Instruction.PREFIX_OPERAND_SIZE;
import static jltrace.code.Amd64Instruction.RBP;
import static jltrace.code.Amd64Instruction.RSP;

/**
 * What is known of the stack pointer at an instruction: how many bytes lie on the stack that were not there when the
 * function was entered, and the same for the place that rbp points to. Packed into a {@code long}, so that a scan
 * allocates nothing for it.
 */
final class StackState {
    /** Nothing is known. */
    static final int UNKNOWN = Integer.MIN_VALUE;
    /** Zero or more bytes. */
    static final int NOT_NEGATIVE = UNKNOWN + 1;
    /** At least one byte. */
    static final int POSITIVE = UNKNOWN + 2;

    private static final int LARGEST = 1 << 28;

    /** Where a function is entered. */
    static final long AT_ENTRY = of(0, UNKNOWN);

    static final long NOTHING_KNOWN = of(UNKNOWN, UNKNOWN);

    private StackState() {}

    static long of(int depth, int frameDepth) {
        return (long) depth << 32 | (frameDepth & 0xffff_ffffL);
    }

    /** In bytes, or one of the constants. */
    static int depth(long state) {
        return (int) (state >> 32);
    }

    private static int frameDepth(long state) {
        return (int) state;
    }

    static boolean isExact(int depth) {
        return depth > POSITIVE;
    }

    /** Whether it is proven that something is still on the stack. */
    static boolean isPositive(int depth) {
        return depth == POSITIVE || (isExact(depth) && depth > 0);
    }

    /** What holds whichever of two ways control came. */
    static long meet(long one, long other) {
        if (one == other) {
            return one;
        }
        int frame = frameDepth(one) == frameDepth(other) ? frameDepth(one) : UNKNOWN;
        return of(meet(depth(one), depth(other)), frame);
    }

    private static int meet(int one, int other) {
        if (one == other) {
            return one;
        }
        if (isPositive(one) && isPositive(other)) {
            return POSITIVE;
        }
        return isNotNegative(one) && isNotNegative(other) ? NOT_NEGATIVE : UNKNOWN;
    }

    private static boolean isNotNegative(int depth) {
        return isExact(depth) ? depth >= 0 : depth != UNKNOWN;
    }

    /** What holds behind the instruction. A call is taken to leave both registers as they were. */
    static long after(Amd64Instruction instruction, long state) {
        switch (instruction.category()) {
            case CALL, INDIRECT_CALL, SYSTEM_CALL, NOP, ENDBR64, JUMP, CONDITIONAL_JUMP -> {
                return state;
            }
            default -> {}
        }
        int written = instruction.writtenRegisters();
        boolean stack = (written & 1 << RSP) != 0;
        boolean frame = (written & 1 << RBP) != 0;
        if (!stack && !frame) {
            return state;
        }
        int depth = depth(state);
        int frameDepth = frameDepth(state);
        int newDepth = stack ? depthAfter(instruction, depth, frameDepth) : depth;
        int newFrameDepth = frame ? frameDepthAfter(instruction, depth, frameDepth) : frameDepth;
        return of(newDepth, newFrameDepth);
    }

    private static int depthAfter(Amd64Instruction instruction, int depth, int frameDepth) {
        if (instruction.isVectorExtended()) {
            return UNKNOWN;
        }
        boolean word = (instruction.prefixes & PREFIX_OPERAND_SIZE) != 0;
        switch (OpcodeTable.effect(instruction.tableEntry)) {
            case OpcodeTable.EFFECT_PUSH -> {
                return word ? UNKNOWN : grow(depth, 8);
            }
            case OpcodeTable.EFFECT_POP, OpcodeTable.EFFECT_POP_OPCODE_REGISTER, OpcodeTable.EFFECT_POP_RM -> {
                boolean popsStackPointer =
                        instruction.isLegacy(MAP_ONE_BYTE, 0x5c) && instruction.opcodeRegister() == RSP;
                return word || popsStackPointer ? UNKNOWN : grow(depth, -8);
            }
            default -> {}
        }
        if (instruction.map != MAP_ONE_BYTE) {
            return UNKNOWN;
        }
        boolean wide = instruction.hasWideOperand();
        return switch (instruction.opcode) {
            case 0x81, 0x83 -> wide ? afterArithmetic(instruction, depth) : UNKNOWN;
            // sub of a register makes room of a size that is not known
            case 0x29, 0x2b -> wide ? atLeast(depth) : UNKNOWN;
            case 0x89 -> wide && instruction.regRegister() == RBP ? frameDepth : UNKNOWN;
            case 0x8b ->
                wide && !instruction.hasMemoryOperand() && instruction.rmRegister() == RBP ? frameDepth : UNKNOWN;
            case 0x8d -> wide ? addressDepth(instruction, depth, frameDepth) : UNKNOWN;
            case 0xc9 -> grow(frameDepth, -8);
            case 0xff -> instruction.reg() == 6 && !word ? grow(depth, 8) : UNKNOWN;
            default -> UNKNOWN;
        };
    }

    private static int frameDepthAfter(Amd64Instruction instruction, int depth, int frameDepth) {
        if (instruction.isVectorExtended() || instruction.map != MAP_ONE_BYTE || !instruction.hasWideOperand()) {
            return UNKNOWN;
        }
        return switch (instruction.opcode) {
            case 0x89 -> instruction.regRegister() == RSP ? depth : UNKNOWN;
            case 0x8b -> instruction.rmRegister() == RSP && !instruction.hasMemoryOperand() ? depth : UNKNOWN;
            case 0x8d -> addressDepth(instruction, depth, frameDepth);
            default -> UNKNOWN;
        };
    }

    /** For {@code add}, {@code sub} and {@code and} of a constant. */
    private static int afterArithmetic(Amd64Instruction instruction, int depth) {
        int constant = (int) instruction.immediate;
        return switch (instruction.reg()) {
            case 0 -> grow(depth, -(long) constant);
            case 4 -> constant < 0 ? atLeast(depth) : UNKNOWN;
            case 5 -> grow(depth, constant);
            default -> UNKNOWN;
        };
    }

    /** The depth of the place that {@code lea} computes. */
    private static int addressDepth(Amd64Instruction instruction, int depth, int frameDepth) {
        if (instruction.index != NO_REGISTER) {
            return UNKNOWN;
        }
        return switch (instruction.base) {
            case RSP -> grow(depth, -(long) instruction.displacement);
            case RBP -> grow(frameDepth, -(long) instruction.displacement);
            default -> UNKNOWN;
        };
    }

    private static int grow(int depth, long bytes) {
        if (isExact(depth)) {
            long grown = depth + bytes;
            return Math.abs(grown) <= LARGEST ? (int) grown : UNKNOWN;
        }
        if (bytes == 0) {
            return depth;
        }
        return bytes > 0 && depth != UNKNOWN ? POSITIVE : UNKNOWN;
    }

    /** The stack has grown by nothing or something. */
    private static int atLeast(int depth) {
        if (isPositive(depth)) {
            return POSITIVE;
        }
        return isNotNegative(depth) ? NOT_NEGATIVE : UNKNOWN;
    }
}
