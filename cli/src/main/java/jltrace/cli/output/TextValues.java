package jltrace.cli.output;

import jltrace.type.Display;
import jltrace.type.EnumType;
import jltrace.type.IntegerType;
import jltrace.value.ValueSink;

/** Writes values as ltrace does. */
final class TextValues implements ValueSink {
    /** Guessed numbers up to this are more likely counts than addresses. */
    private static final long LARGEST_PLAIN_GUESS = 10_000;

    private final TextBuffer out;
    private final Colors colors;
    private boolean first = true;

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
    }

    @Override
    public void enumerated(long value, EnumType type) {
        if (!type.flags()) {
            for (EnumType.Constant constant : type.constants()) {
                if (constant.value() == value) {
                    out.append(constant.name());
                    return;
                }
            }
            number(value, type.underlying().shownAs(Display.DECIMAL));
            return;
        }
        flags(value, type);
    }

    private void flags(long value, EnumType type) {
        long rest = value;
        long explained = 0;
        for (EnumType.Constant constant : type.constants()) {
            // A field's zero, such as O_RDONLY, leaves nothing over: it is judged on the value.
            boolean holds = constant.value() == 0
                    ? constant.holds(value) && (constant.mask() & ~explained) != 0
                    : constant.holds(rest);
            if (holds) {
                if (explained != 0) {
                    out.append('|');
                }
                out.append(constant.name());
                explained |= constant.mask();
                rest &= ~constant.mask();
            }
        }
        if (rest != 0 || explained == 0) {
            if (explained != 0) {
                out.append('|');
            }
            number(rest, type.underlying().shownAs(Display.HEXADECIMAL));
        }
    }

    @Override
    public void bits(long value, long size) {
        int width = (int) (8 * size);
        boolean inverted = 2 * Long.bitCount(value) > width;
        if (inverted) {
            out.append('~');
        }
        out.append('<');
        boolean any = false;
        for (int bit = 0; bit < width; bit++) {
            if (isSet(value, bit, inverted)) {
                int last = bit;
                while (last + 1 < width && isSet(value, last + 1, inverted)) {
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

    private static boolean isSet(long value, int bit, boolean inverted) {
        return ((value >>> bit) & 1) == (inverted ? 0 : 1);
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
