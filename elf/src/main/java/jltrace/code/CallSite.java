package jltrace.code;

import java.util.Optional;

/** The call instruction that a return address belongs to. */
public sealed interface CallSite {
    /** The address of the instruction. */
    long virtualAddress();

    /**
     * {@code call rel32}.
     *
     * @param target the function, or the linkage stub, that is called
     */
    record Direct(long virtualAddress, long target) implements CallSite {}

    /**
     * {@code call *slot(%rip)}.
     *
     * @param slot the address of the function pointer
     */
    record ThroughSlot(long virtualAddress, long slot) implements CallSite {}

    /** A call through a register or other memory. */
    record ThroughPointer(long virtualAddress) implements CallSite {}

    /**
     * The call that ends at a return address, by decoding from the start of the range that it lies in.
     *
     * @return empty if there is no call, the address is in no range, or the range does not decode up to it
     */
    static Optional<CallSite> before(CodeRegion code, FunctionRanges ranges, long returnAddress) {
        int range = ranges.indexBefore(returnAddress - 1);
        if (range < 0 || returnAddress > ranges.end(range)) {
            return Optional.empty();
        }
        Amd64Instruction instruction = new Amd64Instruction();
        long address = ranges.start(range);
        while (address < returnAddress) {
            if (code.decode(address, instruction) == 0) {
                return Optional.empty();
            }
            address = instruction.endAddress();
        }
        return address == returnAddress ? of(instruction) : Optional.empty();
    }

    /**
     * The call that ends at a return address, from the bytes before it alone.
     *
     * <p>Backwards, bytes can be read in more than one way. A relative call that stays in the code counts first, then one
     * through a slot, then one through a pointer, then a relative call that leaves the code. Of several that differ in
     * prefixes only, the shortest: what looks like a prefix may belong to the instruction before, so the call's own address
     * is not certain.
     *
     * @return empty if the bytes before the address are no call
     */
    static Optional<CallSite> before(CodeRegion code, long returnAddress) {
        // From call *%rax to a call through memory with prefixes, index and displacement.
        int shortest = 2;
        int longest = 9;
        Amd64Instruction instruction = new Amd64Instruction();
        Optional<CallSite> best = Optional.empty();
        for (int length = longest; length >= shortest; length--) {
            if (code.decode(returnAddress - length, returnAddress, instruction) == length) {
                Optional<CallSite> call = of(instruction);
                if (call.isPresent() && (best.isEmpty() || rank(code, call.get()) <= rank(code, best.get()))) {
                    best = call;
                }
            }
        }
        return best;
    }

    private static int rank(CodeRegion code, CallSite call) {
        if (call instanceof Direct direct) {
            return code.contains(direct.target()) ? 0 : 3;
        }
        return call instanceof ThroughSlot ? 1 : 2;
    }

    private static Optional<CallSite> of(Amd64Instruction instruction) {
        long address = instruction.virtualAddress();
        return switch (instruction.category()) {
            case CALL -> Optional.of(new Direct(address, instruction.branchTarget()));
            case INDIRECT_CALL ->
                Optional.of(
                        instruction.hasRipRelativeOperand()
                                ? new ThroughSlot(address, instruction.ripRelativeAddress())
                                : new ThroughPointer(address));
            default -> Optional.empty();
        };
    }
}
