package jltrace.plan;

/**
 * How much is shown of what has no end of its own.
 *
 * @param stringBytes characters of a string, at most ({@code -s}); of a wide string as many
 * @param arrayElements elements of an array, at most, and levels of a structure that leads to itself ({@code -A})
 */
public record CaptureLimits(int stringBytes, int arrayElements) {
    private static final int WORD = 8;
    private static final int SMALLEST_UNIT = 4;
    private static final int LARGEST_UNIT = 16;

    /** The kernel takes 3072 bytes of arguments (MAX_PROBE_EVENT_SIZE); what is no memory is less than 200. */
    private static final int MOST_WORDS = 352;

    /** A format takes 16 words however short strings are, and formats 11 strings of a unit. */
    private static final int FEWEST_WORDS = 64;

    /** As ltrace has them. */
    public static final CaptureLimits DEFAULT = new CaptureLimits(32, 4);

    /** The 8-byte words that are read of a string: one byte more than is shown tells whether the string goes on. */
    int textWords() {
        return words(stringBytes + 1L, 1);
    }

    /** The 8-byte words that are read at a time: a string, or an equal part of a long one. */
    int unitWords() {
        int parts = (textWords() + LARGEST_UNIT - 1) / LARGEST_UNIT;
        return Math.min(LARGEST_UNIT, Math.max(SMALLEST_UNIT, (textWords() + parts - 1) / parts));
    }

    /** How many units one hit may take: as many as hold a format and what it formats, and with usual limits a record of a kilobyte. */
    int mostUnits() {
        return (int) Math.min(MOST_WORDS, Math.max(FEWEST_WORDS, 40 + 13L * textWords())) / unitWords();
    }

    /** The 8-byte words that so many characters take. */
    static int words(long characters, int width) {
        return (int) Math.min(Integer.MAX_VALUE / WORD, (characters * width + WORD - 1) / WORD);
    }
}
