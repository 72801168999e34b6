package jltrace.call;

import java.util.Set;
import jltrace.plan.ProbeTable;
import jltrace.plan.ReturnStrategy;
import jltrace.plan.TracedFunction;
import org.jspecify.annotations.Nullable;

/**
 * Finds the calls that records end. Entries and ends carry the stack pointer and the function's number; those two pair them, and
 * what a stack pointer shows to be gone is over too. Nothing is allocated for a call.
 */
final class CallPairing {
    /** Two stack pointers further apart than this are taken to be on different stacks. */
    private static final long STACK_SPAN = 8L << 20;

    private final ProbeTable probes;
    private final CallListener listener;
    private @Nullable Call call;

    CallPairing(ProbeTable probes, CallListener listener) {
        this.probes = probes;
        this.listener = listener;
    }

    /** Whether the innermost call is hit once more, because its function has jumped back to where it begins. */
    boolean isJumpToOwnEntry(TracedThread thread, TracedFunction function, long stackPointer, long returnAddress) {
        int top = thread.depth - 1;
        return top >= 0
                && thread.stackPointers[top] == stackPointer
                && thread.functions[top] == function.number()
                && thread.returnAddresses[top] == returnAddress
                && function.flow().reentersItself();
    }

    /**
     * Ends the calls whose frames a new call at a stack pointer shows to be gone.
     *
     * @param called whether the new call was certainly made by a call instruction, not by a jump out of the call below
     */
    void dropReplaced(
            TracedThread thread,
            long stackPointer,
            long returnAddress,
            TracedFunction entered,
            boolean called,
            long nanos) {
        CallListener.@Nullable NoReturn reason = null;
        while (thread.depth > thread.interruptedDepth) {
            int top = thread.depth - 1;
            long topPointer = thread.stackPointers[top];
            TracedFunction function = probes.function(thread.functions[top]);
            if (topPointer == stackPointer) {
                // After a jump the return address is the same, unless the kernel has replaced it for a return probe.
                boolean sameFrame = !called
                        && (thread.returnAddresses[top] == returnAddress
                                || function.strategy() == ReturnStrategy.URETPROBE);
                if (sameFrame
                        && function.number() != entered.number()
                        && function.flow().entersAnother()) {
                    return;
                }
            } else if (topPointer > stackPointer || stackPointer - topPointer > STACK_SPAN) {
                return;
            }
            reason = reason == null ? whyLeft(function) : reason;
            abandon(thread, top, reason, nanos);
        }
    }

    /** A return probe's hit: what it captured is the result. */
    void returned(TracedThread thread, Capture capture, long nanos) {
        int number = capture.number();
        long stackPointer = capture.stackPointer() - 8;
        thread.passStackPointer(stackPointer);
        for (int i = thread.depth - 1; i >= 0; i--) {
            if (thread.stackPointers[i] == stackPointer && thread.functions[i] == number) {
                abandonAbove(thread, i, stackPointer, nanos);
                complete(thread, i, capture, nanos);
                completeTailJumpers(thread, stackPointer, capture, nanos);
                return;
            }
        }
    }

    /** A return instruction: the call that it ends is the innermost one with its frame at this stack pointer. */
    void exit(TracedThread thread, Capture capture, long nanos) {
        int site = capture.number();
        long stackPointer = capture.stackPointer() - probes.poppedAtExit(site);
        thread.passStackPointer(stackPointer);
        for (int i = thread.depth - 1; i >= 0; i--) {
            if (thread.stackPointers[i] == stackPointer && endsAt(thread, i, site)) {
                abandonAbove(thread, i, stackPointer, nanos);
                completeTailJumpers(thread, stackPointer, capture, nanos);
                return;
            }
        }
    }

    private boolean endsAt(TracedThread thread, int index, int site) {
        return thread.leaving[index] || probes.isExitOf(site, thread.functions[index]);
    }

    /**
     * The calls whose frame was at this stack pointer end together: each jumped into the next. Those with a return probe of their
     * own have their own record.
     */
    private void completeTailJumpers(TracedThread thread, long stackPointer, @Nullable Capture exit, long nanos) {
        for (int i = thread.depth - 1; i >= 0 && thread.stackPointers[i] == stackPointer; i--) {
            if (probes.function(thread.functions[i]).strategy() == ReturnStrategy.SITES) {
                complete(thread, i, exit, nanos);
            }
        }
    }

    /** A call jumps to code that is not watched. If that is a probed function after all, its end is the end. */
    void leave(TracedThread thread, Capture capture, long nanos) {
        long stackPointer = capture.stackPointer();
        for (int i = thread.depth - 1; i >= 0; i--) {
            if (thread.stackPointers[i] == stackPointer && thread.functions[i] == capture.number()) {
                abandonAbove(thread, i, stackPointer, nanos);
                thread.leaving[i] = true;
                return;
            }
        }
    }

    /** Ends the calls nested in the one at an index, on the same stack: it returned, so they never will. */
    private void abandonAbove(TracedThread thread, int index, long stackPointer, long nanos) {
        CallListener.@Nullable NoReturn reason = null;
        for (int i = thread.depth - 1; i > index; i--) {
            long below = stackPointer - thread.stackPointers[i];
            if (below > 0 && below <= STACK_SPAN) {
                reason = reason == null ? whyLeft(probes.function(thread.functions[i])) : reason;
                abandon(thread, i, reason, nanos);
            }
        }
    }

    /** Why calls are over that did not return, by the innermost of them. */
    private static CallListener.NoReturn whyLeft(TracedFunction innermost) {
        return switch (innermost.strategy()) {
            case LONGJMP -> CallListener.NoReturn.LONGJMP;
            case THROW -> CallListener.NoReturn.EXCEPTION;
            default -> CallListener.NoReturn.UNWOUND;
        };
    }

    private void abandon(TracedThread thread, int index, CallListener.NoReturn reason, long nanos) {
        if (thread.leaving[index]) {
            complete(thread, index, null, nanos);
            return;
        }
        if (thread.serials[index] != 0) {
            listener.notReturned(
                    view(thread, index, nanos), thread.uncertain[index] ? CallListener.NoReturn.LOST : reason);
        }
        thread.remove(index);
    }

    /**
     * Ends a call.
     *
     * @param exit what was captured at its end, if that was seen
     */
    void complete(TracedThread thread, int index, @Nullable Capture exit, long nanos) {
        if (thread.serials[index] != 0) {
            Call ended = view(thread, index, nanos);
            if (thread.uncertain[index]) {
                listener.notReturned(ended, CallListener.NoReturn.LOST);
            } else {
                listener.returned(ended, exit);
            }
        }
        thread.remove(index);
    }

    /** What is known of a call; the same object for each. */
    Call view(TracedThread thread, int index, long nanos) {
        TracedFunction function = probes.function(thread.functions[index]);
        Call view = call;
        if (view == null) {
            view = new Call(thread, function);
            call = view;
        }
        view.thread = thread;
        view.function = function;
        view.nameIndex = thread.names[index];
        view.caller = thread.callers[index];
        view.serial = thread.serials[index];
        view.entryNanos = thread.entryNanos[index];
        view.nowNanos = nanos;
        view.depth = thread.shownDepth - 1;
        view.returnAddress = 0;
        return view;
    }

    /** Whether a thread is in a call that is shown of one of some functions, and that was not seen in a stub. */
    boolean isIn(TracedThread thread, Set<Integer> functions) {
        for (int i = 0; i < thread.depth; i++) {
            if (isIn(thread, i, functions)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isIn(TracedThread thread, int index, Set<Integer> functions) {
        return thread.serials[index] != 0 && !thread.throughStub[index] && functions.contains(thread.functions[index]);
    }

    /** Says that the ends of the calls are not watched any more of which {@link #isIn} tells. */
    void endsAreNotSeen(TracedThread thread, Set<Integer> functions) {
        for (int i = 0; i < thread.depth; i++) {
            thread.leaving[i] |= isIn(thread, i, functions);
        }
    }

    /** Ends all calls of a thread, the innermost first. */
    void abandonAll(TracedThread thread, CallListener.NoReturn reason, long nanos) {
        for (int i = thread.depth - 1; i >= 0; i--) {
            abandon(thread, i, reason, nanos);
        }
    }
}
