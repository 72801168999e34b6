package jltrace.plan;

import jltrace.tracefs.EventFormat;
import jltrace.tracefs.TraceFsException;

/**
 * What the records of one event mean, and where in their raw data things are, in bytes.
 *
 * @param kind what a hit means
 * @param number of the function's number, a u32
 * @param stackPointer of %rsp, a u64
 * @param returnAddress of the return address, a u64; of a signal's handler; 0 if not captured
 * @param registers of the six argument registers in psABI order, u64 each, at entries; of %rax and %rdx at exits and returns; of the
 *     status that is given to the kernel; of a signal action's flags
 * @param stackSlots of the first captured stack argument, u64 each, at entries
 * @param shape how many stack arguments and how much memory there are
 * @param memory of the first captured memory, if there is any
 */
public record EventLayout(
        Kind kind,
        int number,
        int stackPointer,
        int returnAddress,
        int registers,
        int stackSlots,
        CaptureShape shape,
        int memory) {

    /** What a hit of an event means. */
    public enum Kind {
        /** A function was entered. */
        ENTRY,
        /** A function returned, seen through its replaced return address: %rsp is 8 above the entry's. */
        RETURN,
        /** A function is about to return: a {@code ret}, with %rsp as at entry. */
        EXIT,
        /** A function is about to end in a jump to one that is not watched: its result is not known. */
        LEAVE,
        /** An object jumps into another: the next entry at this %rsp is its call, though the return address is another's. */
        TAIL_CALL,
        /** An object's PLT stub for an import is entered: a call of that import. What is captured is what the function would show. */
        STUB,
        /** The instruction behind a call of a PLT stub is reached: %rsp is 8 above the entry's. */
        BEHIND_CALL,
        /** A signal is delivered to the thread. */
        SIGNAL,
        /** The process gives its exit status to the kernel. */
        STATUS
    }

    /** The layout of an event as the kernel describes it. */
    public static EventLayout of(Kind kind, CaptureShape shape, EventFormat format) throws TraceFsException {
        if (kind == Kind.SIGNAL) {
            return new EventLayout(
                    kind,
                    format.offsetOf("sig"),
                    0,
                    format.offsetOf("sa_handler"),
                    format.offsetOf("sa_flags"),
                    0,
                    shape,
                    0);
        }
        int stack = kind == Kind.RETURN ? 0 : format.offsetOf(CaptureShape.STACK);
        return new EventLayout(
                kind,
                format.offsetOf(CaptureShape.NUMBER),
                format.offsetOf(CaptureShape.STACK_POINTER),
                stack,
                format.offsetOf(CaptureShape.FIRST_REGISTER),
                stack + Long.BYTES,
                shape,
                shape.units() == 0 ? 0 : format.offsetOf(CaptureShape.FIRST_MEMORY));
    }
}
