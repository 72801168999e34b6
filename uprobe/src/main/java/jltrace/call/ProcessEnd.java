package jltrace.call;

/**
 * How a process ended.
 *
 * @param number the exit status or the signal
 */
public record ProcessEnd(Kind kind, int number) {
    /** That it ended in a way that was not seen. */
    public static final ProcessEnd UNKNOWN = new ProcessEnd(Kind.UNKNOWN, 0);

    /** By itself, by a signal, or nobody knows. */
    public enum Kind {
        EXITED,
        KILLED,
        UNKNOWN
    }
}
