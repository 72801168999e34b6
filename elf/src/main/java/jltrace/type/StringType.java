package jltrace.type;

/**
 * Characters shown as a quoted string.
 *
 * @param characterWidth the bytes of a character: 1, or 4 for {@code wchar_t}
 * @param length where the string ends; {@link LengthExpression.Zero} for a C string. A zero character ends the string before that too,
 *     as in ltrace
 * @param inPlace whether the characters themselves lie here, as in a structure's {@code char name[16]}; otherwise there is a pointer
 *     to them, which may be null
 */
public record StringType(int characterWidth, LengthExpression length, boolean inPlace) implements CType {

    /** {@code char *} to a string that ends at its zero. */
    public static final StringType C_STRING = new StringType(1, LengthExpression.ZERO, false);

    /** {@code char *} to characters of which an expression says how many may be read. */
    public static StringType bounded(LengthExpression length) {
        return new StringType(1, length, false);
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
            return length.equals(LengthExpression.ZERO) ? "string" : "string[" + length + "]";
        }
        String character = new IntegerType(characterWidth, true, Display.DECIMAL).toString();
        return "string(array(" + character + ", " + length + ")" + (inPlace ? ")" : "*)");
    }
}
