package jltrace.dwarf;

import java.util.List;
import java.util.Optional;
import jltrace.type.CType;
import jltrace.type.Display;
import jltrace.type.FloatingType;
import jltrace.type.IntegerType;
import jltrace.type.PointerType;
import jltrace.type.StructType;

/** The types that are built into a language (5.1). */
final class BaseTypes {
    private static final int ADDRESS = 0x01;
    private static final int BOOLEAN = 0x02;
    private static final int COMPLEX_FLOAT = 0x03;
    private static final int FLOAT = 0x04;
    private static final int SIGNED = 0x05;
    private static final int SIGNED_CHAR = 0x06;
    private static final int UNSIGNED = 0x07;
    private static final int UNSIGNED_CHAR = 0x08;
    private static final int DECIMAL_FLOAT = 0x0f;
    private static final int UTF = 0x10;

    private BaseTypes() {}

    /** The type, if there is one for it here. */
    static Optional<CType> of(Die die) {
        long size = size(die);
        int encoding = encoding(die);
        return switch (encoding) {
            case BOOLEAN -> integer(size, false, Display.BOOLEAN);
            case SIGNED, UNSIGNED ->
                size == 16
                        ? Optional.of(wideInteger(encoding == SIGNED))
                        : integer(size, encoding == SIGNED, isWideCharacter(die) ? Display.CHARACTER : Display.DECIMAL);
            case SIGNED_CHAR, UNSIGNED_CHAR ->
                integer(size, encoding == SIGNED_CHAR, isCharacter(die) ? Display.CHARACTER : Display.DECIMAL);
            case UTF -> integer(size, false, Display.CHARACTER);
            case FLOAT -> floating(die);
            case COMPLEX_FLOAT -> complex(die);
            case ADDRESS -> size == Long.BYTES ? Optional.of(PointerType.OPAQUE) : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** Whether it is {@code char} or C++'s {@code char8_t}, of which strings are made; {@code signed char} is a small number. */
    static boolean isCharacter(Die die) {
        if (die.tag() != Tag.BASE_TYPE || size(die) != 1) {
            return false;
        }
        int encoding = encoding(die);
        boolean character = encoding == SIGNED_CHAR || encoding == UNSIGNED_CHAR;
        String name = die.name().orElse("");
        // GCC writes char8_t as a plain unsigned number.
        return encoding == UTF || (character && name.equals("char")) || name.equals("char8_t");
    }

    /** Whether it is C++'s {@code wchar_t} or {@code char32_t}. */
    static boolean isWideCharacter(Die die) {
        if (die.tag() != Tag.BASE_TYPE || size(die) != 4) {
            return false;
        }
        return encoding(die) == UTF || die.name().orElse("").equals("wchar_t");
    }

    /** Whether a value is passed in one vector register although there is no type for it here: half, quadruple and decimal ones. */
    static boolean isPassedAsVector(Die die) {
        boolean floating = encoding(die) == FLOAT || encoding(die) == DECIMAL_FLOAT;
        return die.tag() == Tag.BASE_TYPE && floating && size(die) <= 16;
    }

    /** Whether it is {@code long double _Complex}, which is returned in x87 registers, unlike a structure of the same members. */
    static boolean isLongComplex(Die die) {
        return die.tag() == Tag.BASE_TYPE && encoding(die) == COMPLEX_FLOAT && size(die) == 32;
    }

    private static long size(Die die) {
        return die.constant(Attribute.BYTE_SIZE).orElse(0);
    }

    private static int encoding(Die die) {
        return (int) die.constant(Attribute.ENCODING).orElse(0);
    }

    private static Optional<CType> integer(long size, boolean signed, Display display) {
        boolean exists = size == 1 || size == 2 || size == 4 || size == 8;
        return exists ? Optional.of(new IntegerType((int) size, signed, display)) : Optional.empty();
    }

    /** A number of 16 bytes: passed and laid out as a structure of two (psABI 3.2.3), the lower half first. */
    private static CType wideInteger(boolean signed) {
        List<StructType.Field> halves = List.of(
                new StructType.Field("low", IntegerType.UNSIGNED_LONG, 0),
                new StructType.Field("high", signed ? IntegerType.LONG : IntegerType.UNSIGNED_LONG, 8));
        return StructType.withLayout(signed ? "__int128" : "unsigned __int128", halves, 16, 16);
    }

    private static Optional<CType> floating(Die die) {
        return switch ((int) size(die)) {
            case 4 -> Optional.of(FloatingType.FLOAT);
            case 8 -> Optional.of(FloatingType.DOUBLE);
            case 16 ->
                die.name().orElse("").equals("long double") ? Optional.of(FloatingType.LONG_DOUBLE) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<CType> complex(Die die) {
        FloatingType part = switch ((int) size(die)) {
            case 8 -> FloatingType.FLOAT;
            case 16 -> FloatingType.DOUBLE;
            case 32 -> FloatingType.LONG_DOUBLE;
            default -> null;
        };
        if (part == null || (size(die) == 32 && !die.name().orElse("").contains("long double"))) {
            return Optional.empty();
        }
        List<StructType.Field> parts =
                List.of(new StructType.Field("real", part, 0), new StructType.Field("imaginary", part, part.size()));
        return Optional.of(StructType.withLayout("complex " + part, parts, size(die), part.alignment()));
    }
}
