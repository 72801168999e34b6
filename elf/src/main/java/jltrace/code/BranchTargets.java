package jltrace.code;

/**
 * Where the code of an object may jump to, call, or take the address of, relative to its own.
 *
 * <p>Read off the bytes without decoding them: whatever looks like the opcode of a relative branch or of a rip-relative
 * address counts as one, wherever it stands. So no instruction is missed, whatever data is among the code; some addresses are
 * in it that nothing leads to. It takes a tenth of the time of decoding.
 */
public final class BranchTargets {
    private static final int SHORT_BRANCH_LENGTH = 2;

    private final CodeRegion code;
    /** A bit for each byte of the code: what branches of four bytes and addresses lead to. */
    private final long[] targets;

    private BranchTargets(CodeRegion code) {
        this.code = code;
        this.targets = new long[(code.length() >> 6) + 1];
    }

    /** Reads all of the code. */
    public static BranchTargets of(CodeRegion code) {
        BranchTargets found = new BranchTargets(code);
        for (int index = 1; index <= code.length() - Integer.BYTES; index++) {
            int target = index + Integer.BYTES + code.intAt(index);
            if (target >= 0 && target < code.length() && mayHaveDisplacement(code, index)) {
                found.targets[target >> 6] |= 1L << target;
            }
        }
        return found;
    }

    /** Whether what stands before four bytes makes them a displacement from the address behind them. */
    private static boolean mayHaveDisplacement(CodeRegion code, int index) {
        int before = code.byteAt(index - 1);
        boolean callOrJump = before == 0xe8 || before == 0xe9;
        boolean address = (before & 0xc7) == 0x05;
        boolean conditionalJump = (before & 0xf0) == 0x80 && index > 1 && code.byteAt(index - 2) == 0x0f;
        boolean transaction = before == 0xf8 && index > 1 && code.byteAt(index - 2) == 0xc7;
        return callOrJump || address || conditionalJump || transaction;
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
