package jltrace.dwarf;

import java.util.function.Supplier;
import jltrace.bytes.MalformedBytesException;

/**
 * How much may be read for one question. Malformed information can make many entries lead to the same long list; a real file
 * never comes near the limit, which grows with the file, and so not all that often near a part of it. Of one object's questions one is
 * answered at a time.
 */
final class Effort {
    private static final long BASE = 1L << 26;
    private static final int FACTOR = 24;
    /** What part of the limit a question is free to use. */
    private static final int FREE = 16;
    /** How many times the limit all questions together may use beyond that. */
    private static final int QUESTIONS = 4;

    private final String fileName;
    private final long limit;
    private long left;
    private long excess;
    private int nesting;

    /** @param bytes the size of the file */
    Effort(String fileName, long bytes) {
        this.fileName = fileName;
        this.limit = BASE + FACTOR * bytes;
        this.left = limit;
    }

    /**
     * Answers a question, or a part of one.
     *
     * @throws DwarfException if that needs more than the limit, or bytes that do not exist
     */
    synchronized <T> T answer(Supplier<T> question) {
        if (nesting == 0) {
            requireModesty();
            left = limit;
        }
        nesting++;
        try {
            return question.get();
        } catch (MalformedBytesException e) {
            throw DwarfException.truncated(fileName, e);
        } finally {
            nesting--;
            if (nesting == 0) {
                excess += Math.max(0, limit - left - limit / FREE);
            }
        }
    }

    private void requireModesty() {
        if (excess > QUESTIONS * limit) {
            throw DwarfException.tooComplex(fileName, "what had to be read", QUESTIONS * limit);
        }
    }

    /** Takes the cost of reading so many bytes or steps. */
    void spend(long amount) {
        left -= amount;
        if (left < 0) {
            throw DwarfException.tooComplex(fileName, "what has to be read", limit);
        }
    }
}
