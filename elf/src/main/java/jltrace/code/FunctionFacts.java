package jltrace.code;

import java.util.ArrayList;
import java.util.List;

/** What a scan collects on its way; reused by the next one. */
final class FunctionFacts {
    long virtualAddress;
    long size;
    /** Where the function's range ends, also if its size is not known. */
    long endAddress;

    final LongList callTargets = new LongList();
    final LongList callSlots = new LongList();
    final LongList takenAddresses = new LongList();
    final LongList loadedSlots = new LongList();
    /** Returns and jumps that leave the range. */
    final LongList leaving = new LongList();
    /** Indirect jumps, and with the same index what precedes them. */
    final LongList indirectJumps = new LongList();

    final List<JumpTablePattern> patterns = new ArrayList<>();
    boolean callsThroughPointers;
    boolean hasSwitch;
    boolean fallsThrough;
    int instructionCount;
    int outOfLineCount;
    /** Why the scan cannot be relied on, empty as long as it can. */
    String doubt = "";

    void clear() {
        callTargets.clear();
        callSlots.clear();
        takenAddresses.clear();
        loadedSlots.clear();
        leaving.clear();
        indirectJumps.clear();
        patterns.clear();
        callsThroughPointers = false;
        hasSwitch = false;
        fallsThrough = false;
        instructionCount = 0;
        outOfLineCount = 0;
        doubt = "";
    }

    boolean isInRange(long address) {
        return address >= virtualAddress && address < endAddress;
    }

    /** Whether control may get to code that no jump leads to: by a jump through a table, or by an exception that a callee throws. */
    boolean mayReachGaps() {
        return !indirectJumps.isEmpty() || !callTargets.isEmpty() || !callSlots.isEmpty() || callsThroughPointers;
    }

    /** Keeps the first doubt: it is the cause, later ones are its consequences. */
    void doubt(String reason, long address) {
        if (doubt.isEmpty()) {
            doubt = reason + " at 0x" + Long.toHexString(address);
        }
    }
}
