package jltrace.prototype;

/** A way in which a function does not simply return to its caller. */
public enum ReturnBehaviour {
    /** It does not return to its caller. */
    NO_RETURN("noreturn"),
    /** It continues in a frame further out, on its own stack or on another. */
    LEAVES_FRAMES("longjmp"),
    /** It throws an exception. */
    THROWS("throw"),
    /** It returns more than once. */
    RETURNS_TWICE("twice"),
    /** It, or what it begins, returns on another stack, or it leaves its frame by a jump into another. */
    SWITCHES_CONTEXT("context"),
    /** It runs code of others before it returns, which may throw. */
    CALLS_BACK("callback"),
    /** A thread may be cancelled in it. */
    CANCELLATION_POINT("cancellation"),
    /** A thread may be cancelled in it where it waits or does input or output, which not every call does. */
    MAYBE_CANCELLATION_POINT("may-cancel");

    private final String word;

    ReturnBehaviour(String word) {
        this.word = word;
    }

    /** The word for it in returns.conf. */
    String word() {
        return word;
    }
}
