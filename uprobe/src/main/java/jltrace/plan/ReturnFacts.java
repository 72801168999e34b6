package jltrace.plan;

/** What is known of how functions of a library return. */
public interface ReturnFacts {
    /** A way in which a function may end or be left. */
    enum Fact {
        /** Does not return to its caller, but continues in a frame further out, whatever stack that is on: longjmp(3). */
        LONGJMP,
        /** Does not return to its caller, but throws an exception. */
        THROW,
        /** Does not return to its caller. */
        NORETURN,
        /** Returns more than once, or into another stack: setjmp(3), vfork(2), swapcontext(3). */
        RETURNS_TWICE,
        /** Calls functions that its caller gave it, which may throw or jump out of it. */
        CALLBACK,
        /** A thread may be cancelled in it, and its frame unwound. */
        CANCELLATION_POINT,
        /** None of these is true of it. */
        ORDINARY,
        /** Nothing is known. */
        UNKNOWN
    }

    /**
     * What is known of a function.
     *
     * @param library a soname
     */
    Fact of(String library, String function);
}
