package jltrace.cli.output;

import jltrace.type.Display;
import jltrace.type.EnumType;
import jltrace.type.FloatingType;
import jltrace.type.IntegerType;
import jltrace.value.ValueSink;

/** Writes values as ltrace does. */
final class TextValues implements ValueSink {
    /** Guessed numbers up to this are more likely counts than addresses. */
    private static final long LARGEST_PLAIN_GUESS = 10_000;

    private final TextBuffer out;
    private final Colors colors;
    private final byte[] scratch = new byte[Long.BYTES];
    private boolean first = true;
    /** Whether a structure or array has begun and nothing in it was shown yet. */
    private boolean empty;
    /** Whether the last value is of a kind that may end in dots of its own. */
    private boolean dotted;

    TextValues(TextBuffer out, Colors colors) {
        this.out = out;
        this.colors = colors;
    }

    /** A new argument list begins. */
    void begin() {
        first = true;
    }

    @Override
    public void argument() {
        if (!first) {
            out.append(", ");
        }
        first = false;
    }

    @Override
    public void number(long value, IntegerType type) {
        long cut = type.width() == 8 ? value : value & ((1L << (8 * type.width())) - 1);
        switch (type.display()) {
            case DECIMAL -> {
                if (type.signed()) {
                    out.decimal(value);
                } else {
                    out.unsigned(value);
                }
            }
            case HEXADECIMAL -> {
                if (cut == 0) {
                    out.append('0');
                } else {
                    out.hexadecimal(cut);
                }
            }
            case OCTAL -> out.octal(cut);
            case CHARACTER -> character(value, type);
            case BOOLEAN -> out.append(value == 0 ? "false" : "true");
            case BINARY -> out.append(Long.toBinaryString(cut));
            case NETWORK_ORDER -> networkOrder(cut, type.width());
            case BIT_VECTOR -> bits(cut, type.width());
            case GUESS -> guess(type.width() == 8 ? value : type.width() == 1 ? value : cut);
        }
    }

    private void character(long value, IntegerType type) {
        if (type.width() > 1 && (value < 0 || value > 255)) {
            out.decimal(value);
            return;
        }
        out.append('\'');
        if ((value & 0xff) == 0) {
            out.append("\\0");
        } else {
            out.escaped((int) value & 0xff, '\'');
        }
        out.append('\'');
    }

    private void networkOrder(long value, int width) {
        if (width == 1) {
            out.unsigned(value);
            return;
        }
        out.append(width == Short.BYTES ? "htons(" : width == Integer.BYTES ? "htonl(" : "htobe64(");
        out.unsigned(Long.reverseBytes(value) >>> (Long.SIZE - Byte.SIZE * width));
        out.append(')');
    }

    private void guess(long value) {
        if (value >= -LARGEST_PLAIN_GUESS && value <= LARGEST_PLAIN_GUESS) {
            out.decimal(value);
        } else {
            out.hexadecimal(value);
        }
    }

    @Override
    public void address(long value) {
        if (value == 0) {
            nil();
        } else {
            out.hexadecimal(value);
        }
    }

    @Override
    public void nil() {
        out.append("nil");
    }

    @Override
    public void text(byte[] bytes, int start, int length, boolean complete) {
        colors.string(out);
        out.append('"');
        out.escaped(bytes, start, length, '"');
        out.append('"');
        colors.end(out);
        if (!complete) {
            out.append("...");
        }
        dotted = true;
    }

    @Override
    public void wideText(byte[] bytes, int start, int characters, int width, boolean complete) {
        colors.string(out);
        out.append(width == 2 ? "u\"" : "L\"");
        for (int i = 0; i < characters; i++) {
            int character = 0;
            for (int j = width - 1; j >= 0; j--) {
                character = character << 8 | (bytes[start + i * width + j] & 0xff);
            }
            out.escapedCharacter(character, '"');
        }
        out.append('"');
        colors.end(out);
        if (!complete) {
            out.append("...");
        }
        dotted = true;
    }

    @Override
    public void floating(double value, FloatingType type) {
        if (type.hexadecimal()) {
            out.append(FloatingText.hexadecimal(value));
        } else {
            out.append(type.width() == Float.BYTES ? FloatingText.of((float) value) : FloatingText.of(value));
        }
    }

    @Override
    public void extended(long significand, int signAndExponent, FloatingType type) {
        out.append(FloatingText.ofExtended(significand, signAndExponent));
    }

    @Override
    public void function(byte[] name) {
        out.escaped(name, 0, name.length, '\0');
    }

    @Override
    public void constant(String name) {
        out.escaped(name);
    }

    @Override
    public void beginStruct() {
        out.append('{');
        empty = true;
    }

    @Override
    public void field(String name) {
        element();
        if (!name.isEmpty()) {
            out.escaped(name);
            out.append('=');
        }
    }

    @Override
    public void endStruct(boolean complete) {
        if (!complete) {
            element();
            out.append("...");
        }
        out.append(empty ? "}" : " }");
        empty = false;
        dotted = false;
    }

    @Override
    public void beginArray() {
        out.append('[');
        empty = true;
    }

    @Override
    public void element() {
        out.append(empty ? " " : ", ");
        empty = false;
        dotted = false;
    }

    @Override
    public void endArray(boolean complete) {
        if (!complete) {
            if (empty || dotted) {
                element();
            }
            out.append("...");
        }
        out.append(empty ? "]" : " ]");
        empty = false;
        dotted = false;
    }

    @Override
    public void recursion(int levels) {
        out.append("recurse");
        for (int i = 0; i < levels; i++) {
            out.append('^');
        }
    }

    @Override
    public void more() {
        out.append("...");
        dotted = true;
    }

    @Override
    public void enumerated(long value, EnumType type) {
        switch (type.kind()) {
            case ENUMERATION -> enumerator(value, type);
            case FLAGS -> flags(value, type, '|');
            case SET -> set(value, type);
        }
    }

    private void enumerator(long value, EnumType type) {
        for (EnumType.Constant constant : type.constants()) {
            if (constant.value() == value) {
                out.escaped(constant.name());
                return;
            }
        }
        number(value, type.underlying().shownAs(Display.DECIMAL));
    }

    private void set(long value, EnumType type) {
        int width = Byte.SIZE * type.underlying().width();
        long all = -1L >>> (Long.SIZE - width);
        long members = value & all;
        if (3 * Long.bitCount(members) >= 2 * width) {
            out.append('~');
            members = ~members & all;
        }
        out.append('[');
        if (members != 0) {
            long extended = members << (Long.SIZE - width) >> (Long.SIZE - width);
            flags(type.underlying().signed() ? extended : members, type, ' ');
        }
        out.append(']');
    }

    private void flags(long value, EnumType type, char between) {
        long rest = value;
        long explained = 0;
        for (EnumType.Constant constant : type.constants()) {
            // A field's zero, such as O_RDONLY, leaves nothing over: it is judged on the value.
            boolean holds = constant.value() == 0
                    ? constant.holds(value) && (constant.mask() & ~explained) != 0
                    : constant.holds(rest);
            if (holds) {
                if (explained != 0) {
                    out.append(between);
                }
                out.escaped(constant.name());
                explained |= constant.mask();
                rest &= ~constant.mask();
            }
        }
        if (rest != 0 || explained == 0) {
            if (explained != 0) {
                out.append(between);
            }
            number(rest, type.underlying().shownAs(Display.HEXADECIMAL));
        }
    }

    private void bits(long value, int width) {
        for (int i = 0; i < width; i++) {
            scratch[i] = (byte) (value >>> (8 * i));
        }
        bits(scratch, 0, width);
    }

    @Override
    public void bits(byte[] bytes, int start, int length) {
        int width = 8 * length;
        int set = 0;
        for (int i = start; i < start + length; i++) {
            set += Integer.bitCount(bytes[i] & 0xff);
        }
        boolean inverted = 2 * set > width;
        if (inverted) {
            out.append('~');
        }
        out.append('<');
        boolean any = false;
        for (int bit = 0; bit < width; bit++) {
            if (isSet(bytes, start, bit, inverted)) {
                int last = bit;
                while (last + 1 < width && isSet(bytes, start, last + 1, inverted)) {
                    last++;
                }
                if (any) {
                    out.append(',');
                }
                any = true;
                out.decimal(bit);
                if (last > bit) {
                    out.append('-');
                    out.decimal(last);
                }
                bit = last;
            }
        }
        out.append('>');
    }

    private static boolean isSet(byte[] bytes, int start, int bit, boolean inverted) {
        return (bytes[start + bit / 8] >> (bit % 8) & 1) == (inverted ? 0 : 1);
    }

    @Override
    public void unknown() {
        out.append('?');
    }

    @Override
    public void nothing() {
        out.append("<void>");
    }
}
