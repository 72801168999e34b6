package jltrace.bytes;

/**
 * Reads one value after the other from a {@link ByteSource}. Every read moves the position past what was read, or throws
 * {@link MalformedBytesException}.
 */
public final class Cursor {
    private final ByteSource source;
    private long position;

    /** A cursor at offset 0. */
    public Cursor(ByteSource source) {
        this(source, 0);
    }

    /** A cursor at {@code position}, an offset in the source. */
    public Cursor(ByteSource source, long position) {
        this.source = source;
        seek(position);
    }

    /** Offset of the next byte to be read, in the source. */
    public long position() {
        return position;
    }

    /** Bytes left to read. */
    public long remaining() {
        return source.size() - position;
    }

    /** Whether bytes are left to read. */
    public boolean hasRemaining() {
        return position < source.size();
    }

    /** Moves to {@code newPosition}, at most the end of the source. */
    public void seek(long newPosition) {
        source.check(newPosition, 0);
        position = newPosition;
    }

    /** Moves over {@code length} bytes. */
    public void skip(long length) {
        source.check(position, length);
        position += length;
    }

    /** Unsigned byte. */
    public int u8() {
        int value = source.u8(position);
        position += 1;
        return value;
    }

    /** Unsigned 16-bit number. */
    public int u16() {
        int value = source.u16(position);
        position += 2;
        return value;
    }

    /** Signed 32-bit number. */
    public int i32() {
        int value = source.i32(position);
        position += 4;
        return value;
    }

    /** Unsigned 32-bit number. */
    public long u32() {
        long value = source.u32(position);
        position += 4;
        return value;
    }

    /** 64-bit number. */
    public long i64() {
        long value = source.i64(position);
        position += 8;
        return value;
    }

    /** Unsigned LEB128 number of at most 64 bits (DWARF 5, 7.6); padding with zero groups is allowed. */
    public long uleb128() {
        long start = position;
        long value = 0;
        int shift = 0;
        while (true) {
            int group = u8();
            long bits = group & 0x7f;
            if (shift < 64) {
                if (bits << shift >>> shift != bits) {
                    throw MalformedBytesException.numberTooLong(source.origin() + start);
                }
                value |= bits << shift;
                shift += 7;
            } else if (bits != 0) {
                throw MalformedBytesException.numberTooLong(source.origin() + start);
            }
            if ((group & 0x80) == 0) {
                return value;
            }
        }
    }

    /** Signed LEB128 number of at most 64 bits (DWARF 5, 7.6); padding with groups of the sign is allowed. */
    public long sleb128() {
        long start = position;
        long value = 0;
        int shift = 0;
        while (true) {
            int group = u8();
            long bits = group & 0x7f;
            if (shift < 63) {
                value |= bits << shift;
                shift += 7;
                if ((group & 0x80) == 0) {
                    return shift < 64 ? value << (64 - shift) >> (64 - shift) : value;
                }
            } else {
                // Of the tenth group one bit is left, the sign; its other bits, and all later groups, must repeat it.
                if (shift == 63) {
                    value |= bits << 63;
                    shift += 7;
                }
                if (bits != (value < 0 ? 0x7f : 0)) {
                    throw MalformedBytesException.numberTooLong(source.origin() + start);
                }
                if ((group & 0x80) == 0) {
                    return value;
                }
            }
        }
    }

    /** String up to the next zero byte, decoded as UTF-8; the position moves past the zero. */
    public String string() {
        String text = source.string(position);
        while (source.u8(position) != 0) {
            position++;
        }
        position++;
        return text;
    }

    /** The next {@code length} bytes, not copied. */
    public ByteSource slice(long length) {
        ByteSource slice = source.slice(position, length);
        position += length;
        return slice;
    }
}
