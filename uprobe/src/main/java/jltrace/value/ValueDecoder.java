package jltrace.value;

import java.util.List;
import jltrace.call.Capture;
import jltrace.plan.ArgumentPlan;
import jltrace.type.ArgumentLocation;
import jltrace.type.ArrayType;
import jltrace.type.BitVectorType;
import jltrace.type.CType;
import jltrace.type.EnumType;
import jltrace.type.FloatingType;
import jltrace.type.FormatType;
import jltrace.type.HiddenType;
import jltrace.type.IntegerType;
import jltrace.type.LengthExpression;
import jltrace.type.Parameter;
import jltrace.type.PointerType;
import jltrace.type.Presence;
import jltrace.type.StringType;
import jltrace.type.StructType;
import jltrace.type.VoidType;
import org.jspecify.annotations.Nullable;

/** Turns what a hit captured into values, as a signature says. What was not captured is unknown, never guessed. */
public final class ValueDecoder {
    private static final int PAGE_SIZE = 4096;
    private static final int REGISTERS = 6;
    /** Ends at a zero, wherever that is. */
    private static final long UNLIMITED = Long.MIN_VALUE;

    private final int stringBytes;
    private final MemoryProbe memory;
    private final FormatDecoder formats = new FormatDecoder();

    /** @param stringBytes how many bytes of a string are shown at most */
    public ValueDecoder(int stringBytes, MemoryProbe memory) {
        this.stringBytes = stringBytes;
        this.memory = memory;
    }

    /** Shows the arguments of a call from what its entry captured. */
    public void arguments(ArgumentPlan plan, Capture entry, int pid, ValueSink sink) {
        List<Parameter> parameters = plan.signature().parameters();
        int formatAt = -1;
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            if (parameter.type() instanceof HiddenType || !isPassed(parameter, plan, entry)) {
                continue;
            }
            sink.argument();
            int slot = slot(plan.location(i));
            if (slot < 0 || !entry.hasSlot(slot)) {
                sink.unknown();
                continue;
            }
            if (parameter.type() instanceof FormatType) {
                formatAt = i;
            }
            CType type = parameter.type();
            if (type instanceof StringType text) {
                text(entry.slot(slot), entry, plan.block(i), limit(text.length(), plan, entry), pid, sink);
            } else {
                value(type, entry.slot(slot), entry, plan.block(i), pid, sink);
            }
        }
        if (formatAt >= 0 && plan.signature().variadic() && plan.block(formatAt) >= 0) {
            formats.arguments(this, plan, entry, plan.block(formatAt), pid, sink);
        }
    }

    private static boolean isPassed(Parameter parameter, ArgumentPlan plan, Capture entry) {
        if (parameter.presence() instanceof Presence.AnyBit bits) {
            return (argument(plan, entry, bits.argument()) & bits.mask()) != 0;
        }
        if (parameter.presence() instanceof Presence.OneOf oneOf) {
            long value = argument(plan, entry, oneOf.argument());
            for (long one : oneOf.values()) {
                if (one == value) {
                    return true;
                }
            }
            return false;
        }
        return true;
    }

    /** The value of an argument, numbered from 1, as its type has it. */
    private static long argument(ArgumentPlan plan, Capture entry, int number) {
        int index = number - 1;
        int slot = slot(plan.location(index));
        if (slot < 0 || !entry.hasSlot(slot)) {
            return 0;
        }
        CType type = plan.signature().parameters().get(index).type();
        return type.size() == 4 ? (int) entry.slot(slot) : entry.slot(slot);
    }

    /** The slot that a location is: 0 to 5 registers, from 6 on the stack; -1 for one that is not captured. */
    private static int slot(ArgumentLocation location) {
        if (location instanceof ArgumentLocation.IntegerRegister register) {
            return register.index();
        }
        if (location instanceof ArgumentLocation.StackSlots stack && stack.slots() == 1) {
            return (int) (REGISTERS + stack.slot());
        }
        return -1;
    }

    /** Shows the result of a call. */
    public void result(CType type, @Nullable Capture exit, int pid, ValueSink sink) {
        if (type instanceof VoidType) {
            sink.nothing();
        } else if (exit == null || type instanceof FloatingType || type instanceof StructType) {
            sink.unknown();
        } else {
            value(type, exit.result(), exit, exit.blocks() > 0 ? 0 : ArgumentPlan.NO_BLOCK, pid, sink);
        }
    }

    void value(CType type, long raw, Capture capture, int block, int pid, ValueSink sink) {
        if (type instanceof IntegerType integer) {
            sink.number(extend(raw, integer.width(), integer.signed()), integer);
        } else if (type instanceof EnumType enumeration) {
            IntegerType underlying = enumeration.underlying();
            sink.enumerated(extend(raw, underlying.width(), underlying.signed()), enumeration);
        } else if (type instanceof BitVectorType bits) {
            long size = bits.size();
            sink.bits(extend(raw, (int) size, false), size);
        } else if (type instanceof StringType || type instanceof FormatType) {
            text(raw, capture, block, UNLIMITED, pid, sink);
        } else if (type instanceof PointerType || type instanceof ArrayType) {
            sink.address(raw);
        } else {
            sink.unknown();
        }
    }

    /**
     * How many bytes a string argument has at most: negative, as {@code -1 - N}, if it ends at a zero before that, N or more if it
     * has exactly N bytes.
     */
    private static long limit(LengthExpression length, ArgumentPlan plan, Capture entry) {
        if (length instanceof LengthExpression.ZeroWithin within) {
            long most = length(within.limit(), plan, entry);
            return most < 0 ? UNLIMITED : -1 - most;
        }
        long exact = length(length, plan, entry);
        return exact < 0 ? UNLIMITED : exact;
    }

    /** The value of a length that arguments tell; -1 for one that they don't. */
    private static long length(LengthExpression length, ArgumentPlan plan, Capture entry) {
        if (length instanceof LengthExpression.Constant constant) {
            return constant.value();
        }
        if (length instanceof LengthExpression.Argument argument && argument.number() > 0) {
            return Math.max(-1, argument(plan, entry, argument.number()));
        }
        if (length instanceof LengthExpression.Product product) {
            long left = length(product.left(), plan, entry);
            long right = length(product.right(), plan, entry);
            return left < 0 || right < 0 ? -1 : left * right;
        }
        return -1;
    }

    private void text(long address, Capture capture, int block, long limit, int pid, ValueSink sink) {
        if (address == 0) {
            sink.nil();
        } else if (block == ArgumentPlan.NO_BLOCK) {
            sink.address(address);
        } else if (limit >= 0) {
            exactly(address, capture, block, limit, pid, sink);
        } else {
            untilZero(address, capture, block, -1 - limit, pid, sink);
        }
    }

    /** Bytes of which any may be zero. */
    private void exactly(long address, Capture capture, int block, long length, int pid, ValueSink sink) {
        int shown = (int) Math.min(Math.min(length, stringBytes), capture.blockLength(block));
        byte[] bytes = capture.bytes();
        int start = capture.blockStart(block);
        int readable = shown;
        while (readable > 0 && bytes[start + readable - 1] == 0) {
            readable--;
        }
        // Zeros at the end may stand for what could not be read: only on another page than the last byte that was.
        if (readable < shown && !isThere(address, readable, shown - 1, pid)) {
            if (readable == 0) {
                sink.address(address);
            } else {
                sink.text(bytes, start, readable, false);
            }
            return;
        }
        sink.text(bytes, start, shown, shown == length);
    }

    private boolean isThere(long address, int readable, int last, int pid) {
        boolean samePage = readable > 0 && (address + readable - 1) / PAGE_SIZE == (address + last) / PAGE_SIZE;
        return samePage || memory.at(pid, address + last) == MemoryProbe.Presence.MAPPED;
    }

    private void untilZero(long address, Capture capture, int block, long most, int pid, ValueSink sink) {
        byte[] bytes = capture.bytes();
        int start = capture.blockStart(block);
        int captured = (int) Math.min(most, capture.blockLength(block));
        int length = 0;
        while (length < captured && bytes[start + length] != 0) {
            length++;
        }
        boolean ends = length < captured || length == most;
        // The kernel leaves zeros where it can't read, which may be so from the start or from a page's first byte on.
        boolean doubtful = length < captured && (length == 0 || (address + length) % PAGE_SIZE == 0);
        MemoryProbe.Presence presence = doubtful ? memory.at(pid, address + length) : MemoryProbe.Presence.MAPPED;
        if (presence == MemoryProbe.Presence.MAPPED || length > 0) {
            boolean complete = ends && length <= stringBytes && presence == MemoryProbe.Presence.MAPPED;
            sink.text(bytes, start, Math.min(length, stringBytes), complete);
        } else if (presence == MemoryProbe.Presence.UNMAPPED) {
            sink.address(address);
        } else {
            sink.unknown();
        }
    }

    static long extend(long raw, int width, boolean signed) {
        int unused = 64 - 8 * width;
        return unused <= 0 ? raw : signed ? raw << unused >> unused : raw << unused >>> unused;
    }
}
