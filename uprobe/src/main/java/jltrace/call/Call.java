package jltrace.call;

import jltrace.plan.TracedFunction;

/** A call as a listener sees it: a view that moves from call to call. Valid until the listener's method returns. */
public final class Call {
    TracedThread thread;
    TracedFunction function;
    int nameIndex;
    int caller;
    int depth;
    long serial;
    long entryNanos;
    long nowNanos;
    long returnAddress;

    Call(TracedThread thread, TracedFunction function) {
        this.thread = thread;
        this.function = function;
    }

    public TracedThread thread() {
        return thread;
    }

    public TracedFunction function() {
        return function;
    }

    /** The name under which the caller knows the function, in UTF-8. */
    public byte[] nameBytes() {
        return function.nameBytes(nameIndex);
    }

    /** The number of the object that called, or {@link jltrace.target.ObjectTable#NO_OBJECT}. */
    public int caller() {
        return caller;
    }

    /** How many shown calls of the thread it happened in. */
    public int depth() {
        return depth;
    }

    /** Tells this call from all others; counted from 1 in the order of entries. */
    public long serial() {
        return serial;
    }

    /** When it was entered, CLOCK_MONOTONIC. */
    public long entryNanos() {
        return entryNanos;
    }

    /** When what is being told happened, CLOCK_MONOTONIC. */
    public long nowNanos() {
        return nowNanos;
    }

    /** Where it will return to; known at entry only. */
    public long returnAddress() {
        return returnAddress;
    }
}
