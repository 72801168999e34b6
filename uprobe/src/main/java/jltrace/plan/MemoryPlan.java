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
 * What memory is captured at a hit. Pointers are followed level by level: first those that are passed themselves, then those found
 * behind them, as long as there is room in the record.
 */
final class MemoryPlan {
    /**
     * The numbers of units are rounded up to one of these, so that few shapes, and with them few events, do for all functions: what an
     * event costs when tracing ends does not depend on its points. Twelve strings and eleven small units fill a record of usual size.
     */
    private static final int[] TEXT_UNITS = {0, 1, 2, 4, 12, 24, 48};

    private static final int[] SMALL_UNITS = {0, 1, 4, 11, 24, 48};

    /** Where there are units of both sizes, there are at least so many of each. */
    private static final int FEWEST_OF_BOTH = 4;

    /** The kernel takes 3072 bytes of arguments (MAX_PROBE_EVENT_SIZE); registers and stack slots are less than 200. */
    private static final int MOST_WORDS = 352;

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
    private final List<Target> texts = new ArrayList<>();
    private final List<Target> blocks = new ArrayList<>();
    private int textWords;
    private int smallUnits;
    private int requested;
    private int lineLength;

    /**
     * Where a unit is read from.
     *
     * @param pointer what holds the address, in the kernel's words
     * @param byteOffset how far behind that address
     */
    record Unit(String pointer, int byteOffset) {
        /** Something that can always be read: the top of the stack. */
        static final Unit PADDING = new Unit("%sp", 0);
    }

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

    MemoryPlan(CaptureLimits limits) {
        this.limits = limits;
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
        int formatWords = 0;
        for (Request request : requests) {
            strings += isText(request.type) ? 1 : 0;
            formatWords += request.type instanceof FormatType ? FORMAT_WORDS : 0;
        }
        int room = Math.max(
                1, (MOST_WORDS - Math.min(formatWords, MOST_WORDS / 2)) / Math.max(1, rounded(TEXT_UNITS, strings)));
        textWords = Math.min(limits.textWords(), room);
        while (!requests.isEmpty()) {
            capture(requests.remove());
        }
        int start = 0;
        for (Target text : texts) {
            text.start = WORD * start;
            start += textWords;
        }
        start = textWords * textUnits(texts.size(), smallUnits);
        for (Target block : blocks) {
            block.start = WORD * start;
            start += small(block.words) * CaptureShape.SMALL_WORDS;
        }
    }

    /** The shape, with stack slots if any argument is there, and where there are units of both sizes, so that those share one. */
    CaptureShape shape(boolean onStack, int stackSlots) {
        int text = textUnits(texts.size(), smallUnits);
        int small = smallUnits(texts.size(), smallUnits);
        boolean both = text > 0 && small > 0;
        return new CaptureShape(onStack || both ? stackSlots : 0, text, text == 0 ? 0 : textWords, small);
    }

    /** The units in the order of the shape. */
    List<Unit> units() {
        List<Unit> units = new ArrayList<>();
        for (Target text : texts) {
            units.add(new Unit(text.pointer, 0));
        }
        pad(units, textUnits(texts.size(), smallUnits));
        int first = units.size();
        for (Target block : blocks) {
            for (int unit = 0; unit < small(block.words); unit++) {
                units.add(new Unit(block.pointer, unit * CaptureShape.SMALL_WORDS * WORD));
            }
        }
        pad(units, first + smallUnits(texts.size(), smallUnits));
        return units;
    }

    private static void pad(List<Unit> units, int count) {
        while (units.size() < count) {
            units.add(Unit.PADDING);
        }
    }

    private static int textUnits(int text, int small) {
        return rounded(TEXT_UNITS, text == 0 || small == 0 ? text : Math.max(text, FEWEST_OF_BOTH));
    }

    private static int smallUnits(int text, int small) {
        return rounded(SMALL_UNITS, text == 0 || small == 0 ? small : Math.max(small, FEWEST_OF_BOTH));
    }

    private static int rounded(int[] counts, int units) {
        for (int count : counts) {
            if (count >= units) {
                return count;
            }
        }
        return units;
    }

    private static int small(int words) {
        return (words + CaptureShape.SMALL_WORDS - 1) / CaptureShape.SMALL_WORDS;
    }

    private void capture(Request request) {
        Target target = request.target;
        if (isText(request.type)) {
            if (fits(texts.size() + 1, smallUnits) && hasLine(target, 1 + textWords / 64)) {
                target.words = textWords;
                texts.add(target);
            }
            return;
        }
        int words = words(request.type);
        if (words == 0 || !fits(texts.size(), smallUnits + small(words)) || !hasLine(target, small(words))) {
            return;
        }
        target.words = words;
        smallUnits += small(words);
        blocks.add(target);
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

    private boolean fits(int text, int small) {
        int most = Math.min(MOST_WORDS, 40 + 13 * textWords);
        return textUnits(text, small) * textWords + smallUnits(text, small) * CaptureShape.SMALL_WORDS <= most;
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
            return Math.min(wanted, MOST_WORDS / 2);
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
