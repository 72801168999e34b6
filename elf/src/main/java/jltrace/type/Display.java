package jltrace.type;

/**
 * How an integer is shown. The texts are those of ltrace 0.7.3, seen by running it; where it misleads, the remark says what differs.
 */
public enum Display {
    /** As a decimal number, with a sign if the type has one: {@code -2}. */
    DECIMAL(""),

    /** As C's {@code %#x} of the value cut to the type's width: {@code 0xfffffffe} for an int of -2, {@code 0} for zero. */
    HEXADECIMAL("hex"),

    /** As {@code 0} and the octal digits of the value cut to the type's width: {@code 0644}, {@code 00} for zero. */
    OCTAL("oct"),

    /**
     * As a quoted character with C's escapes: {@code 'a'}, {@code '\n'}, {@code '\377'}. In a type of one byte every value is a
     * character. In a wider type a value outside 0 to 255 is none and is shown in decimal, so that {@code fgetc}'s end of file
     * ({@code -1}) and its character {@code '\377'} stay apart.
     */
    CHARACTER("char"),

    /** {@code false} for zero, {@code true} for all else. */
    BOOLEAN("bool"),

    /** In base 2. */
    BINARY("bin"),

    /**
     * The numbers of the bits that are set, runs shortened: {@code <3-5,7>} for 0xb8. If more bits are set than not, those that are
     * not, after a tilde: {@code ~<0>} for 0xfffffffe; {@code <>} for none, {@code ~<>} for all. Bit 0 is the least significant.
     */
    BIT_VECTOR("bitvec"),

    /** A number in the byte order of the network, as the call that makes it of one in the host's: {@code htons(80)}, {@code htonl(1)}. */
    NETWORK_ORDER("network"),

    /**
     * For a value of which nothing is known: from -10000 to 10000 (both included) in decimal, all else as C's {@code %#x}:
     * {@code 10000}, {@code 0x2711}, {@code -10000}, {@code 0xffffffffffffd8ef}. The value is first widened to 8 bytes, whatever the
     * type's sign: a {@code char} with its sign, a {@code short} and an {@code int} with zeros. So 8 bytes of -2 are shown as
     * {@code -2}, an {@code int} of -2 as {@code 0xfffffffe}.
     */
    GUESS("guess");

    private final String lens;

    Display(String lens) {
        this.lens = lens;
    }

    /** The word for it in the prototype language; empty for {@link #DECIMAL}, which has none. */
    public String lens() {
        return lens;
    }
}
