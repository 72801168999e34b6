package jltrace.plan;

/**
 * What a function may do with its frame beside returning from it.
 *
 * @param entersAnother whether it may jump, or run, into another function
 * @param reentersItself whether it may jump to its own entry, which is then hit more than once in a call
 */
public record ControlFlow(boolean entersAnother, boolean reentersItself) {
    /** Of code that is not understood. */
    static final ControlFlow UNKNOWN = new ControlFlow(true, false);
}
