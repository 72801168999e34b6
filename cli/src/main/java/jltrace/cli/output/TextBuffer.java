package jltrace.cli.output;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Text on its way to a file: bytes are put together in memory, and written when there are many. Allocates nothing for them. */
final class TextBuffer {
    private static final int CAPACITY = 1 << 16;
    /** More than one number, escape or name takes. */
    private static final int MARGIN = 64;

    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream out;
    private final boolean utf8;
    private final byte[] bytes = new byte[CAPACITY];
    private final byte[] scratch = new byte[24];
    private int size;
    /** Bytes since the last line break, without those that don't take a column. */
    private int column;

    TextBuffer(OutputStream out) {
        this(out, false);
    }

    /** @param utf8 whether printable characters outside of ASCII are written as such, in UTF-8 */
    TextBuffer(OutputStream out, boolean utf8) {
        this.out = out;
        this.utf8 = utf8;
    }

    /** The column that the next byte will be in, from 0. */
    int column() {
        return column;
    }

    void append(char c) {
        room(1);
        bytes[size++] = (byte) c;
        column = c == '\n' ? 0 : column + 1;
    }

    /** Appends printable ASCII. */
    void append(String text) {
        for (int i = 0; i < text.length(); i++) {
            append(text.charAt(i));
        }
    }

    /** Appends a terminal's control sequence, which takes no column. */
    void appendControl(String sequence) {
        room(sequence.length());
        for (int i = 0; i < sequence.length(); i++) {
            bytes[size++] = (byte) sequence.charAt(i);
        }
    }

    void spacesTo(int targetColumn) {
        while (column < targetColumn) {
            append(' ');
        }
    }

    void decimal(long value) {
        if (value < 0) {
            append('-');
            // The smallest number has no positive counterpart, but read as unsigned its negation is right.
            unsigned(-value);
        } else {
            unsigned(value);
        }
    }

    void unsigned(long value) {
        int at = scratch.length;
        long rest = value;
        do {
            long quotient = Long.divideUnsigned(rest, 10);
            scratch[--at] = (byte) ('0' + (rest - quotient * 10));
            rest = quotient;
        } while (rest != 0);
        copy(at);
    }

    /** Appends a number without a sign, in at least so many digits. */
    void padded(long value, int digits, char padding) {
        int at = scratch.length;
        long rest = value;
        do {
            scratch[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest != 0);
        while (scratch.length - at < digits) {
            scratch[--at] = (byte) padding;
        }
        copy(at);
    }

    void hexadecimal(long value) {
        append('0');
        append('x');
        int at = scratch.length;
        long rest = value;
        do {
            scratch[--at] = DIGITS[(int) (rest & 15)];
            rest >>>= 4;
        } while (rest != 0);
        copy(at);
    }

    void octal(long value) {
        append('0');
        int at = scratch.length;
        long rest = value;
        do {
            scratch[--at] = (byte) ('0' + (rest & 7));
            rest >>>= 3;
        } while (rest != 0 && at > 0);
        copy(at);
    }

    private void copy(int from) {
        int count = scratch.length - from;
        room(count);
        System.arraycopy(scratch, from, bytes, size, count);
        size += count;
        column += count;
    }

    /** Appends bytes from the target as C would write them between quotes, so that none of them can mean anything to a terminal. */
    void escaped(byte[] source, int start, int length, char quote) {
        int end = start + length;
        int at = start;
        while (at < end) {
            int sequence = utf8 && source[at] < 0 ? PrintableText.sequence(source, at, end) : 0;
            if (sequence == 0) {
                escaped(source[at++] & 0xff, quote);
            } else {
                room(sequence);
                System.arraycopy(source, at, bytes, size, sequence);
                size += sequence;
                column++;
                at += sequence;
            }
        }
    }

    /** Appends a name, whose characters may come from the target. */
    void escaped(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7f) {
                append(c);
            } else {
                byte[] name = text.substring(i).getBytes(StandardCharsets.UTF_8);
                escaped(name, 0, name.length, '\0');
                return;
            }
        }
    }

    /** Appends a character of a wide string from the target as C would write it between quotes. */
    void escapedCharacter(int character, char quote) {
        if (character >= 0 && character < 0x80) {
            escaped(character, quote);
        } else if (utf8 && PrintableText.isPrintable(character)) {
            room(4);
            size += PrintableText.encode(character, bytes, size);
            column++;
        } else if (character >= 0 && character < 0x100) {
            escaped(character, quote);
        } else {
            boolean isShort = character >>> 16 == 0;
            append(isShort ? "\\u" : "\\U");
            for (int shift = isShort ? 12 : 28; shift >= 0; shift -= 4) {
                append((char) DIGITS[character >>> shift & 15]);
            }
        }
    }

    /** Appends one byte, 0 to 255, as C would write it between quotes. */
    void escaped(int value, char quote) {
        room(4);
        if (value >= ' ' && value < 0x7f && value != quote && value != '\\') {
            bytes[size++] = (byte) value;
            column++;
            return;
        }
        append('\\');
        switch (value) {
            case 7 -> append('a');
            case '\b' -> append('b');
            case '\t' -> append('t');
            case '\n' -> append('n');
            case 11 -> append('v');
            case '\f' -> append('f');
            case '\r' -> append('r');
            case '\\', '"', '\'' -> append((char) value);
            default -> {
                append((char) ('0' + (value >> 6)));
                append((char) ('0' + (value >> 3 & 7)));
                append((char) ('0' + (value & 7)));
            }
        }
    }

    private void room(int count) {
        if (size + count > CAPACITY - MARGIN) {
            write();
        }
    }

    private void write() {
        try {
            out.write(bytes, 0, size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            size = 0;
        }
    }

    /** Writes what is there. */
    void flush() {
        if (size > 0) {
            write();
            try {
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
