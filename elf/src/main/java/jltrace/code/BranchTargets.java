package jltrace.code;

/**
 * Every address of an object's code that some instruction of it jumps to, calls, or takes the address of, relative to its
 * own. Found by decoding all ranges from end to end, so that data among code can only add addresses.
 */
public final class BranchTargets {
    private final CodeRegion code;
    /** A bit for each byte of the code. */
    private final long[] targets;

    private BranchTargets(CodeRegion code) {
        this.code = code;
        this.targets = new long[(code.length() >> 6) + 1];
    }

    /** Decodes the ranges that lie in the code. */
    public static BranchTargets of(CodeRegion code, FunctionRanges ranges) {
        BranchTargets found = new BranchTargets(code);
        Amd64Instruction instruction = new Amd64Instruction();
        for (int range = 0; range < ranges.count(); range++) {
            long address = Math.max(ranges.start(range), code.virtualAddress());
            long end = Math.min(ranges.end(range), code.endAddress());
            while (address < end) {
                int length = code.decode(address, end, instruction);
                if (length == 0) {
                    address++;
                    continue;
                }
                if (instruction.category().hasBranchTarget()) {
                    found.add(instruction.branchTarget());
                } else if (instruction.isAddressComputation() && instruction.hasRipRelativeOperand()) {
                    found.add(instruction.ripRelativeAddress());
                }
                address += length;
            }
        }
        return found;
    }

    private void add(long address) {
        if (code.contains(address)) {
            int index = (int) (address - code.virtualAddress());
            targets[index >> 6] |= 1L << index;
        }
    }

    public boolean contains(long virtualAddress) {
        if (!code.contains(virtualAddress)) {
            return false;
        }
        int index = (int) (virtualAddress - code.virtualAddress());
        return (targets[index >> 6] & 1L << index) != 0;
    }
}
