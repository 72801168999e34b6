package jltrace.call;

import jltrace.plan.TracedFunction;

/**
 * Entries of a function that the kernel counted and of which no record came.
 *
 * @param calls how many; where not exact, at most
 * @param exact whether each of them was a call that would have been shown
 */
public record MissedCalls(TracedFunction function, long calls, boolean exact) {}
