package jltrace.dwarf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;
import jltrace.type.CType;
import jltrace.type.Display;
import jltrace.type.EnumType;
import jltrace.type.IntegerType;

/** Enumerations (5.7). */
final class EnumReader {
    private static final int MOST_CONSTANTS = 1 << 16;

    private EnumReader() {}

    /** @param die an enumeration, whose size is 1, 2, 4 or 8, or there is no type for it */
    static Optional<CType> of(Die die) {
        TypeName declared = TypeName.of(die.type());
        Optional<IntegerType> base = declared.is(Tag.BASE_TYPE)
                ? declared.die()
                        .flatMap(BaseTypes::of)
                        .filter(IntegerType.class::isInstance)
                        .map(IntegerType.class::cast)
                : Optional.empty();
        long size = die.constant(Attribute.BYTE_SIZE)
                .orElse(base.map(IntegerType::size).orElse(0L));
        if (size != 1 && size != 2 && size != 4 && size != 8) {
            return Optional.empty();
        }
        List<String> names = new ArrayList<>();
        List<Long> values = new ArrayList<>();
        boolean negative = false;
        DieWalk walk = die.children();
        while (walk.nextSibling()) {
            OptionalLong value =
                    walk.tag() == Tag.ENUMERATOR ? walk.die().constant(Attribute.CONST_VALUE) : OptionalLong.empty();
            if (value.isPresent()) {
                names.add(walk.die().name().orElse("?"));
                values.add(value.getAsLong());
                negative |= value.getAsLong() < 0;
            }
            if (names.size() > MOST_CONSTANTS) {
                throw DwarfException.tooComplex(die.unit().file().name(), "enumeration", MOST_CONSTANTS);
            }
        }
        boolean signed = base.isPresent() ? base.get().signed() : negative;
        IntegerType underlying = new IntegerType((int) size, signed, Display.DECIMAL);
        long[] extended =
                values.stream().mapToLong(value -> extend(value, underlying)).toArray();
        return Optional.of(type(underlying, names, extended));
    }

    private static EnumType type(IntegerType underlying, List<String> names, long[] values) {
        boolean flags = areFlags(values);
        List<EnumType.Constant> constants = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            constants.add(
                    flags
                            ? EnumType.Constant.flag(names.get(i), values[i])
                            : EnumType.Constant.enumerator(names.get(i), values[i]));
        }
        if (flags) {
            // A name for several bits is to be found before those for each of them.
            constants.sort(Comparator.comparing(constant -> -Long.bitCount(constant.value())));
        }
        return new EnumType(underlying, constants, flags ? EnumType.Kind.FLAGS : EnumType.Kind.ENUMERATION);
    }

    /**
     * Whether the constants are bits to be combined: at least two single bits, one of them beyond the first two, no number that
     * needs a bit without a name, and not simply the numbers from 1 on.
     */
    static boolean areFlags(long[] values) {
        Set<Long> distinct = new HashSet<>();
        LongStream.of(values).filter(value -> value != 0).forEach(distinct::add);
        long singleBits = 0;
        for (long value : distinct) {
            singleBits |= Long.bitCount(value) == 1 ? value : 0;
        }
        long unnamed = ~singleBits;
        boolean named = distinct.stream().noneMatch(value -> (value & unnamed) != 0);
        int single = Long.bitCount(singleBits);
        boolean mostlySingle = single >= distinct.size() - single;
        boolean counted = distinct.contains(3L) && distinct.contains(5L) && distinct.contains(6L);
        return named && single >= 2 && singleBits >>> 2 != 0 && mostlySingle && !counted;
    }

    private static long extend(long value, IntegerType type) {
        int unused = Long.SIZE - Byte.SIZE * type.width();
        return type.signed() ? value << unused >> unused : value << unused >>> unused;
    }
}
