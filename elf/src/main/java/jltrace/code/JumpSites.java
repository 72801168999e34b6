package jltrace.code;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Finds every jump of an object's code to one of a few addresses, or through one of a few slots: where a program leaves
 * one of its own functions by a tail call of an imported one; or every call of one of a few addresses.
 *
 * <p>The code is searched for the bytes of such instructions first; what looks like one is then confirmed by decoding from the
 * start of the range that it lies in, so that no site is in the middle of an instruction.
 */
public final class JumpSites {
    private final CodeRegion code;
    private final FunctionRanges ranges;
    private final UprobeRules rules;
    private final long[] targets;
    private final long[] slots;
    private final List<FunctionExit> sites = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();
    private final boolean callsAreWanted;
    private final Amd64Instruction instruction = new Amd64Instruction();
    /** Where decoding stands; behind it nothing is known. */
    private long cursor;

    /**
     * A call of one of the addresses.
     *
     * @param behind the instruction behind it: where the call returns to
     */
    public record Call(long target, ProbeSite behind) {}

    private JumpSites(
            CodeRegion code,
            FunctionRanges ranges,
            long[] targets,
            long[] slots,
            UprobeRules rules,
            boolean callsAreWanted) {
        this.callsAreWanted = callsAreWanted;
        this.code = code;
        this.ranges = ranges;
        this.rules = rules;
        this.targets = sorted(targets);
        this.slots = sorted(slots);
        this.cursor = code.virtualAddress();
    }

    /**
     * Searches the code.
     *
     * @param code to search, without the linkage stubs themselves
     * @param ranges the pieces of the code; between them decoding starts where the one before ends
     * @param targets addresses, such as those of linkage stubs
     * @param slots addresses of function pointers, such as those of the global offset table
     * @param rules of the kernel that will probe the sites
     * @return {@link FunctionExit.TailJump}s and {@link FunctionExit.SlotTailJump}s, in ascending order of address
     */
    public static List<FunctionExit> find(
            CodeRegion code, FunctionRanges ranges, long[] targets, long[] slots, UprobeRules rules) {
        JumpSites search = new JumpSites(code, ranges, targets, slots, rules, false);
        search.search();
        return List.copyOf(search.sites);
    }

    /**
     * Searches the code for calls instead. Those in no range are left out.
     *
     * @param targets addresses, such as those of linkage stubs
     * @return in ascending order of address
     */
    public static List<Call> calls(CodeRegion code, FunctionRanges ranges, long[] targets, UprobeRules rules) {
        JumpSites search = new JumpSites(code, ranges, targets, new long[0], rules, true);
        search.searchCalls();
        return List.copyOf(search.calls);
    }

    private static long[] sorted(long[] addresses) {
        long[] sorted = addresses.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    private void search() {
        int end = code.length();
        for (int index = 0; index < end; index++) {
            switch (code.byteAt(index)) {
                case 0xe9 -> tryRelative(index, 1, 4);
                case 0xeb -> tryRelative(index, 1, 1);
                case 0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77 -> tryRelative(index, 1, 1);
                case 0x78, 0x79, 0x7a, 0x7b, 0x7c, 0x7d, 0x7e, 0x7f -> tryRelative(index, 1, 1);
                case 0x0f -> {
                    if (index + 1 < end && (code.byteAt(index + 1) & 0xf0) == 0x80) {
                        tryRelative(index, 2, 4);
                    }
                }
                case 0xff -> {
                    if (index + 1 < end && code.byteAt(index + 1) == 0x25) {
                        tryDestination(index, 2, 4, slots);
                    }
                }
                default -> {}
            }
        }
    }

    private void searchCalls() {
        for (int index = 0; index < code.length(); index++) {
            if (code.byteAt(index) == 0xe8) {
                tryRelative(index, 1, 4);
            }
        }
    }

    private void tryRelative(int index, int opcodeSize, int size) {
        tryDestination(index, opcodeSize, size, targets);
    }

    private void tryDestination(int index, int opcodeSize, int size, long[] wanted) {
        int end = index + opcodeSize + size;
        if (wanted.length == 0 || end > code.length()) {
            return;
        }
        int distance = size == 1 ? (byte) code.byteAt(end - 1) : code.intAt(end - 4);
        long destination = code.virtualAddress() + end + distance;
        if (destination < wanted[0] || destination > wanted[wanted.length - 1]) {
            return;
        }
        if (Arrays.binarySearch(wanted, destination) >= 0) {
            confirm(code.virtualAddress() + index, destination);
        }
    }

    /** Adds the site if the opcode at the address is that of an instruction. */
    private void confirm(long opcodeAddress, long destination) {
        cursor = Math.max(cursor, decodingStart(opcodeAddress));
        while (cursor <= opcodeAddress) {
            if (code.decode(cursor, instruction) == 0) {
                cursor++;
                continue;
            }
            if (instruction.endAddress() > opcodeAddress) {
                addIfWanted(destination);
            }
            cursor = instruction.endAddress();
        }
    }

    private boolean isInRange(long address) {
        int range = ranges.indexBefore(address);
        return range >= 0 && address < ranges.end(range);
    }

    private ProbeSite siteAt(long address) {
        Amd64Instruction there = new Amd64Instruction();
        return new ProbeSite(address, code.decode(address, there) == 0 ? UprobeClass.REFUSED : rules.classify(there));
    }

    private long decodingStart(long address) {
        int range = ranges.indexBefore(address);
        if (range < 0) {
            return code.virtualAddress();
        }
        return address < ranges.end(range) ? ranges.start(range) : ranges.end(range);
    }

    private void addIfWanted(long destination) {
        if (callsAreWanted) {
            if (instruction.category() == InstructionCategory.CALL
                    && instruction.branchTarget() == destination
                    && isInRange(instruction.virtualAddress())) {
                calls.add(new Call(destination, siteAt(instruction.endAddress())));
            }
        } else {
            jump(instruction, destination, rules).ifPresent(sites::add);
        }
    }

    /** The instruction as a jump to an address, or through the slot there; empty if it is none. */
    static Optional<FunctionExit> jump(Amd64Instruction instruction, long destination, UprobeRules rules) {
        InstructionCategory category = instruction.category();
        long address = instruction.virtualAddress();
        if (category == InstructionCategory.JUMP || category == InstructionCategory.CONDITIONAL_JUMP) {
            boolean conditional = category == InstructionCategory.CONDITIONAL_JUMP;
            return instruction.branchTarget() == destination
                    ? Optional.of(
                            new FunctionExit.TailJump(address, rules.classify(instruction), destination, conditional))
                    : Optional.empty();
        }
        return category == InstructionCategory.INDIRECT_JUMP
                        && instruction.hasRipRelativeOperand()
                        && instruction.ripRelativeAddress() == destination
                ? Optional.of(new FunctionExit.SlotTailJump(address, rules.classify(instruction), destination))
                : Optional.empty();
    }
}
