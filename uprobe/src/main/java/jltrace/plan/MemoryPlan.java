package jltrace.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jltrace.type.ArrayType;
import jltrace.type.BitVectorType;
import jltrace.type.CType;
import jltrace.type.FormatType;
import jltrace.type.HiddenType;
import jltrace.type.LengthExpression;
import jltrace.type.PointerType;
import jltrace.type.StringType;
import jltrace.type.StructType;
import org.jspecify.annotations.Nullable;

/**
 * What memory is captured at a hit, in units of one size: what is larger takes several that follow each other. Pointers are followed
 * level by level: first those that are passed themselves, then those found behind them, as long as there are units left.
 */
final class MemoryPlan {
    /** A format string is read in full up to this many words: without its end its arguments can't be told. */
    private static final int FORMAT_WORDS = 16;

    /** The most that is read of one structure or array. */
    private static final int LARGEST_BLOCK = 256;

    /** Pointers behind pointers are followed so deep. */
    private static final int DEEPEST = 4;

    /** A structure that leads to itself is followed so deep, whatever the limits: the kernel takes no longer chain. */
    private static final int DEEPEST_RECURSION = 10;

    private static final int MOST_REQUESTS = 256;

    /** A definition is a line of less than 4096 characters; so many of them are for what is read of memory. */
    private static final int LONGEST_LINE = 2600;

    /** What a unit takes of a line beside its pointer. */
    private static final int UNIT_TEXT = 24;

    private static final int WORD = 8;

    private final CaptureLimits limits;
    private final Deque<Request> requests = new ArrayDeque<>();
    private final List<Unit> units = new ArrayList<>();
    private final int unitWords;
    private final int mostUnits;
    private int textWords;
    private int requested;
    private int lineLength;

    /**
     * Where a unit is read from.
     *
     * @param pointer what holds the address, in the kernel's words
     * @param byteOffset how far behind that address
     */
    record Unit(String pointer, int byteOffset) {}

    /** Memory that is to be captured: a node of the tree that becomes {@link Pointee}s. */
    static final class Target {
        private final String pointer;
        private final Map<Integer, Target> behind = new HashMap<>();
        private boolean tooDeep;
        private int words;
        private int start;

        private Target(String pointer) {
            this.pointer = pointer;
        }

        Pointee pointee() {
            if (tooDeep) {
                return Pointee.TOO_DEEP;
            }
            if (words == 0 && behind.isEmpty()) {
                return Pointee.NONE;
            }
            int[] offsets = new int[behind.size()];
            Pointee[] pointees = new Pointee[offsets.length];
            int i = 0;
            for (Map.Entry<Integer, Target> entry : behind.entrySet()) {
                offsets[i] = entry.getKey();
                pointees[i++] = entry.getValue().pointee();
            }
            return new Pointee(start, WORD * words, offsets, pointees);
        }
    }

    /** A pointer to be followed. */
    private record Request(Target target, CType type, int level, List<CType> around) {}

    /** What holds the pointer that lies so many bytes into a value, in the kernel's words; null if nothing does. */
    interface PointerPlace {
        @Nullable String at(int byteOffset);
    }

    /** @param mostUnits how many units of memory may be captured */
    MemoryPlan(CaptureLimits limits, int mostUnits) {
        this.limits = limits;
        this.unitWords = limits.unitWords();
        this.mostUnits = mostUnits;
    }

    /**
     * Asks for what a value leads to: what it points to, if it is a pointer, or what the pointers in it point to.
     *
     * @param place where the value is
     */
    Target follow(CType type, PointerPlace place) {
        if (pointed(type) != null) {
            String pointer = place.at(0);
            Target target = new Target(pointer == null ? "" : pointer);
            if (pointer != null) {
                requests.add(new Request(target, type, 1, List.of()));
            }
            return target;
        }
        Target value = new Target("");
        scan(value, type, 0, Integer.MAX_VALUE, 1, List.of(), place);
        return value;
    }

    /** Decides what is captured. */
    void plan() {
        int strings = 0;
        int formatUnits = 0;
        for (Request request : requests) {
            strings += isText(request.type) ? 1 : 0;
            formatUnits += request.type instanceof FormatType ? unitsFor(words(request.type)) : 0;
        }
        int room = (mostUnits - Math.min(formatUnits, mostUnits / 2)) / Math.max(1, strings);
        textWords = Math.min(limits.textWords(), Math.max(1, room) * unitWords);
        while (!requests.isEmpty()) {
            capture(requests.remove());
        }
    }

    /** The units that are captured, in their order. */
    List<Unit> units() {
        return units;
    }

    private int unitsFor(int words) {
        return (words + unitWords - 1) / unitWords;
    }

    private void capture(Request request) {
        Target target = request.target;
        int words = isText(request.type) ? textWords : words(request.type);
        int count = unitsFor(words);
        if (words == 0 || units.size() + count > mostUnits || !hasLine(target, count)) {
            return;
        }
        target.words = words;
        target.start = WORD * unitWords * units.size();
        for (int unit = 0; unit < count; unit++) {
            units.add(new Unit(target.pointer, WORD * unitWords * unit));
        }
        CType contents = pointed(request.type);
        if (contents != null && !isCharacters(request.type)) {
            PointerPlace place = offset -> "+" + offset + "(" + target.pointer + ")";
            scan(target, contents, 0, WORD * words, request.level + 1, request.around, place);
        }
    }

    /** Takes room in the definition's line, if there is enough. */
    private boolean hasLine(Target target, int units) {
        int length = units * (UNIT_TEXT + target.pointer.length());
        if (lineLength + length > LONGEST_LINE) {
            return false;
        }
        lineLength += length;
        return true;
    }

    /** Asks for what the pointers in a value point to. */
    private void scan(
            Target value, CType type, int offset, int captured, int level, List<CType> around, PointerPlace place) {
        if (offset >= captured || type instanceof HiddenType) {
            return;
        }
        if (type instanceof StructType struct) {
            List<CType> inside = new ArrayList<>(around);
            inside.add(struct);
            for (StructType.Field field : struct.fields()) {
                if (field.byteOffset() < captured) {
                    int at = offset + (int) field.byteOffset();
                    scanField(value, field.type(), at, captured, level, inside, place);
                }
            }
        } else {
            scanField(value, type, offset, captured, level, around, place);
        }
    }

    private void scanField(
            Target value, CType type, int offset, int captured, int level, List<CType> around, PointerPlace place) {
        if (type instanceof ArrayType array) {
            long count = Math.min(limits.arrayElements(), mostElements(array.length()));
            for (int i = 0; i < count && offset + i * array.element().size() < captured; i++) {
                int at = (int) (offset + i * array.element().size());
                scan(value, array.element(), at, captured, level, around, place);
            }
        } else if (pointed(type) != null) {
            String pointer = offset + (long) WORD <= captured ? place.at(offset) : null;
            if (pointer != null && requested++ < MOST_REQUESTS) {
                request(value, type, offset, level, around, pointer);
            }
        } else if (type instanceof StructType) {
            scan(value, type, offset, captured, level, around, place);
        }
    }

    private void request(Target value, CType type, int offset, int level, List<CType> around, String pointer) {
        Target target = new Target(pointer);
        CType contents = pointed(type);
        int before = 0;
        for (CType struct : around) {
            // By identity: the structures of one signature are one object each.
            before += struct == contents ? 1 : 0;
        }
        if (before == 0 ? level > DEEPEST : level > DEEPEST_RECURSION) {
            return;
        }
        target.tooDeep = before > 0 && before >= limits.arrayElements();
        value.behind.put(offset, target);
        if (!target.tooDeep) {
            requests.add(new Request(target, type, level, around));
        }
    }

    /** The type of what a value points to; null if it is no pointer, or an opaque one. Of a string, the string itself. */
    private static @Nullable CType pointed(CType type) {
        if (type instanceof StringType text) {
            return text.inPlace() ? null : text;
        }
        if (type instanceof FormatType) {
            return type;
        }
        return type instanceof PointerType pointer && !pointer.opaque() ? pointer.target() : null;
    }

    private static boolean isText(CType type) {
        return type instanceof StringType text && text.characterWidth() == 1 && !text.inPlace();
    }

    private static boolean isCharacters(CType type) {
        return type instanceof StringType || type instanceof FormatType;
    }

    /** The words that are read behind a pointer. */
    private int words(CType pointer) {
        if (pointer instanceof FormatType format) {
            return Math.max(FORMAT_WORDS * (format.characterWidth() == 1 ? 1 : 2), textWords);
        }
        if (pointer instanceof StringType text) {
            int wanted = CaptureLimits.words(limits.stringBytes() + 1L, text.characterWidth());
            return Math.min(wanted, mostUnits * unitWords / 2);
        }
        CType contents = pointed(pointer);
        return contents == null ? 0 : CaptureLimits.words(Math.min(LARGEST_BLOCK, bytes(contents)), 1);
    }

    private long bytes(CType type) {
        if (type instanceof ArrayType array) {
            boolean endsAtZero = array.length() instanceof LengthExpression.Zero
                    || array.length() instanceof LengthExpression.ZeroWithin;
            long count = Math.min(limits.arrayElements(), mostElements(array.length()));
            // One element more tells whether the array goes on.
            return (count + (endsAtZero ? 1 : 0))
                    * Math.min(LARGEST_BLOCK, array.element().size());
        }
        if (type instanceof BitVectorType bits) {
            return bits.underlying().size();
        }
        return type.size();
    }

    private static long mostElements(LengthExpression length) {
        return length instanceof LengthExpression.Constant constant ? Math.max(0, constant.value()) : Integer.MAX_VALUE;
    }
}
