package jltrace.value;

import jltrace.plan.CaptureLimits;
import jltrace.plan.Pointee;
import jltrace.type.ArrayType;
import jltrace.type.BitFieldType;
import jltrace.type.BitVectorType;
import jltrace.type.CType;
import jltrace.type.EnumType;
import jltrace.type.FloatingType;
import jltrace.type.FormatType;
import jltrace.type.FunctionPointerType;
import jltrace.type.HiddenType;
import jltrace.type.IntegerType;
import jltrace.type.LengthExpression;
import jltrace.type.PointerType;
import jltrace.type.SocketAddressType;
import jltrace.type.StringType;
import jltrace.type.StructType;
import jltrace.value.MemoryProbe.Presence;
import org.jspecify.annotations.Nullable;

/** Shows values that lie in captured bytes, and follows the pointers among them as far as was captured. */
final class MemoryDecoder {
    /** More levels than any plan has. */
    private static final int LEVELS = 24;

    private static final int POINTER = Long.BYTES;
    private static final int UNKNOWN_LENGTH = -1;

    private final int arrayElements;
    private final FunctionNames functions;
    private final TextDecoder texts;
    private final SocketAddressDecoder socketAddresses;
    private final MemoryView[] views = new MemoryView[LEVELS];
    private int depth;
    /** The innermost structure around what is shown, of which fields may tell lengths. */
    private @Nullable StructType around;

    private int aroundOffset;
    private MemoryView aroundView;

    MemoryDecoder(CaptureLimits limits, MemoryProbe memory, FunctionNames functions) {
        this.arrayElements = limits.arrayElements();
        this.functions = functions;
        this.texts = new TextDecoder(limits.stringBytes());
        this.socketAddresses = new SocketAddressDecoder(texts);
        for (int i = 0; i < LEVELS; i++) {
            views[i] = new MemoryView(memory);
        }
        this.aroundView = views[0];
    }

    /** The view for the next argument or result, which is no memory behind a pointer. */
    MemoryView begin() {
        depth = 0;
        around = null;
        return views[0];
    }

    /**
     * Shows a value.
     *
     * @param offset where it is in the view
     * @param where what is captured of what it leads to
     */
    void show(CapturedCall call, CType type, MemoryView view, int offset, Pointee where) {
        if (type instanceof StructType struct) {
            struct(call, struct, view, offset, where);
        } else if (type instanceof ArrayType array) {
            array(call, array, view, offset, where);
        } else if (type instanceof StringType text && text.inPlace()) {
            inPlace(call, text, view, offset);
        } else if (type instanceof BitVectorType bits) {
            bits(call, bits, view, offset);
        } else if (type instanceof SocketAddressType address) {
            socketAddresses.show(address, view, offset, length(call, address.length()), call.sink());
        } else if (type instanceof HiddenType hidden) {
            show(call, hidden.underlying(), view, offset, where);
        } else if (type.size() == 0 || !view.isThere(offset, (int) Math.min(type.size(), Integer.MAX_VALUE))) {
            call.sink().unknown();
        } else {
            scalar(call, type, view, offset, where);
        }
    }

    private void scalar(CapturedCall call, CType type, MemoryView view, int offset, Pointee where) {
        ValueSink sink = call.sink();
        if (type instanceof IntegerType integer) {
            long raw = view.number(offset, integer.width());
            sink.number(CapturedCall.extend(raw, 8 * integer.width(), integer.signed()), integer);
        } else if (type instanceof EnumType enumeration) {
            IntegerType underlying = enumeration.underlying();
            long raw = view.number(offset, underlying.width());
            sink.enumerated(CapturedCall.extend(raw, 8 * underlying.width(), underlying.signed()), enumeration);
        } else if (type instanceof BitFieldType field) {
            bitField(field, view.number(offset, (int) field.size()), sink);
        } else if (type instanceof FloatingType floating) {
            floating(floating, view, offset, sink);
        } else if (type instanceof FunctionPointerType function) {
            function(call, function, view.number(offset, POINTER));
        } else if (type instanceof StringType || type instanceof FormatType || type instanceof PointerType) {
            pointer(call, type, view.number(offset, POINTER), where.at(offset));
        } else {
            sink.unknown();
        }
    }

    private static void bitField(BitFieldType field, long raw, ValueSink sink) {
        long bits = raw >>> field.bitOffset();
        if (field.underlying() instanceof EnumType enumeration) {
            boolean signed = enumeration.underlying().signed();
            sink.enumerated(CapturedCall.extend(bits, field.bitWidth(), signed), enumeration);
        } else if (field.underlying() instanceof IntegerType integer) {
            sink.number(CapturedCall.extend(bits, field.bitWidth(), integer.signed()), integer);
        } else {
            sink.unknown();
        }
    }

    private static void floating(FloatingType type, MemoryView view, int offset, ValueSink sink) {
        switch (type.width()) {
            case Float.BYTES -> sink.floating(Float.intBitsToFloat((int) view.number(offset, Float.BYTES)), type);
            case Double.BYTES -> sink.floating(Double.longBitsToDouble(view.number(offset, Double.BYTES)), type);
            default -> sink.extended(view.number(offset, 8), (int) view.number(offset + 8, 2), type);
        }
    }

    private void function(CapturedCall call, FunctionPointerType type, long address) {
        for (EnumType.Constant constant : type.constants()) {
            if (constant.value() == address) {
                call.sink().constant(constant.name());
                return;
            }
        }
        if (address == 0) {
            call.sink().nil();
            return;
        }
        byte[] name = functions.at(call.process().addressSpace(), address);
        if (name == null) {
            call.sink().address(address);
        } else {
            call.sink().function(name);
        }
    }

    /**
     * Shows a pointer: what it points to, if that is captured.
     *
     * @param type the pointer's own type
     * @param where what is captured of what it points to
     */
    void pointer(CapturedCall call, CType type, long address, Pointee where) {
        ValueSink sink = call.sink();
        if (address == 0) {
            sink.nil();
        } else if (type instanceof PointerType pointer && pointer.opaque()) {
            sink.address(address);
        } else if (where == Pointee.TOO_DEEP) {
            sink.more();
        } else if (where.length() == 0 && !isEmptyArray(call, type)) {
            sink.address(address);
        } else {
            behind(call, type, address, where);
        }
    }

    private boolean isEmptyArray(CapturedCall call, CType type) {
        return type instanceof PointerType pointer
                && pointer.target() instanceof ArrayType array
                && length(call, array.length()) == 0;
    }

    private void behind(CapturedCall call, CType type, long address, Pointee where) {
        if (type instanceof PointerType pointer && pointer.target() instanceof StructType) {
            for (int level = depth; level > 0; level--) {
                if (views[level].address() == address) {
                    call.sink().recursion(depth - level + 1);
                    return;
                }
            }
        }
        if (depth + 1 == LEVELS) {
            call.sink().address(address);
            return;
        }
        MemoryView view = views[++depth];
        view.memory(
                call.capture().bytes(),
                call.capture().memoryStart() + where.start(),
                where.length(),
                address,
                call.process(),
                call.capture().stackPointer());
        if (type instanceof PointerType pointer) {
            contents(call, pointer.target(), view, where);
        } else {
            characters(call, type, view);
        }
        depth--;
    }

    private void contents(CapturedCall call, CType type, MemoryView view, Pointee where) {
        if (type instanceof ArrayType array && length(call, array.length()) == 0) {
            call.sink().beginArray();
            call.sink().endArray(true);
        } else if (view.presence(0) == Presence.UNMAPPED) {
            call.sink().address(view.address());
        } else if (view.presence(0) == Presence.UNKNOWN) {
            call.sink().unknown();
        } else if (isUnboundedArray(call, type)) {
            call.sink().address(view.address());
        } else {
            show(call, type, view, 0, where);
        }
    }

    private boolean isUnboundedArray(CapturedCall call, CType type) {
        return type instanceof ArrayType array
                && !endsAtZero(array.length())
                && length(call, array.length()) == UNKNOWN_LENGTH;
    }

    private void characters(CapturedCall call, CType type, MemoryView view) {
        int width = type instanceof StringType text ? text.characterWidth() : ((FormatType) type).characterWidth();
        LengthExpression length = type instanceof StringType text ? text.length() : LengthExpression.ZERO;
        if (endsAtZero(length)) {
            texts.untilZero(view, 0, width, mostCharacters(call, length), call.sink());
            return;
        }
        long exact = length(call, length);
        if (exact == UNKNOWN_LENGTH) {
            call.sink().address(view.address());
        } else {
            texts.exactly(view, 0, width, exact, call.sink());
        }
    }

    private void inPlace(CapturedCall call, StringType text, MemoryView view, int offset) {
        LengthExpression length = text.length();
        if (offset >= view.length()) {
            call.sink().unknown();
        } else if (endsAtZero(length)) {
            texts.untilZero(view, offset, text.characterWidth(), mostCharacters(call, length), call.sink());
        } else {
            long exact = length(call, length);
            if (exact == UNKNOWN_LENGTH) {
                call.sink().unknown();
            } else {
                texts.exactly(view, offset, text.characterWidth(), exact, call.sink());
            }
        }
    }

    private static boolean endsAtZero(LengthExpression length) {
        return length instanceof LengthExpression.Zero || length instanceof LengthExpression.ZeroWithin;
    }

    private long mostCharacters(CapturedCall call, LengthExpression length) {
        long most = length instanceof LengthExpression.ZeroWithin within && !call.isNoLimit(within.limit())
                ? length(call, within.limit())
                : UNKNOWN_LENGTH;
        return most == UNKNOWN_LENGTH ? TextDecoder.UNLIMITED : most;
    }

    private void struct(CapturedCall call, StructType struct, MemoryView view, int offset, Pointee where) {
        StructType outer = around;
        int outerOffset = aroundOffset;
        MemoryView outerView = aroundView;
        around = struct;
        aroundOffset = offset;
        aroundView = view;
        ValueSink sink = call.sink();
        sink.beginStruct();
        boolean complete = struct.isDefined();
        for (int i = 0; i < struct.fields().size() && complete; i++) {
            StructType.Field field = struct.fields().get(i);
            if (offset + field.byteOffset() >= view.length() && field.type().size() > 0) {
                complete = false;
            } else if (!(field.type() instanceof HiddenType)) {
                sink.field(field.name());
                show(call, field.type(), view, (int) (offset + field.byteOffset()), where);
            }
        }
        sink.endStruct(complete);
        around = outer;
        aroundOffset = outerOffset;
        aroundView = outerView;
    }

    private void array(CapturedCall call, ArrayType array, MemoryView view, int offset, Pointee where) {
        CType element = array.element();
        boolean endsAtZero = endsAtZero(array.length());
        long count = endsAtZero ? mostCharacters(call, array.length()) : length(call, array.length());
        long size = element.size();
        if (count == UNKNOWN_LENGTH || size <= 0) {
            call.sink().unknown();
            return;
        }
        call.sink().beginArray();
        boolean complete = count == 0;
        for (int i = 0; i < count; i++) {
            long at = offset + i * size;
            if (at + size > view.length() || !view.isThere((int) at, (int) size)) {
                break;
            }
            if (endsAtZero && view.isZero((int) at, (int) size)) {
                complete = true;
                break;
            }
            if (i == arrayElements) {
                break;
            }
            call.sink().element();
            show(call, element, view, (int) at, where);
            complete = i + 1 == count;
        }
        call.sink().endArray(complete);
    }

    private void bits(CapturedCall call, BitVectorType type, MemoryView view, int offset) {
        CType underlying = type.underlying();
        long size = underlying instanceof ArrayType array
                ? length(call, array.length()) * array.element().size()
                : underlying.size();
        if (size > 0 && size <= view.length() && view.isThere(offset, (int) size)) {
            call.sink().bits(view.bytes(), view.index(offset), (int) size);
        } else {
            call.sink().unknown();
        }
    }

    /** The value of a length; {@link #UNKNOWN_LENGTH} if nothing tells it. */
    private long length(CapturedCall call, LengthExpression length) {
        if (length instanceof LengthExpression.Element element) {
            return element(element.number());
        }
        if (length instanceof LengthExpression.Distance distance) {
            return distance(distance);
        }
        if (length instanceof LengthExpression.Product product) {
            long left = length(call, product.left());
            long right = length(call, product.right());
            if (left == UNKNOWN_LENGTH || right == UNKNOWN_LENGTH) {
                return UNKNOWN_LENGTH;
            }
            boolean overflows = Math.multiplyHigh(left, right) != 0 || left * right < 0;
            return overflows ? Long.MAX_VALUE : left * right;
        }
        return call.length(length);
    }

    private long element(int number) {
        StructType struct = around;
        if (struct == null || number > struct.fields().size()) {
            return UNKNOWN_LENGTH;
        }
        StructType.Field field = struct.fields().get(number - 1);
        IntegerType integer = integer(field.type());
        int at = (int) (aroundOffset + field.byteOffset());
        if (integer == null || !aroundView.isThere(at, integer.width())) {
            return UNKNOWN_LENGTH;
        }
        long raw = aroundView.number(at, integer.width());
        return Math.max(0, CapturedCall.extend(raw, 8 * integer.width(), integer.signed()));
    }

    private long distance(LengthExpression.Distance distance) {
        StructType struct = around;
        if (struct == null
                || Math.max(distance.from(), distance.to()) > struct.fields().size()) {
            return UNKNOWN_LENGTH;
        }
        int from =
                (int) (aroundOffset + struct.fields().get(distance.from() - 1).byteOffset());
        int to = (int) (aroundOffset + struct.fields().get(distance.to() - 1).byteOffset());
        if (!aroundView.isThere(from, POINTER) || !aroundView.isThere(to, POINTER)) {
            return UNKNOWN_LENGTH;
        }
        long bytes = aroundView.number(to, POINTER) - aroundView.number(from, POINTER);
        return bytes < 0 || bytes % distance.elementSize() != 0 ? UNKNOWN_LENGTH : bytes / distance.elementSize();
    }

    private static @Nullable IntegerType integer(CType type) {
        if (type instanceof IntegerType integer) {
            return integer;
        }
        if (type instanceof EnumType enumeration) {
            return enumeration.underlying();
        }
        return type instanceof HiddenType hidden ? integer(hidden.underlying()) : null;
    }
}
