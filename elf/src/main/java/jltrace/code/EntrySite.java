package jltrace.code;

/**
 * Where a probe can see a function being entered.
 *
 * @param entry the function's first instruction
 * @param cheapest the first instruction at which a probe is cheaper than at the entry and sees the same: control comes
 *     there exactly once for each entry, with the same stack pointer, argument registers and memory; the entry itself if
 *     there is no such
 * @param hitAgain whether the function jumps back to its entry, so that a probe there may be hit more than once a call,
 *     each time with the same stack pointer
 */
public record EntrySite(ProbeSite entry, ProbeSite cheapest, boolean hitAgain) {}
