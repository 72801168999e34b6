package jltrace.type;

/**
 * A floating-point type. Uprobes cannot read the registers that carry such values (psABI: %xmm0 to %xmm7, %st0), so a value that is
 * not in memory cannot be had.
 *
 * @param width the bytes of a value: 4 ({@code float}), 8 ({@code double}) or 16 ({@code long double}: the x87 format's 10, padded)
 * @param hexadecimal whether a value is shown as by C's {@code %a}
 */
public record FloatingType(int width, boolean hexadecimal) implements CType {

    public static final FloatingType FLOAT = new FloatingType(4, false);
    public static final FloatingType DOUBLE = new FloatingType(8, false);
    public static final FloatingType LONG_DOUBLE = new FloatingType(16, false);

    /** @throws IllegalArgumentException if {@code width} is not 4, 8 or 16 */
    public FloatingType {
        if (width != 4 && width != 8 && width != 16) {
            throw new IllegalArgumentException("no floating-point type of " + width + " bytes");
        }
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
        String word = width == 4 ? "float" : width == 8 ? "double" : "ldouble";
        return hexadecimal ? "hex(" + word + ")" : word;
    }
}
