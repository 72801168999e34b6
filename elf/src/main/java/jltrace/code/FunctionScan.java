package jltrace.code;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a scan of one function's code found. Addresses are virtual addresses in the object.
 *
 * <p>The facts of an {@linkplain #isReliable() unreliable} scan are what was found before the doubt arose; no probe should
 * rest on them.
 */
public final class FunctionScan {
    private final long virtualAddress;
    private final long size;
    private final long endAddress;
    private final List<FunctionExit> exits;
    private final long[] callTargets;
    private final long[] callSlots;
    private final long[] takenAddresses;
    private final long[] loadedSlots;
    private final long[] branchTargets;
    private final boolean callsThroughPointers;
    private final boolean hasSwitch;
    private final boolean fallsThrough;
    private final int instructionCount;
    private final String doubt;

    FunctionScan(FunctionFacts facts, List<FunctionExit> exits, long[] branchTargets, String doubt) {
        this.virtualAddress = facts.virtualAddress;
        this.size = facts.size;
        this.endAddress = facts.endAddress;
        this.exits = List.copyOf(exits);
        this.callTargets = facts.callTargets.sortedDistinct();
        this.callSlots = facts.callSlots.sortedDistinct();
        this.takenAddresses = facts.takenAddresses.sortedDistinct();
        this.loadedSlots = facts.loadedSlots.sortedDistinct();
        this.branchTargets = branchTargets;
        this.callsThroughPointers = facts.callsThroughPointers;
        this.hasSwitch = facts.hasSwitch;
        this.fallsThrough = facts.fallsThrough;
        this.instructionCount = facts.instructionCount;
        this.doubt = doubt;
    }

    /** The function's entry. */
    public long virtualAddress() {
        return virtualAddress;
    }

    /** In bytes, without out-of-line parts; 0 if it is not known. */
    public long size() {
        return size;
    }

    /**
     * Every instruction by which the function may leave for good, in ascending order of address: those in its range and
     * those in the out-of-line parts that it jumps to.
     */
    public List<FunctionExit> exits() {
        return exits;
    }

    /** The targets of its relative calls, ascending, each once. */
    public long[] callTargets() {
        return callTargets.clone();
    }

    /** The rip-relative slots that it calls through, ascending, each once. */
    public long[] callSlots() {
        return callSlots.clone();
    }

    /** The rip-relative addresses that it takes without reading there, ascending, each once. */
    public long[] takenAddresses() {
        return takenAddresses.clone();
    }

    /** The rip-relative addresses from which it loads a register, ascending, each once. */
    public long[] loadedSlots() {
        return loadedSlots.clone();
    }

    /** Whether it calls through a register or memory that is not a rip-relative slot. */
    public boolean callsThroughPointers() {
        return callsThroughPointers;
    }

    /** Whether it jumps through a table of its own addresses. */
    public boolean hasSwitch() {
        return hasSwitch;
    }

    /** Whether control may run out of its range without a jump, into what follows; the scan went on there. */
    public boolean fallsThrough() {
        return fallsThrough;
    }

    /** Whether the address lies in its range. */
    public boolean contains(long address) {
        return address >= virtualAddress && address < endAddress;
    }

    /** How many instructions were found. */
    public int instructionCount() {
        return instructionCount;
    }

    /** Whether a relative jump of the function goes to the address. */
    public boolean branchesTo(long address) {
        return Arrays.binarySearch(branchTargets, address) >= 0;
    }

    /**
     * Whether the function jumps to its own entry, so that a probe there is hit more than once a call: at the same stack
     * pointer, without an exit between.
     */
    public boolean branchesToEntry() {
        return branchesTo(virtualAddress);
    }

    /** Whether everything in the function's range was understood. */
    public boolean isReliable() {
        return doubt.isEmpty();
    }

    /** Why the scan is not reliable; empty if it is. */
    public Optional<String> doubt() {
        return doubt.isEmpty() ? Optional.empty() : Optional.of(doubt);
    }
}
