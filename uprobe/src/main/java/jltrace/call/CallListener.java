package jltrace.call;

import org.jspecify.annotations.Nullable;

/** What happens in the traced processes, in order of time. Views are valid until the method returns. */
public interface CallListener {
    /** Why a call has no return. */
    enum NoReturn {
        /** The frame was left in a way that was not seen. */
        UNWOUND,
        /** Something that it called went on in a frame further out. */
        LONGJMP,
        /** An exception passed through it. */
        EXCEPTION,
        /** The program was replaced by exec(3). */
        EXEC,
        /** The thread ended. */
        THREAD_EXIT,
        /** A signal ended the thread, or another thread the process. */
        KILLED,
        /** Records were lost since it began: whether it returned, and when, is not known. */
        LOST,
        /** Tracing ended while the call was going on. */
        DETACHED
    }

    void entered(Call call, Capture entry);

    /**
     * A call returned.
     *
     * @param exit what was captured at its end, or null if the result is not known
     */
    void returned(Call call, @Nullable Capture exit);

    void notReturned(Call call, NoReturn reason);

    /** A signal was delivered to a thread. */
    void signal(TracedThread thread, int signal, long nanos);

    /** A process became another program. */
    void executed(TracedThread thread, long nanos);

    /** The last thread of a process ended. */
    void exited(TracedProcess process, ProcessEnd end, long nanos);

    /** The kernel dropped records. */
    void lost(Loss loss);

    /** Nothing has come for a while: what is known may be shown now. */
    void idle();
}
