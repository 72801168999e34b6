package jltrace.dwarf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import jltrace.type.ArrayType;
import jltrace.type.CType;
import jltrace.type.FunctionPointerType;
import jltrace.type.HiddenType;
import jltrace.type.IntegerType;
import jltrace.type.LengthExpression;
import jltrace.type.PointerType;
import jltrace.type.StringType;
import jltrace.type.StructType;
import jltrace.type.VoidType;

/**
 * Makes types of entries (5). Each entry becomes one type, whose structures are read when their fields are asked for.
 *
 * <p>What the debug information cannot tell, or what there is no type for, is never made up: behind a pointer it is unknown, and
 * a value of it has no type.
 */
final class TypeReader {
    private static final int DEEPEST = 24;
    private static final int MOST_DIMENSIONS = 16;
    private static final int UNKNOWN_LENGTH = -1;

    private final Effort effort;
    private final StructReader structures = new StructReader(this);
    private final Map<Die.Place, CType> known = new HashMap<>();

    TypeReader(Effort effort) {
        this.effort = effort;
    }

    Effort effort() {
        return effort;
    }

    /** The type that an entry says it has; void if it says none; empty if there is no type for it. */
    Optional<CType> typeOf(Die die) {
        return convert(die.type(), 0);
    }

    /** A type; void for no entry. */
    Optional<CType> convert(Optional<Die> type, int depth) {
        TypeName name = TypeName.of(type);
        if (name.die().isEmpty()) {
            return Optional.of(VoidType.VOID);
        }
        Die die = name.die().get();
        if (name.wide() && die.tag() == Tag.BASE_TYPE) {
            return BaseTypes.of(die).map(TypeReader::asCharacter);
        }
        CType earlier = known.get(die.place());
        if (earlier != null) {
            return Optional.of(earlier);
        }
        if (depth > DEEPEST) {
            return Optional.empty();
        }
        Optional<CType> converted = convert(die, name.typedefName(), depth);
        converted.ifPresent(made -> known.put(die.place(), made));
        return converted;
    }

    private static CType asCharacter(CType type) {
        return type instanceof IntegerType integer ? integer.shownAs(jltrace.type.Display.CHARACTER) : type;
    }

    private Optional<CType> convert(Die die, String typedefName, int depth) {
        effort.spend(1);
        return switch (die.tag()) {
            case Tag.BASE_TYPE -> BaseTypes.of(die);
            case Tag.POINTER_TYPE, Tag.REFERENCE_TYPE, Tag.RVALUE_REFERENCE_TYPE -> pointer(die, depth);
            case Tag.STRUCTURE_TYPE, Tag.CLASS_TYPE, Tag.UNION_TYPE, Tag.INTERFACE_TYPE ->
                Optional.of(structures.of(die, typedefName));
            case Tag.ENUMERATION_TYPE -> EnumReader.of(die);
            case Tag.ARRAY_TYPE -> array(die, depth);
            case Tag.SUBRANGE_TYPE -> convert(die.type(), depth + 1);
            case Tag.PTR_TO_MEMBER_TYPE -> Optional.of(pointerToMember(die));
            // decltype(nullptr)
            case Tag.UNSPECIFIED_TYPE -> Optional.of(PointerType.OPAQUE);
            default -> Optional.empty();
        };
    }

    private Optional<CType> pointer(Die die, int depth) {
        if (die.constant(Attribute.BYTE_SIZE).orElse(Long.BYTES) != Long.BYTES) {
            return Optional.empty();
        }
        TypeName target = TypeName.of(die.type());
        if (target.die().isEmpty() || target.is(Tag.UNSPECIFIED_TYPE)) {
            return Optional.of(PointerType.OPAQUE);
        }
        Die pointee = target.die().get();
        if (pointee.tag() == Tag.SUBROUTINE_TYPE) {
            return Optional.of(FunctionPointerType.CALLBACK);
        }
        boolean points = die.tag() == Tag.POINTER_TYPE;
        if (points && BaseTypes.isCharacter(pointee)) {
            return Optional.of(StringType.C_STRING);
        }
        boolean wide = BaseTypes.isWideCharacter(pointee) || (target.wide() && pointee.tag() == Tag.BASE_TYPE);
        // A pointer to a character of Rust's points to one.
        if (points && wide && pointee.unit().language() != Language.RUST) {
            return Optional.of(new StringType(4, LengthExpression.ZERO, false));
        }
        Optional<CType> converted = convert(die.type(), depth + 1).map(TypeReader::firstElement);
        return Optional.of(
                converted.filter(TypeReader::isKnown).map(PointerType::new).orElse(PointerType.OPAQUE));
    }

    /** What a pointer to an array of unknown length certainly points to. */
    private static CType firstElement(CType type) {
        CType result = type;
        while (result instanceof ArrayType array && hasUnknownLength(array)) {
            result = array.element();
        }
        return result;
    }

    private static boolean isKnown(CType type) {
        return !(type instanceof StructType struct) || struct.size() > 0;
    }

    private static boolean hasUnknownLength(ArrayType array) {
        return array.length() instanceof LengthExpression.Constant constant && constant.value() == UNKNOWN_LENGTH;
    }

    /** Whether a type has no bytes of its own where it stands, or an unknown number: a flexible array member. */
    static boolean hasNoPlace(CType type) {
        return type.size() == 0;
    }

    private Optional<CType> array(Die die, int depth) {
        Optional<CType> element = convert(die.type(), depth + 1);
        boolean packed = die.has(Attribute.BYTE_STRIDE) || die.has(Attribute.BIT_STRIDE);
        if (element.isEmpty() || packed || hasNoPlace(element.get())) {
            return Optional.empty();
        }
        List<Long> lengths = lengths(die);
        CType result = element.get();
        for (int i = lengths.size() - 1; i >= 0; i--) {
            long length = lengths.get(i);
            boolean characters = i == lengths.size() - 1
                    && length > 0
                    && TypeName.of(die.type())
                            .die()
                            .filter(BaseTypes::isCharacter)
                            .isPresent();
            LengthExpression constant = new LengthExpression.Constant(length);
            result = characters
                    ? new StringType(1, new LengthExpression.ZeroWithin(constant), true)
                    : new ArrayType(result, constant);
        }
        return Optional.of(die.flag(Attribute.GNU_VECTOR) ? new HiddenType(result) : result);
    }

    /** The number of elements in each dimension, the outermost first. */
    private static List<Long> lengths(Die array) {
        List<Long> lengths = new ArrayList<>();
        DieWalk walk = array.children();
        while (walk.nextSibling() && lengths.size() < MOST_DIMENSIONS) {
            if (walk.tag() == Tag.SUBRANGE_TYPE) {
                lengths.add(length(walk.die()));
            }
        }
        return lengths.isEmpty() ? List.of((long) UNKNOWN_LENGTH) : lengths;
    }

    private static long length(Die subrange) {
        OptionalLong count = subrange.constant(Attribute.COUNT);
        if (count.isPresent()) {
            return Math.max(UNKNOWN_LENGTH, count.getAsLong());
        }
        OptionalLong last = subrange.constant(Attribute.UPPER_BOUND);
        if (last.isEmpty()) {
            return UNKNOWN_LENGTH;
        }
        long length =
                last.getAsLong() - subrange.constant(Attribute.LOWER_BOUND).orElse(0) + 1;
        // GCC has written -1 for the upper bound of no elements in 4 bytes without a sign.
        return length < 0 || last.getAsLong() == 0xffff_ffffL ? UNKNOWN_LENGTH : length;
    }

    /** A pointer to a member function is two words: its address or place in the table, and what is added to {@code this}. */
    private static CType pointerToMember(Die die) {
        if (!TypeName.of(die.type()).is(Tag.SUBROUTINE_TYPE)) {
            return IntegerType.LONG;
        }
        List<StructType.Field> words = List.of(
                new StructType.Field("function", FunctionPointerType.CALLBACK, 0),
                new StructType.Field("adjustment", IntegerType.LONG, 8));
        return StructType.withLayout("{...}", words, 16, 8);
    }
}
