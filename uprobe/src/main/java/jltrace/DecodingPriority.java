package jltrace;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import jltrace.sys.Linux;
import jltrace.sys.ProcFs;

/**
 * Lets the traced program go first where processors are short: what was read from the rings may be decoded later, and the JVM's
 * compilers have time. Only when decoding falls behind by more than a user would wait does it take its turn like everybody.
 */
final class DecodingPriority {
    private static final long BEHIND_NANOS = 1_000_000_000L;
    private static final long CAUGHT_UP_NANOS = 200_000_000L;
    /** A tenth of a processor's time beside one that is busy (sched(7)). */
    private static final int LATER = 10;

    private static final int LAST = 19;
    private static final String COMPILERS = "CompilerThre";

    private final Linux linux;
    private final List<Integer> compilers = new ArrayList<>();
    private int usual;
    private boolean mayChange;
    private boolean late;

    DecodingPriority(Linux linux) {
        this.linux = linux;
    }

    /** To be called by the thread that decodes, when it begins. */
    void begin() throws IOException {
        usual = ProcFs.ownNice();
        // Whoever may not go back has to stay.
        mayChange = linux.setNice(0, usual - 1);
        if (mayChange) {
            compilers.addAll(ProcFs.ownThreads(COMPILERS));
            setAll(later());
        }
    }

    /** To be called by the same thread, when it ends: both it and the compilers may serve somebody else then. */
    void end() {
        if (mayChange) {
            setAll(usual);
        }
    }

    private void setAll(int nice) {
        linux.setNice(0, nice);
        compilers.forEach(compiler -> linux.setNice(compiler, nice));
    }

    private int later() {
        return Math.min(LAST, usual + LATER);
    }

    /**
     * To be called often by the thread that decodes.
     *
     * @param handledNanos all records of before this time were handled
     */
    void look(long handledNanos, long nowNanos) {
        if (!mayChange || handledNanos == Long.MIN_VALUE) {
            return;
        }
        long behind = nowNanos - handledNanos;
        if (!late && behind > BEHIND_NANOS) {
            late = true;
            linux.setNice(0, usual);
        } else if (late && behind < CAUGHT_UP_NANOS) {
            late = false;
            linux.setNice(0, later());
        }
    }
}
