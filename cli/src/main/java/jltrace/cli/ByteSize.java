package jltrace.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A size in bytes, as a user gives it: a number, and {@code K}, {@code M} or {@code G} for the powers of 1024. */
record ByteSize(long bytes) {
    /** For picocli. */
    static final class Converter implements ITypeConverter<ByteSize> {
        @Override
        public ByteSize convert(String text) {
            int unit = text.isEmpty()
                    ? -1
                    : "KMG".indexOf(text.toUpperCase(Locale.ROOT).charAt(text.length() - 1));
            int shift = 10 * (unit + 1);
            long number = number(unit < 0 ? text : text.substring(0, text.length() - 1));
            if (number <= 0 || number > Long.MAX_VALUE >> shift) {
                throw new TypeConversionException("'" + text + "' is no size; give one as 512K or 64M");
            }
            return new ByteSize(number << shift);
        }

        /** A number of digits; -1 if it is none. */
        private static long number(String digits) {
            try {
                return Long.parseLong(digits);
            } catch (NumberFormatException e) {
                return -1;
            }
        }
    }
}
