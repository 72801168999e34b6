package jltrace.kernel;

/**
 * A call in a trace, its parts joined.
 *
 * @param task the number that the line begins with, or 0
 * @param caller who called, where the line tells, or nothing
 * @param name without an `@LIBRARY`
 * @param arguments as printed
 * @param result as printed, or nothing if it did not return
 */
record TracedCall(int task, String caller, String name, String arguments, String result) {
    boolean returned() {
        return !result.isEmpty();
    }

    /** Without the task. */
    String text() {
        return (caller.isEmpty() ? "" : caller + "->") + name + "(" + arguments + ")"
                + (returned() ? " = " + result : "");
    }
}
