package jltrace.call;

import java.util.Arrays;
import jltrace.plan.EventLayout;
import jltrace.plan.ProbeTable;
import org.jspecify.annotations.Nullable;

/** A thread under trace, with the calls that it is in: a stack, the innermost on top. */
public final class TracedThread {
    /** Before everything that is known. */
    static final long UNKNOWN = Long.MIN_VALUE;

    private static final long NONE = Long.MIN_VALUE;

    private final int tid;
    private final TracedProcess process;

    // One call at each index, from 0 to depth - 1.
    long[] stackPointers = new long[16];
    long[] returnAddresses = new long[16];
    long[] entryNanos = new long[16];
    /** The number of a call that is shown, 0 for one that is not. */
    long[] serials = new long[16];

    int[] functions = new int[16];
    int[] callers = new int[16];
    int[] names = new int[16];
    /** Whether the function was seen to jump to one whose end is not watched. */
    boolean[] leaving = new boolean[16];
    /** Whether records were lost since: its end may be among them, and what ends at its frame another call. */
    boolean[] uncertain = new boolean[16];
    /** Whether it was seen in the caller's stub, and whether the function's own entry, if that is still probed, is yet to be seen. */
    boolean[] throughStub = new boolean[16];

    boolean[] entryFollows = new boolean[16];

    int depth;
    int shownDepth;
    /**
     * How many of the outermost calls were interrupted by a signal whose handler may run on a stack of its own: until one of them
     * returns, stack pointers don't tell which of them are over.
     */
    int interruptedDepth;

    // A tail call that was announced, and that the next entry at this stack pointer is.
    private long tailCallStackPointer = NONE;
    private ProbeTable.@Nullable ImportCall tailCall;

    /** Whether SIGKILL reached it. */
    boolean killed;

    /** Whether it has inherited an event and was given it once more. */
    boolean reportsRepeatedly;

    /** When its last hit was reported, CLOCK_MONOTONIC. */
    long hitNanos = UNKNOWN;

    // The last hit, and for the how manieth time the events had been opened that reported it: a bit each.

    int lastEvent;
    EventLayout.@Nullable Kind lastKind;

    long lastStackPointer;
    int lastNumber;
    int lastOpenings;

    private final long bornNanos;
    private @Nullable TracedThread parent;

    /**
     * @param bornNanos when the kernel told of its birth; {@link #UNKNOWN} if it did not
     * @param parent the thread that made it, if anybody will ask
     */
    TracedThread(int tid, TracedProcess process, long bornNanos, @Nullable TracedThread parent) {
        this.tid = tid;
        this.process = process;
        this.bornNanos = bornNanos;
        this.parent = parent;
    }

    /** CLOCK_MONOTONIC. Its creation took a while then, and was at its end; {@link #UNKNOWN} if nobody saw it. */
    long bornNanos() {
        return bornNanos;
    }

    /** The thread that made it, as long as {@link CallAssembler#keepParents} asks for that; it may have ended. */
    @Nullable TracedThread parent() {
        return parent;
    }

    void forgetParent() {
        parent = null;
    }

    public int tid() {
        return tid;
    }

    public TracedProcess process() {
        return process;
    }

    void push(long stackPointer, long returnAddress, int function, long nanos, int caller, int name, long serial) {
        if (depth == stackPointers.length) {
            int capacity = depth * 2;
            stackPointers = Arrays.copyOf(stackPointers, capacity);
            returnAddresses = Arrays.copyOf(returnAddresses, capacity);
            entryNanos = Arrays.copyOf(entryNanos, capacity);
            serials = Arrays.copyOf(serials, capacity);
            functions = Arrays.copyOf(functions, capacity);
            callers = Arrays.copyOf(callers, capacity);
            names = Arrays.copyOf(names, capacity);
            leaving = Arrays.copyOf(leaving, capacity);
            uncertain = Arrays.copyOf(uncertain, capacity);
            throughStub = Arrays.copyOf(throughStub, capacity);
            entryFollows = Arrays.copyOf(entryFollows, capacity);
        }
        stackPointers[depth] = stackPointer;
        returnAddresses[depth] = returnAddress;
        functions[depth] = function;
        entryNanos[depth] = nanos;
        callers[depth] = caller;
        names[depth] = name;
        serials[depth] = serial;
        leaving[depth] = false;
        uncertain[depth] = false;
        throughStub[depth] = false;
        entryFollows[depth] = false;
        depth++;
        if (serial != 0) {
            shownDepth++;
        }
    }

    /** Takes out the call at an index; those above it stay, in order. */
    void remove(int index) {
        if (serials[index] != 0) {
            shownDepth--;
        }
        int moved = depth - index - 1;
        if (moved > 0) {
            System.arraycopy(stackPointers, index + 1, stackPointers, index, moved);
            System.arraycopy(returnAddresses, index + 1, returnAddresses, index, moved);
            System.arraycopy(entryNanos, index + 1, entryNanos, index, moved);
            System.arraycopy(serials, index + 1, serials, index, moved);
            System.arraycopy(functions, index + 1, functions, index, moved);
            System.arraycopy(callers, index + 1, callers, index, moved);
            System.arraycopy(names, index + 1, names, index, moved);
            System.arraycopy(leaving, index + 1, leaving, index, moved);
            System.arraycopy(uncertain, index + 1, uncertain, index, moved);
            System.arraycopy(throughStub, index + 1, throughStub, index, moved);
            System.arraycopy(entryFollows, index + 1, entryFollows, index, moved);
        }
        depth--;
        interruptedDepth = Math.min(interruptedDepth, index);
    }

    /** Whether the innermost call is one of a function at a stack pointer that was seen in a stub; asked once, at its entry. */
    boolean wasSeenInStub(int function, long stackPointer) {
        int top = depth - 1;
        if (top < 0 || !entryFollows[top] || functions[top] != function || stackPointers[top] != stackPointer) {
            return false;
        }
        entryFollows[top] = false;
        return true;
    }

    void announceTailCall(long stackPointer, ProbeTable.ImportCall announced) {
        tailCallStackPointer = stackPointer;
        tailCall = announced;
    }

    /** The tail call that was announced for this stack pointer, or null. */
    ProbeTable.@Nullable ImportCall tailCallAt(long stackPointer) {
        return tailCallStackPointer == stackPointer ? tailCall : null;
    }

    /** Forgets an announced tail call once the stack has been taken back to where it was to happen. */
    void passStackPointer(long stackPointer) {
        if (tailCallStackPointer != NONE && stackPointer >= tailCallStackPointer) {
            tailCallStackPointer = NONE;
        }
    }
}
