package jltrace.bytes;

/** Bytes that do not hold what was to be read from them: the input is cut short or is not what it claims to be. */
public final class MalformedBytesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long offset;

    private MalformedBytesException(String message, long offset) {
        super(message);
        this.offset = offset;
    }

    /**
     * A read outside the bytes that exist.
     *
     * @param offset where the read was to begin, in the outermost source (the file)
     * @param length how many bytes it was to take
     * @param end where the readable bytes end, in the outermost source
     */
    static MalformedBytesException outOfBounds(long offset, long length, long end) {
        return new MalformedBytesException(
                "needs " + length + " bytes at offset " + hexadecimal(offset) + ", but the data ends at "
                        + hexadecimal(end),
                offset);
    }

    /** A LEB128 number that does not fit 64 bits. */
    static MalformedBytesException numberTooLong(long offset) {
        return new MalformedBytesException(
                "LEB128 number at offset " + hexadecimal(offset) + " is longer than 64 bits", offset);
    }

    /** Where the failed read began, in the outermost source: for a slice of a file, the offset in the file. */
    public long offset() {
        return offset;
    }

    private static String hexadecimal(long number) {
        return "0x" + Long.toHexString(number);
    }
}
