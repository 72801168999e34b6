package jltrace.code;

import java.util.List;
import java.util.Optional;

/**
 * Where the code of an object may jump to, call, or take the address of, relative to its own.
 *
 * <p>Read off the bytes without decoding them: whatever looks like the opcode of a relative branch or of a rip-relative
 * address counts as one, wherever it stands. So no instruction is missed, whatever data is among the code; some addresses are
 * in it that nothing leads to. It takes a tenth of the time of decoding.
 */
public final class BranchTargets {
    private static final int SHORT_BRANCH_LENGTH = 2;

    private static final byte NOTHING = 0;
    /** A call, a jump, or the byte that says that an operand is relative to %rip. */
    private static final byte OPCODE = 1;
    /** The second byte of a conditional jump. */
    private static final byte BEHIND_0F = 2;
    /** The second byte of {@code xbegin}. */
    private static final byte BEHIND_C7 = 3;

    private static final byte[] MEANINGS = meanings();

    private final CodeRegion code;
    /** A bit for each byte of the code: what branches of four bytes and addresses lead to. */
    private final long[] targets;

    private BranchTargets(CodeRegion code, long[] targets) {
        this.code = code;
        this.targets = targets;
    }

    private static int size(CodeRegion code) {
        return (code.length() >> 6) + 1;
    }

    /** Reads all of the code. */
    public static BranchTargets of(CodeRegion code) {
        BranchTargets found = new BranchTargets(code, new long[size(code)]);
        for (int index = 0; index < code.length() - Integer.BYTES; index++) {
            // Most bytes are none of these. This is done while the JVM still interprets.
            byte meaning = MEANINGS[code.byteAt(index)];
            if (meaning != NOTHING && (meaning == OPCODE || isSecond(code, index, meaning))) {
                int displacement = index + 1;
                int target = displacement + Integer.BYTES + code.intAt(displacement);
                if (target >= 0 && target < code.length()) {
                    found.targets[target >> 6] |= 1L << target;
                }
            }
        }
        return found;
    }

    /** All of it as numbers. */
    public List<long[]> numbers() {
        return List.of(targets);
    }

    /** What {@link #numbers} returned for the code; empty if it can't have. */
    public static Optional<BranchTargets> ofNumbers(CodeRegion code, List<long[]> numbers) {
        return numbers.size() == 1 && numbers.get(0).length == size(code)
                ? Optional.of(new BranchTargets(code, numbers.get(0)))
                : Optional.empty();
    }

    private static boolean isSecond(CodeRegion code, int index, byte meaning) {
        return index > 0 && code.byteAt(index - 1) == (meaning == BEHIND_0F ? 0x0f : 0xc7);
    }

    /** What each byte can be that stands before a displacement of four bytes from the address behind it. */
    private static byte[] meanings() {
        byte[] meanings = new byte[256];
        for (int value = 0; value < meanings.length; value++) {
            boolean callOrJump = value == 0xe8 || value == 0xe9;
            boolean address = (value & 0xc7) == 0x05;
            if (callOrJump || address) {
                meanings[value] = OPCODE;
            } else if ((value & 0xf0) == 0x80) {
                meanings[value] = BEHIND_0F;
            } else if (value == 0xf8) {
                meanings[value] = BEHIND_C7;
            }
        }
        return meanings;
    }

    /**
     * Whether code that is not the given function's may lead to an address, or, by a branch of four bytes, the function's own.
     *
     * @param function of which the short branches are known
     */
    public boolean contains(long virtualAddress, FunctionScan function) {
        if (!code.contains(virtualAddress)) {
            return false;
        }
        int target = (int) (virtualAddress - code.virtualAddress());
        return (targets[target >> 6] & 1L << target) != 0 || hasShortBranch(target, function);
    }

    private boolean hasShortBranch(int target, FunctionScan function) {
        int from = Math.max(0, target - SHORT_BRANCH_LENGTH - Byte.MAX_VALUE);
        int to = Math.min(code.length() - SHORT_BRANCH_LENGTH, target - SHORT_BRANCH_LENGTH - Byte.MIN_VALUE);
        for (int index = from; index <= to; index++) {
            if (index + SHORT_BRANCH_LENGTH + (byte) code.byteAt(index + 1) == target
                    && isShortBranch(code.byteAt(index))
                    && !function.contains(code.virtualAddress() + index)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isShortBranch(int opcode) {
        return opcode == 0xeb || (opcode & 0xf0) == 0x70 || (opcode & 0xfc) == 0xe0;
    }
}
