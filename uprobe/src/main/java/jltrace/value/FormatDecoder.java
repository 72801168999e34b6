package jltrace.value;

import java.util.Arrays;
import jltrace.call.Capture;
import jltrace.plan.ArgumentPlan;
import jltrace.type.CType;
import jltrace.type.Display;
import jltrace.type.FormatType;
import jltrace.type.IntegerType;
import jltrace.type.Parameter;
import jltrace.type.PointerType;
import jltrace.type.StringType;

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

    private static final int VECTOR_REGISTERS = 8;
    private static final int REGISTERS = 6;

    // The state of one format's decoding.
    private int at;
    /** The next argument register, and the next slot on the stack: both go on beside each other. */
    private int register;

    private int stackSlot;
    private int vectors;

    void arguments(ValueDecoder decoder, ArgumentPlan plan, Capture entry, int block, int pid, ValueSink sink) {
        boolean input = isInput(plan);
        byte[] bytes = entry.bytes();
        at = entry.blockStart(block);
        int end = at + entry.blockLength(block);
        register = Math.min(plan.variableFirstSlot(), REGISTERS);
        stackSlot = Math.max(plan.variableFirstSlot(), REGISTERS);
        vectors = 0;
        while (at < end && bytes[at] != 0) {
            if (bytes[at++] != '%') {
                continue;
            }
            if (at < end && bytes[at] == '%') {
                at++;
            } else if (!conversion(decoder, plan, entry, end, input, pid, sink)) {
                // What follows can't be told.
                at = end;
            }
        }
        if (at >= end) {
            // The format goes on beyond what was captured or understood, and so may the arguments.
            sink.argument();
            sink.unknown();
        }
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

    private static boolean isInput(ArgumentPlan plan) {
        for (Parameter parameter : plan.signature().parameters()) {
            if (parameter.type() instanceof FormatType format) {
                return format.language() == FormatType.Language.SCANF;
            }
        }
        return false;
    }

    /** One conversion, from behind its percent sign; false if it is not understood. */
    private boolean conversion(
            ValueDecoder decoder, ArgumentPlan plan, Capture entry, int end, boolean input, int pid, ValueSink sink) {
        byte[] bytes = entry.bytes();
        boolean suppressed = false;
        while (at < end && isFlagOrWidth(bytes[at])) {
            if (bytes[at] == '$') {
                return false;
            }
            if (bytes[at] == '*' && input) {
                suppressed = true;
            } else if (bytes[at] == '*') {
                integer(entry, IntegerType.INT, sink);
            }
            at++;
        }
        int width = lengthModifier(bytes, end, input);
        if (at >= end) {
            return true;
        }
        boolean longDouble = bytes[at - 1] == 'L';
        byte conversion = bytes[at++];
        if (input) {
            if (!suppressed) {
                value(decoder, plan, entry, PointerType.OPAQUE, pid, sink);
            }
            skipSet(conversion, bytes, end);
            return true;
        }
        switch (conversion) {
            case 'm' -> {}
            case 'd', 'i' -> integer(entry, SIGNED[width], sink);
            case 'u' -> integer(entry, UNSIGNED[width], sink);
            case 'o' -> integer(entry, OCTAL[width], sink);
            case 'x', 'X' -> integer(entry, HEXADECIMAL[width], sink);
            case 'c' -> integer(entry, width == 8 ? IntegerType.INT : IntegerType.CHAR, sink);
            case 's' -> value(decoder, plan, entry, width == 8 ? PointerType.OPAQUE : StringType.C_STRING, pid, sink);
            case 'p', 'n', 'S' -> value(decoder, plan, entry, PointerType.OPAQUE, pid, sink);
            case 'C' -> integer(entry, IntegerType.INT, sink);
            case 'a', 'A', 'e', 'E', 'f', 'F', 'g', 'G' -> floating(longDouble, sink);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Goes past a length modifier; returns the width in bytes that it gives an integer. */
    private int lengthModifier(byte[] bytes, int end, boolean input) {
        int width = 4;
        while (at < end) {
            switch (bytes[at]) {
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
    private void skipSet(byte conversion, byte[] bytes, int end) {
        if (conversion != '[') {
            return;
        }
        if (at < end && bytes[at] == '^') {
            at++;
        }
        at++;
        while (at < end && bytes[at] != 0 && bytes[at] != ']') {
            at++;
        }
    }

    private static boolean isFlagOrWidth(byte c) {
        return (c >= '0' && c <= '9') || "-+ #'.*$I".indexOf(c) >= 0;
    }

    private void integer(Capture entry, IntegerType type, ValueSink sink) {
        sink.argument();
        int taken = takeSlot();
        if (entry.hasSlot(taken)) {
            sink.number(ValueDecoder.extend(entry.slot(taken), type.width(), type.signed()), type);
        } else {
            sink.unknown();
        }
    }

    private void value(ValueDecoder decoder, ArgumentPlan plan, Capture entry, CType type, int pid, ValueSink sink) {
        sink.argument();
        int taken = takeSlot();
        if (entry.hasSlot(taken)) {
            decoder.value(type, entry.slot(taken), entry, plan.variableBlock(taken), pid, sink);
        } else {
            sink.unknown();
        }
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

    private int takeSlot() {
        return register < REGISTERS ? register++ : stackSlot++;
    }
}
