package jltrace.type;

/**
 * An integer or character type.
 *
 * @param width the bytes of a value: 1, 2, 4 or 8
 * @param signed whether the value is in two's complement with a sign
 * @param display how a value is shown
 */
public record IntegerType(int width, boolean signed, Display display) implements CType {

    /** C's {@code char}, signed on x86-64, shown as a character. */
    public static final IntegerType CHAR = new IntegerType(1, true, Display.CHARACTER);

    public static final IntegerType SHORT = new IntegerType(2, true, Display.DECIMAL);
    public static final IntegerType UNSIGNED_SHORT = new IntegerType(2, false, Display.DECIMAL);
    public static final IntegerType INT = new IntegerType(4, true, Display.DECIMAL);
    public static final IntegerType UNSIGNED_INT = new IntegerType(4, false, Display.DECIMAL);
    public static final IntegerType LONG = new IntegerType(8, true, Display.DECIMAL);
    public static final IntegerType UNSIGNED_LONG = new IntegerType(8, false, Display.DECIMAL);

    /** The value of a whole register of which nothing else is known. */
    public static final IntegerType GUESS = new IntegerType(8, true, Display.GUESS);

    /** @throws IllegalArgumentException if {@code width} is not 1, 2, 4 or 8 */
    public IntegerType {
        if (width != 1 && width != 2 && width != 4 && width != 8) {
            throw new IllegalArgumentException("no integer type of " + width + " bytes");
        }
    }

    /** The same integers, shown in another way. */
    public IntegerType shownAs(Display otherDisplay) {
        return new IntegerType(width, signed, otherDisplay);
    }

    @Override
    public long size() {
        return width;
    }

    @Override
    public int alignment() {
        return width;
    }

    @Override
    public String toString() {
        if (equals(CHAR)) {
            return "char";
        }
        return display == Display.DECIMAL ? word() : display.lens() + "(" + word() + ")";
    }

    private String word() {
        String unsignedMark = signed ? "" : "u";
        return switch (width) {
            case 1 -> unsignedMark + "char";
            case 2 -> unsignedMark + "short";
            case 4 -> unsignedMark + "int";
            default -> unsignedMark + "long";
        };
    }
}
