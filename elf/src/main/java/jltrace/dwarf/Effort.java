package jltrace.dwarf;

import java.util.function.Supplier;
import jltrace.bytes.MalformedBytesException;

/**
 * How much may be read for one question. Malformed information can make many entries lead to the same long list; a real file
 * never comes near the limit, which grows with the file. Of one object's questions one is answered at a time.
 */
final class Effort {
    private static final long BASE = 1L << 26;
    private static final int FACTOR = 24;

    private final String fileName;
    private final long limit;
    private long left;
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
            left = limit;
        }
        nesting++;
        try {
            return question.get();
        } catch (MalformedBytesException e) {
            throw DwarfException.truncated(fileName, e);
        } finally {
            nesting--;
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
