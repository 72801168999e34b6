package jltrace.code;

import java.util.ArrayList;
import java.util.List;

/**
 * Follows the control flow of functions from their entries, and finds how they leave.
 *
 * <p>From the entry, every path is decoded; at each instruction the depth of the stack is tracked as far as it can be
 * known. What control does not reach by jumps and calls are the cases of a {@code switch} and exception landing pads:
 * the gaps in the function's range are decoded as well, and doubted if they do not read like code. Jumps out of the range
 * are tail calls if they go to a known entry and nothing can be left on the stack; otherwise they go to an out-of-line
 * part, which is followed as part of the function.
 *
 * <p>A scanner is reused for all functions of a region, by one thread.
 */
public final class FunctionScanner {
    /** Out-of-line instructions after which a scan gives up: it has probably run into another function. */
    private static final int MOST_OUT_OF_LINE = 20_000;

    private static final int RETURN_ADDRESS_SIZE = 8;

    private final CodeRegion code;
    private final FunctionEntries entries;
    private final FunctionRanges ranges;
    private final UprobeRules rules;
    private final InstructionMap map;
    private final FunctionFacts facts = new FunctionFacts();
    private final Amd64Instruction instruction = new Amd64Instruction();
    private final Amd64Instruction before = new Amd64Instruction();
    private final LongList pendingAddresses = new LongList();
    private final LongList pendingStates = new LongList();
    private final long[] recent = new long[JumpTablePattern.WINDOW];
    private int recentCount;
    private boolean inGap;

    /**
     * @param code holds the functions and everything that they jump to
     * @param entries where functions are entered; see there what to leave out
     * @param ranges the pieces of the code; a call at the end of one does not return
     * @param rules of the kernel that will probe the exits
     */
    public FunctionScanner(CodeRegion code, FunctionEntries entries, FunctionRanges ranges, UprobeRules rules) {
        this.code = code;
        this.entries = entries;
        this.ranges = ranges;
        this.rules = rules;
        this.map = new InstructionMap(code.length());
    }

    /**
     * Scans one function.
     *
     * @param virtualAddress its entry
     * @param size its size in bytes, from its symbol or unwind entry; 0 if it is not known: then it ends before the next
     *     entry
     */
    public FunctionScan scan(long virtualAddress, long size) {
        map.clear();
        facts.clear();
        pendingAddresses.clear();
        pendingStates.clear();
        facts.virtualAddress = virtualAddress;
        facts.size = size;
        facts.endAddress = endAddress(virtualAddress, size);
        inGap = false;
        follow(virtualAddress, StackState.AT_ENTRY);
        boolean hasGap = false;
        if (size != 0 && code.contains(virtualAddress) && facts.mayReachGaps()) {
            inGap = true;
            hasGap = followGaps();
        }
        List<FunctionExit> exits = new ArrayList<>();
        judgeIndirectJumps(hasGap, exits);
        judgeLeaving(exits);
        exits.sort((one, other) -> Long.compare(one.virtualAddress(), other.virtualAddress()));
        return new FunctionScan(facts, exits, branchTargets(), facts.doubt);
    }

    private long endAddress(long virtualAddress, long size) {
        long limit = size == 0 ? entries.nextAfter(virtualAddress) : virtualAddress + size;
        return limit < virtualAddress ? code.endAddress() : Math.min(limit, code.endAddress());
    }

    /** Decodes everything that control reaches from an address. */
    private void follow(long address, long state) {
        run(address, state);
        while (!pendingAddresses.isEmpty()) {
            run(pendingAddresses.removeLast(), pendingStates.removeLast());
        }
    }

    /** Decodes along one path, until it ends or meets one that was taken before. */
    private void run(long start, long startState) {
        long address = start;
        long state = startState;
        recentCount = 0;
        while (true) {
            if (!code.contains(address)) {
                facts.doubt("control leaves the code", address);
                return;
            }
            int index = index(address);
            if (map.isMarked(index, InstructionMap.START)) {
                long known = map.state(index);
                long merged = inGap ? known : StackState.meet(known, state);
                if (merged == known) {
                    return;
                }
                state = merged;
                code.decode(address, instruction);
                map.setState(index, state);
            } else if (!enter(address, index)) {
                return;
            } else {
                map.setState(index, state);
                note(address);
            }
            state = StackState.after(instruction, state);
            long next = instruction.endAddress();
            InstructionCategory category = instruction.category();
            if (category == InstructionCategory.JUMP || category == InstructionCategory.CONDITIONAL_JUMP) {
                followJump(index, state);
            }
            if (category.endsFlow() || endsInCall(category, next)) {
                return;
            }
            if (next == facts.endAddress) {
                facts.fallsThrough = true;
            }
            recent[recentCount++ % recent.length] = address;
            address = next;
        }
    }

    /** A call at the very end of a range does not return. */
    private boolean endsInCall(InstructionCategory category, long next) {
        return (category == InstructionCategory.CALL || category == InstructionCategory.INDIRECT_CALL)
                && (next == facts.endAddress || ranges.endsAt(next));
    }

    /** Decodes an instruction that was not reached before; false if the path must not be followed. */
    private boolean enter(long address, int index) {
        boolean overlaps = map.isMarked(index, InstructionMap.INSIDE);
        int length = code.decode(address, instruction);
        if (length == 0) {
            facts.doubt("no instruction", address);
            return false;
        }
        if (inGap && instruction.isUnlikely()) {
            facts.doubt("unlikely instruction", address);
            return false;
        }
        if (overlaps) {
            if (!endsWithContaining(index, length)) {
                facts.doubt("a jump into an instruction", address);
            }
            return false;
        }
        for (int inside = index + 1; inside < index + length; inside++) {
            if (map.isMarked(inside, InstructionMap.START)) {
                code.decode(code.virtualAddress() + inside, before);
                if (before.endAddress() != instruction.endAddress()) {
                    facts.doubt("overlapping instructions", address);
                    return false;
                }
            }
            map.mark(inside, InstructionMap.INSIDE);
        }
        map.mark(index, InstructionMap.START);
        facts.instructionCount++;
        if (!facts.isInRange(address) && ++facts.outOfLineCount > MOST_OUT_OF_LINE) {
            facts.doubt("too much code out of line", address);
            return false;
        }
        return true;
    }

    /** Whether a jump only skips prefixes, such as a lock that a single thread does not need. */
    private boolean endsWithContaining(int index, int length) {
        for (int start = index - 1; start >= 0 && start > index - Amd64Decoder.LONGEST_INSTRUCTION; start--) {
            if (map.isMarked(start, InstructionMap.START)) {
                code.decode(code.virtualAddress() + start, before);
                return before.endAddress() == code.virtualAddress() + index + length;
            }
        }
        return false;
    }

    /** Keeps what the instruction tells of the function, the first time that it is reached. */
    private void note(long address) {
        switch (instruction.category()) {
            case RETURN, RETURN_POPPING -> facts.leaving.add(address);
            case JUMP, CONDITIONAL_JUMP -> {
                if (!facts.isInRange(instruction.branchTarget())) {
                    facts.leaving.add(address);
                }
            }
            case CALL -> noteCall(address);
            case INDIRECT_CALL -> {
                if (instruction.hasRipRelativeOperand()) {
                    facts.callSlots.add(instruction.ripRelativeAddress());
                } else {
                    facts.callsThroughPointers = true;
                }
            }
            case INDIRECT_JUMP -> {
                JumpTablePattern pattern = JumpTablePattern.of(instruction, code, facts, recent, recentCount, before);
                facts.indirectJumps.add(address);
                facts.patterns.add(pattern);
                facts.hasSwitch |= isSwitch(pattern, address);
            }
            case OTHER -> noteAddress();
            default -> {}
        }
    }

    private void noteAddress() {
        if (!instruction.hasRipRelativeOperand()) {
            return;
        }
        if (instruction.isAddressComputation()) {
            facts.takenAddresses.add(instruction.ripRelativeAddress());
        } else if (instruction.isLoad()) {
            facts.loadedSlots.add(instruction.ripRelativeAddress());
        }
    }

    private void noteCall(long address) {
        long target = instruction.branchTarget();
        facts.callTargets.add(target);
        if (facts.isInRange(target) && target != facts.virtualAddress) {
            // Its returns are not the function's.
            facts.doubt("a call into the function's own middle", address);
        }
    }

    private void followJump(int index, long state) {
        long target = instruction.branchTarget();
        if (!facts.isInRange(target) && !isOutOfLine(index, target, state)) {
            return;
        }
        if (code.contains(target)) {
            map.mark(index(target), InstructionMap.BRANCH_TARGET);
        }
        pendingAddresses.add(target);
        pendingStates.add(state);
    }

    /** Whether a jump out of the range goes to a part of the function that lies elsewhere. */
    private boolean isOutOfLine(int index, long target, long state) {
        boolean tailCall = entries.contains(target) && !StackState.isPositive(StackState.depth(state));
        if (tailCall && !map.isMarked(index, InstructionMap.FOLLOWED)) {
            return false;
        }
        map.mark(index, InstructionMap.FOLLOWED);
        return true;
    }

    /** Decodes what control was not seen to reach in the function's range; false if there was nothing but padding. */
    private boolean followGaps() {
        boolean found = false;
        long state = switchState();
        int end = index(facts.endAddress - 1) + 1;
        for (int index = index(facts.virtualAddress); index < end; index++) {
            if ((map.marks(index) & (InstructionMap.START | InstructionMap.INSIDE)) != 0) {
                continue;
            }
            long address = code.virtualAddress() + index;
            if (code.decode(address, facts.endAddress, instruction) == 0) {
                facts.doubt("no instruction", address);
                return true;
            }
            InstructionCategory category = instruction.category();
            if (category == InstructionCategory.NOP || category == InstructionCategory.TRAP) {
                index += instruction.length() - 1;
                continue;
            }
            found = true;
            follow(address, state);
        }
        return found;
    }

    /** The stack at the function's switches, as far as they agree: it holds for their cases. */
    private long switchState() {
        long state = StackState.NOTHING_KNOWN;
        boolean first = true;
        for (int at = 0; at < facts.indirectJumps.size(); at++) {
            long address = facts.indirectJumps.get(at);
            if (isSwitch(facts.patterns.get(at), address)) {
                long here = map.state(index(address));
                state = first ? here : StackState.meet(state, here);
                first = false;
            }
        }
        return state;
    }

    private boolean isSwitch(JumpTablePattern pattern, long address) {
        return pattern == JumpTablePattern.OFFSET_TABLE
                || (pattern != JumpTablePattern.SLOT && StackState.isPositive(depth(address)));
    }

    private int depth(long address) {
        return StackState.depth(map.state(index(address)));
    }

    private void judgeIndirectJumps(boolean hasGap, List<FunctionExit> exits) {
        for (int at = 0; at < facts.indirectJumps.size(); at++) {
            long address = facts.indirectJumps.get(at);
            JumpTablePattern pattern = facts.patterns.get(at);
            int depth = depth(address);
            if (isSwitch(pattern, address)) {
                facts.hasSwitch = true;
            } else if (depth == -RETURN_ADDRESS_SIZE && pattern == JumpTablePattern.POINTER && !hasGap) {
                code.decode(address, instruction);
                exits.add(new FunctionExit.Return(address, rules.classify(instruction), RETURN_ADDRESS_SIZE));
            } else if (depth != 0 && !(pattern == JumpTablePattern.SLOT && !StackState.isPositive(depth))) {
                facts.doubt("an indirect jump with an unknown stack", address);
            } else if (pattern == JumpTablePattern.ADDRESS_TABLE && hasGap) {
                facts.hasSwitch = true;
            } else if (pattern == JumpTablePattern.POINTER && hasGap && !facts.hasSwitch) {
                facts.doubt("an indirect jump that may stay in the function", address);
            } else {
                code.decode(address, instruction);
                UprobeClass uprobeClass = rules.classify(instruction);
                exits.add(
                        pattern == JumpTablePattern.SLOT
                                ? new FunctionExit.SlotTailJump(address, uprobeClass, instruction.ripRelativeAddress())
                                : new FunctionExit.PointerTailJump(address, uprobeClass));
            }
        }
        if (facts.hasSwitch && facts.size == 0) {
            facts.doubt("a switch in a function of unknown size", facts.virtualAddress);
        }
    }

    private void judgeLeaving(List<FunctionExit> exits) {
        for (int at = 0; at < facts.leaving.size(); at++) {
            long address = facts.leaving.get(at);
            code.decode(address, instruction);
            UprobeClass uprobeClass = rules.classify(instruction);
            int depth = depth(address);
            if (!instruction.category().hasBranchTarget()) {
                if (depth != 0 && (StackState.isExact(depth) || StackState.isPositive(depth))) {
                    facts.doubt("a return with an unbalanced stack", address);
                }
                exits.add(new FunctionExit.Return(address, uprobeClass, 0));
            } else if (!map.isMarked(index(address), InstructionMap.FOLLOWED)) {
                boolean conditional = instruction.category() == InstructionCategory.CONDITIONAL_JUMP;
                exits.add(new FunctionExit.TailJump(address, uprobeClass, instruction.branchTarget(), conditional));
            }
        }
    }

    private long[] branchTargets() {
        int[] indices = map.indicesMarked(InstructionMap.BRANCH_TARGET);
        long[] addresses = new long[indices.length];
        for (int at = 0; at < indices.length; at++) {
            addresses[at] = code.virtualAddress() + indices[at];
        }
        return addresses;
    }

    private int index(long address) {
        return (int) (address - code.virtualAddress());
    }
}
