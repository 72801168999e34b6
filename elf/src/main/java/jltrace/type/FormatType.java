package jltrace.type;

/**
 * A C string that says which variable arguments follow it.
 *
 * @param language how to read it
 * @param characterWidth the bytes of a character: 1, or 4 for {@code wprintf} and its like
 */
public record FormatType(Language language, int characterWidth) implements CType {

    public static final FormatType PRINTF = new FormatType(Language.PRINTF, 1);
    public static final FormatType SCANF = new FormatType(Language.SCANF, 1);

    /** The rules that turn a format into types. */
    public enum Language {
        /** printf(3): the arguments are values; {@code *} takes an int; {@code %m} and {@code %%} take none. */
        PRINTF,
        /** scanf(3): the arguments are pointers to where the values will be stored; {@code %*} and {@code %%} take none. */
        SCANF
    }

    @Override
    public long size() {
        return Long.BYTES;
    }

    @Override
    public int alignment() {
        return Long.BYTES;
    }

    @Override
    public String toString() {
        String word = language == Language.PRINTF ? "format" : "scanformat";
        return characterWidth == 1
                ? word
                : word + "(" + new StringType(characterWidth, LengthExpression.ZERO, false) + ")";
    }
}
