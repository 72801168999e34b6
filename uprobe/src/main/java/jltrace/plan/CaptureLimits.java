package jltrace.plan;

/**
 * How much is shown of what has no end of its own.
 *
 * @param stringBytes characters of a string, at most ({@code -s}); of a wide string as many
 * @param arrayElements elements of an array, at most, and levels of a structure that leads to itself ({@code -A})
 */
public record CaptureLimits(int stringBytes, int arrayElements) {
    private static final int WORD = 8;

    /** As ltrace has them. */
    public static final CaptureLimits DEFAULT = new CaptureLimits(32, 4);

    /** The 8-byte words that are read of a string: one byte more than is shown tells whether the string goes on. */
    int textWords() {
        return words(stringBytes + 1L, 1);
    }

    /** The 8-byte words that so many characters take. */
    static int words(long characters, int width) {
        return (int) Math.min(Integer.MAX_VALUE / WORD, (characters * width + WORD - 1) / WORD);
    }
}
