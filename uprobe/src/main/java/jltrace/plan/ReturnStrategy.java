package jltrace.plan;

/** How a function's end is seen. */
public enum ReturnStrategy {
    /** The kernel replaces the return address: cheap, and right only where no frame is ever skipped or unwound. */
    URETPROBE,
    /** Probes on the function's {@code ret} instructions and tail jumps: nothing on the stack changes. */
    SITES,
    /** It returns, but its end is not seen: no way of seeing it is harmless. */
    NONE,
    /** It never returns to its caller. */
    NORETURN,
    /** It does not return to its caller, but continues in a frame further out, whatever stack that is on: longjmp(3). */
    LONGJMP,
    /** It does not return to its caller, but throws an exception. */
    THROW;

    /** Whether it never returns to its caller. */
    public boolean isNoReturn() {
        return this == NORETURN || this == LONGJMP || this == THROW;
    }
}
