package jltrace.value;

import java.util.Arrays;
import jltrace.plan.ArgumentPlan;
import jltrace.plan.Pointee;
import jltrace.type.CType;
import jltrace.type.Display;
import jltrace.type.FormatType;
import jltrace.type.IntegerType;
import jltrace.type.LengthExpression;
import jltrace.type.PointerType;
import jltrace.type.StringType;
import org.jspecify.annotations.Nullable;

/**
 * Shows the arguments that a format string asks for, printf(3)'s and scanf(3)'s. Arguments in vector registers are not to be
 * had, but take no integer register either.
 */
final class FormatDecoder {
    // Made once, each at the index of its width in bytes, because a format is decoded at every call.
    private static final IntegerType[] SIGNED = byWidth(true, Display.DECIMAL);
    private static final IntegerType[] UNSIGNED = byWidth(false, Display.DECIMAL);
    private static final IntegerType[] OCTAL = byWidth(false, Display.OCTAL);
    private static final IntegerType[] HEXADECIMAL = byWidth(false, Display.HEXADECIMAL);

    private static final StringType WIDE_STRING = new StringType(4, LengthExpression.ZERO, false);

    /** As a negative one, which counts as none (C11, 7.21.6.1). */
    private static final int NO_PRECISION = -1;

    private static final int LARGEST_PRECISION = 1_000_000;
    private static final int VECTOR_REGISTERS = 8;
    private static final int REGISTERS = 6;

    private final ValueDecoder decoder;

    // The state of one format's decoding.
    private byte[] bytes = new byte[0];
    private int start;
    private int characterWidth;
    /** The next character, counted in characters. */
    private int at;

    private int end;
    /** The next argument register, and the next slot on the stack: both go on beside each other. */
    private int register;

    private int stackSlot;
    private int vectors;

    /** Types of strings by their precision, made when first needed. */
    private final @Nullable StringType[] bounded = new StringType[64];

    FormatDecoder(ValueDecoder decoder) {
        this.decoder = decoder;
    }

    /** Shows the arguments behind a format, which is the parameter with this index. */
    void arguments(CapturedCall call, int parameter) {
        ArgumentPlan plan = call.plan();
        Pointee where = plan.pointee(parameter);
        FormatType format =
                (FormatType) plan.signature().parameters().get(parameter).type();
        boolean input = format.language() == FormatType.Language.SCANF;
        bytes = call.capture().bytes();
        start = call.capture().memoryStart() + where.start();
        characterWidth = format.characterWidth();
        at = 0;
        end = where.length() / characterWidth;
        register = Math.min(plan.variableFirstSlot(), REGISTERS);
        stackSlot = Math.max(plan.variableFirstSlot(), REGISTERS);
        vectors = 0;
        while (at < end && character(at) != 0) {
            if (character(at++) != '%') {
                continue;
            }
            if (at < end && character(at) == '%') {
                at++;
            } else if (!conversion(call, input)) {
                // What follows can't be told.
                at = end;
            }
        }
        if (at >= end) {
            // The format goes on beyond what was captured or understood, and so may the arguments.
            call.sink().argument();
            call.sink().unknown();
        }
    }

    /** A character of the format; one outside of ASCII is any that means nothing. */
    private int character(int index) {
        int position = start + index * characterWidth;
        for (int i = 1; i < characterWidth; i++) {
            if (bytes[position + i] != 0) {
                return 0xff;
            }
        }
        return bytes[position] & 0xff;
    }

    private static IntegerType[] byWidth(boolean signed, Display display) {
        IntegerType[] types = new IntegerType[Long.BYTES + 1];
        Arrays.setAll(types, width -> new IntegerType(widthAtLeast(width), signed, display));
        return types;
    }

    /** The width of an integer, 1, 2, 4 or 8, that has so many bytes. */
    private static int widthAtLeast(int bytes) {
        return bytes <= 1 ? 1 : Integer.highestOneBit(2 * bytes - 1);
    }

    /**
     * The type of a string of which at most so many characters are printed. No more of them need be there: the string may have no end.
     *
     * @param precision {@link #NO_PRECISION} if there is no limit
     */
    private StringType string(int precision) {
        if (precision == NO_PRECISION) {
            return StringType.C_STRING;
        }
        StringType type = precision < bounded.length ? bounded[precision] : null;
        if (type == null) {
            type = StringType.within(new LengthExpression.Constant(precision));
            if (precision < bounded.length) {
                bounded[precision] = type;
            }
        }
        return type;
    }

    /** One conversion, from behind its percent sign; false if it is not understood. */
    private boolean conversion(CapturedCall call, boolean input) {
        boolean suppressed = false;
        int precision = NO_PRECISION;
        while (at < end && isFlagOrWidth(character(at))) {
            if (character(at) == '$') {
                return false;
            }
            if (character(at) == '*' && input) {
                suppressed = true;
            } else if (character(at) == '*') {
                int given = next(call);
                value(call, IntegerType.INT);
                precision = precision == NO_PRECISION ? NO_PRECISION : Math.max(NO_PRECISION, given);
            } else if (character(at) == '.') {
                precision = 0;
            } else if (precision != NO_PRECISION && Character.isDigit(character(at))) {
                precision = Math.min(LARGEST_PRECISION, 10 * precision + character(at) - '0');
            }
            at++;
        }
        int width = lengthModifier(input);
        if (at >= end) {
            return true;
        }
        boolean longDouble = character(at - 1) == 'L';
        int conversion = character(at++);
        if (input) {
            if (!suppressed) {
                value(call, PointerType.OPAQUE);
            }
            skipSet(conversion);
            return true;
        }
        switch (conversion) {
            case 'm' -> {}
            case 'd', 'i' -> value(call, SIGNED[width]);
            case 'u' -> value(call, UNSIGNED[width]);
            case 'o' -> value(call, OCTAL[width]);
            case 'x', 'X' -> value(call, HEXADECIMAL[width]);
            case 'c' -> value(call, width == 8 ? IntegerType.INT : IntegerType.CHAR);
            case 's' -> value(call, width == 8 ? WIDE_STRING : string(precision));
            case 'S' -> value(call, WIDE_STRING);
            case 'p', 'n' -> value(call, PointerType.OPAQUE);
            case 'C' -> value(call, IntegerType.INT);
            case 'a', 'A', 'e', 'E', 'f', 'F', 'g', 'G' -> floating(longDouble, call.sink());
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Goes past a length modifier; returns the width in bytes that it gives an integer. */
    private int lengthModifier(boolean input) {
        int width = 4;
        while (at < end) {
            switch (character(at)) {
                case 'h' -> width = width == 2 ? 1 : 2;
                case 'l', 'j', 'z', 't', 'q', 'L' -> width = 8;
                case 'm' -> {
                    if (!input) {
                        return width;
                    }
                }
                default -> {
                    return width;
                }
            }
            at++;
        }
        return width;
    }

    /** Goes past scanf(3)'s {@code [set]}. */
    private void skipSet(int conversion) {
        if (conversion != '[') {
            return;
        }
        if (at < end && character(at) == '^') {
            at++;
        }
        at++;
        while (at < end && character(at) != 0 && character(at) != ']') {
            at++;
        }
    }

    private static boolean isFlagOrWidth(int c) {
        return (c >= '0' && c <= '9') || "-+ #'.*$I".indexOf(c) >= 0;
    }

    /** The next argument as an int; {@link #NO_PRECISION} if it is not known. */
    private int next(CapturedCall call) {
        int slot = register < REGISTERS ? register : stackSlot;
        return call.capture().hasSlot(slot) ? (int) call.capture().slot(slot) : NO_PRECISION;
    }

    private void value(CapturedCall call, CType type) {
        call.sink().argument();
        decoder.slot(call, type, register < REGISTERS ? register++ : stackSlot++);
    }

    private void floating(boolean longDouble, ValueSink sink) {
        sink.argument();
        sink.unknown();
        if (longDouble) {
            // On the stack, 16 bytes, aligned to as much.
            stackSlot += (stackSlot & 1) + 2;
        } else if (vectors < VECTOR_REGISTERS) {
            vectors++;
        } else {
            stackSlot++;
        }
    }
}
