package jltrace.cli.output;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/** Floating-point numbers as C writes them, with as many digits as tell the number from its neighbours. */
final class FloatingText {
    private static final int LONGEST_PLAIN = 17;
    private static final int SMALLEST_PLAIN = -5;
    /** So many digits tell all numbers of a 64-bit significand apart. */
    private static final MathContext EXTENDED_DIGITS = new MathContext(21);

    private static final int EXTENDED_BIAS = 16383 + 63;
    private static final int EXTENDED_SPECIAL = 0x7fff;
    private static final long INTEGER_BIT = 1L << 63;

    private FloatingText() {}

    /** A number of 8 bytes. */
    static String of(double value) {
        return isSpecial(value)
                ? special(value)
                : decimal(new BigDecimal(Double.toString(value)), value < 0 || 1 / value < 0);
    }

    /** A number of 4 bytes. */
    static String of(float value) {
        return isSpecial(value)
                ? special(value)
                : decimal(new BigDecimal(Float.toString(value)), value < 0 || 1 / value < 0);
    }

    /** As C's {@code %a}. */
    static String hexadecimal(double value) {
        if (isSpecial(value)) {
            return special(value);
        }
        String text = Double.toHexString(value).replace(".0p", "p");
        return text.contains("p-") ? text : text.replace("p", "p+");
    }

    /** A number in the x87's format of 10 bytes. */
    static String ofExtended(long significand, int signAndExponent) {
        boolean negative = (signAndExponent & 0x8000) != 0;
        int exponent = signAndExponent & 0x7fff;
        if (exponent == EXTENDED_SPECIAL) {
            return significand == INTEGER_BIT ? (negative ? "-inf" : "inf") : "nan";
        }
        if (exponent != 0 && (significand & INTEGER_BIT) == 0) {
            // The processor takes it for invalid.
            return "nan";
        }
        BigInteger number = new BigInteger(Long.toUnsignedString(significand));
        int shift = Math.max(exponent, 1) - EXTENDED_BIAS;
        BigDecimal value = shift >= 0
                ? new BigDecimal(number.shiftLeft(shift)).round(EXTENDED_DIGITS)
                : new BigDecimal(number).divide(new BigDecimal(BigInteger.ONE.shiftLeft(-shift)), EXTENDED_DIGITS);
        return decimal(negative ? value.negate() : value, negative);
    }

    private static boolean isSpecial(double value) {
        return Double.isNaN(value) || Double.isInfinite(value);
    }

    private static String special(double value) {
        return Double.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
    }

    private static String decimal(BigDecimal value, boolean negative) {
        if (value.signum() == 0) {
            return negative ? "-0.0" : "0.0";
        }
        BigDecimal shortest = value.stripTrailingZeros();
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent >= SMALLEST_PLAIN && exponent < LONGEST_PLAIN) {
            return shortest.scale() <= 0 ? shortest.toPlainString() + ".0" : shortest.toPlainString();
        }
        BigDecimal mantissa = shortest.scaleByPowerOfTen(-exponent);
        return mantissa.toPlainString()
                + (exponent < 0 ? "e-" : "e+")
                + (Math.abs(exponent) < 10 ? "0" : "")
                + Math.abs(exponent);
    }
}
