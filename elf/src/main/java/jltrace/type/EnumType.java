package jltrace.type;

import java.util.List;
import java.util.stream.Collectors;

/**
 * An integer whose values have names.
 *
 * <p>As an enumeration, the value is shown as the first constant that is equal to it, else as the number. As a set of flags, it is
 * shown as all the constants that {@linkplain Constant#holds hold}, each judged on the bits that the constants before it left over,
 * joined by {@code |}; bits that no constant explains follow as one hexadecimal number. A flag set without constants that hold is
 * shown as its number. As a set, it is shown as {@code [A B]}, as strace shows signals: what is found as for flags, between brackets;
 * and once two thirds of its bits are set, those that are not, after a tilde: {@code ~[A]}.
 *
 * @param underlying the integer type; its display is how a number without a name is shown
 * @param constants the names, in the order in which they are tried
 * @param kind how the constants make up a value
 */
public record EnumType(IntegerType underlying, List<Constant> constants, Kind kind) implements CType {

    /** How constants make up a value, with the word for it in the prototype language. */
    public enum Kind {
        /** The value is one of them. */
        ENUMERATION("enum"),
        /** It is several of them. */
        FLAGS("flags"),
        /** It is a set that has several of them, or most. */
        SET("set");

        private final String word;

        Kind(String word) {
            this.word = word;
        }
    }

    public EnumType {
        constants = List.copyOf(constants);
    }

    /**
     * A name for a value.
     *
     * @param name as in C
     * @param value the value, extended from the underlying type's width as its sign says
     * @param mask the bits that the constant speaks of: of a flag, its own; of a field's value such as {@code O_RDONLY}, the field's;
     *     of a plain enumerator, all
     */
    public record Constant(String name, long value, long mask) {

        /** A plain enumerator. */
        public static Constant enumerator(String name, long value) {
            return new Constant(name, value, -1);
        }

        /** A flag that is a bit or several; a flag of no bits holds only for zero. */
        public static Constant flag(String name, long value) {
            return new Constant(name, value, value == 0 ? -1 : value);
        }

        /** Whether the bits of which this constant speaks have its value. */
        public boolean holds(long bits) {
            return (bits & mask) == value;
        }
    }

    @Override
    public long size() {
        return underlying.size();
    }

    @Override
    public int alignment() {
        return underlying.alignment();
    }

    @Override
    public String toString() {
        return constants.stream()
                .map(constant -> constant.name() + "=" + constant.value() + maskText(constant))
                .collect(Collectors.joining(", ", kind.word + "[" + underlying + "](", ")"));
    }

    private static String maskText(Constant constant) {
        boolean plain = constant.mask() == -1 || constant.mask() == constant.value();
        return plain ? "" : "/" + constant.mask();
    }
}
