package jltrace.type;

/**
 * Characters shown as a quoted string.
 *
 * @param characterWidth the bytes of a character: 1, or 4 for {@code wchar_t}
 * @param length where the string ends: at its zero, at its zero but no farther than a limit, or after a number of characters of which
 *     any may be zero
 * @param inPlace whether the characters themselves lie here, as in a structure's {@code char name[16]}; otherwise there is a pointer
 *     to them, which may be null
 */
public record StringType(int characterWidth, LengthExpression length, boolean inPlace) implements CType {

    /** {@code char *} to a string that ends at its zero. */
    public static final StringType C_STRING = new StringType(1, LengthExpression.ZERO, false);

    /** {@code char *} to a string that ends at its zero, or after a number of characters if there is none before. */
    public static StringType within(LengthExpression limit) {
        return new StringType(1, new LengthExpression.ZeroWithin(limit), false);
    }

    @Override
    public long size() {
        return inPlace ? LengthExpression.storage(length, characterWidth) : Long.BYTES;
    }

    @Override
    public int alignment() {
        return inPlace ? characterWidth : Long.BYTES;
    }

    @Override
    public String toString() {
        if (characterWidth == 1 && !inPlace) {
            if (length instanceof LengthExpression.Zero) {
                return "string";
            }
            if (length instanceof LengthExpression.ZeroWithin within) {
                return "string[" + within.limit() + "]";
            }
        }
        String character =
                characterWidth == 1 ? "char" : new IntegerType(characterWidth, true, Display.DECIMAL).toString();
        return "string(array(" + character + ", " + length + ")" + (inPlace ? ")" : "*)");
    }
}
