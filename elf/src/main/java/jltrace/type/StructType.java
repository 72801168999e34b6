package jltrace.type;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A structure or a union.
 *
 * <p>A structure that points to itself is first {@linkplain #declared declared}, then {@linkplain #define defined} with fields that
 * name it. Two structures are equal if they have the same name and the same fields in the same places, where a field that is, or
 * leads to, a structure with a name is compared by that name.
 */
public final class StructType implements CType {

    /**
     * A field in its place.
     *
     * @param name as in C; empty if unknown
     * @param type its type
     * @param byteOffset where it begins, in bytes from the structure's beginning
     */
    public record Field(String name, CType type, long byteOffset) {}

    /**
     * A field whose place follows from the fields before it.
     *
     * @param name as in C; empty if unknown
     * @param type its type
     */
    public record Member(String name, CType type) {}

    /**
     * The fields in their places, without the bytes that they take together.
     *
     * @param alignment in bytes, a power of two
     */
    public record Layout(List<Field> fields, int alignment) {}

    private final String name;
    /** Finds the layout; null if it is known, or never will be. What it gives is written before it is set to null. */
    private volatile @Nullable Supplier<Optional<Layout>> pendingLayout;

    private List<Field> fields = List.of();
    private long size;
    private int alignment = 1;
    private boolean defined;

    private StructType(String name) {
        this.name = name;
    }

    /**
     * A structure of which only the name is known so far.
     *
     * @param name what it is called in other types
     */
    public static StructType declared(String name) {
        return new StructType(name);
    }

    /**
     * A structure that is laid out as a C compiler does on x86-64 (psABI 3.1.2): each member at the next multiple of its alignment.
     *
     * @param name what it is called; empty for none
     * @throws IllegalArgumentException if a member is a structure that is not defined
     */
    public static StructType of(String name, List<Member> members) {
        StructType struct = new StructType(name);
        struct.define(members);
        return struct;
    }

    /**
     * A structure or a union with a layout of its own: packed, or told by debug information.
     *
     * @param size the bytes of a value
     * @param alignment in bytes, a power of two
     */
    public static StructType withLayout(String name, List<Field> fields, long size, int alignment) {
        StructType struct = new StructType(name);
        struct.complete(fields, size, alignment);
        return struct;
    }

    /**
     * A structure or a union whose fields are looked up when they are first asked for, so that a type leads to all those that it
     * mentions but costs only those that are used. Until then any thread may be the one that asks.
     *
     * @param size the bytes of a value
     * @param layout finds the fields; if it finds none, the structure stays undefined. It must not throw, and gives the same each time
     */
    public static StructType lazy(String name, long size, Supplier<Optional<Layout>> layout) {
        StructType struct = new StructType(name);
        struct.size = size;
        struct.pendingLayout = layout;
        return struct;
    }

    /** No lock is held while the fields are found: finding them may need locks of its own. */
    private void resolve() {
        Supplier<Optional<Layout>> pending = pendingLayout;
        if (pending != null) {
            Optional<Layout> layout = pending.get();
            synchronized (this) {
                if (pendingLayout != null) {
                    layout.ifPresent(found -> complete(found.fields(), size, found.alignment()));
                    pendingLayout = null;
                }
            }
        }
    }

    /**
     * Gives a declared structure its members, laid out as by {@link #of}.
     *
     * @throws IllegalStateException if it has them already
     * @throws IllegalArgumentException if a member is a structure that is not defined, this one included
     */
    public void define(List<Member> members) {
        List<Field> placed = new ArrayList<>(members.size());
        long end = 0;
        int strictest = 1;
        for (Member member : members) {
            if (!complete(member.type())) {
                throw new IllegalArgumentException(member.type() + " is not defined");
            }
            long offset = roundUp(end, member.type().alignment());
            placed.add(new Field(member.name(), member.type(), offset));
            end = saturatedSum(offset, member.type().size());
            strictest = Math.max(strictest, member.type().alignment());
        }
        complete(placed, roundUp(end, strictest), strictest);
    }

    private void complete(List<Field> placedFields, long totalSize, int strictestAlignment) {
        if (defined) {
            throw new IllegalStateException(this + " is defined twice");
        }
        fields = List.copyOf(placedFields);
        size = totalSize;
        alignment = strictestAlignment;
        defined = true;
    }

    /** What it is called in other types; empty if it has no name. */
    public String name() {
        return name;
    }

    /** Whether its fields are known. */
    public boolean isDefined() {
        resolve();
        return defined;
    }

    /** The fields in their order; none if it is only declared. */
    public List<Field> fields() {
        resolve();
        return fields;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int alignment() {
        resolve();
        return alignment;
    }

    @Override
    public boolean equals(Object other) {
        if (this == other) {
            return true;
        }
        return other instanceof StructType that
                && name.equals(that.name)
                && isDefined() == that.isDefined()
                && size == that.size
                && fields.size() == that.fields.size()
                && layout().equals(that.layout());
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + fields().size();
    }

    /** {@code struct NAME} if it has a name, else {@code struct(TYPE, TYPE)}. */
    @Override
    public String toString() {
        return name.isEmpty()
                ? fields().stream().map(StructType::fieldText).collect(Collectors.joining(", ", "struct(", ")"))
                : "struct " + name;
    }

    private String layout() {
        return fields.stream()
                .map(field -> field.byteOffset() + ":" + fieldText(field))
                .collect(Collectors.joining(","));
    }

    private static String fieldText(Field field) {
        return field.name().isEmpty() ? field.type().toString() : field.type() + " " + field.name();
    }

    private static boolean complete(CType type) {
        if (type instanceof StructType struct) {
            return struct.isDefined();
        }
        if (type instanceof ArrayType array) {
            return complete(array.element());
        }
        if (type instanceof BitVectorType bits) {
            return complete(bits.underlying());
        }
        return !(type instanceof HiddenType hidden) || complete(hidden.underlying());
    }

    private static long roundUp(long value, int alignment) {
        long above = value + alignment - 1;
        return above < 0 ? Long.MAX_VALUE : above / alignment * alignment;
    }

    private static long saturatedSum(long left, long right) {
        long sum = left + right;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
