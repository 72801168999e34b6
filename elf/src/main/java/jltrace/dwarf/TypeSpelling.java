package jltrace.dwarf;

import java.util.Optional;

/** How a type is written in C: {@code const char *}, {@code struct tm *}, {@code size_t}. */
final class TypeSpelling {
    private static final int DEEPEST = 100;

    private TypeSpelling() {}

    /** The type; {@code void} for no entry. */
    static String of(Optional<Die> type) {
        return of(type, 0);
    }

    private static String of(Optional<Die> type, int depth) {
        if (type.isEmpty()) {
            return "void";
        }
        Die die = type.get();
        if (depth > DEEPEST) {
            throw DwarfException.tooComplex(die.unit().file().name(), "chain of types", DEEPEST);
        }
        return switch (die.tag()) {
            case Tag.CONST_TYPE -> qualified("const", of(die.type(), depth + 1));
            case Tag.VOLATILE_TYPE -> qualified("volatile", of(die.type(), depth + 1));
            case Tag.RESTRICT_TYPE, Tag.ATOMIC_TYPE -> of(die.type(), depth + 1);
            case Tag.POINTER_TYPE -> pointer(of(die.type(), depth + 1), "*");
            case Tag.REFERENCE_TYPE -> pointer(of(die.type(), depth + 1), "&");
            case Tag.RVALUE_REFERENCE_TYPE -> pointer(of(die.type(), depth + 1), "&&");
            case Tag.STRUCTURE_TYPE -> "struct " + name(die);
            case Tag.CLASS_TYPE -> "class " + name(die);
            case Tag.UNION_TYPE -> "union " + name(die);
            case Tag.ENUMERATION_TYPE -> "enum " + name(die);
            case Tag.ARRAY_TYPE -> of(die.type(), depth + 1) + " []";
            case Tag.SUBROUTINE_TYPE -> of(die.type(), depth + 1) + " ()";
            default -> name(die);
        };
    }

    private static String name(Die die) {
        return die.name().orElse("{...}");
    }

    /** A qualifier of a pointer stands behind its star, that of anything else in front of it. */
    private static String qualified(String qualifier, String type) {
        return type.endsWith("*") ? type + qualifier : qualifier + " " + type;
    }

    private static String pointer(String target, String mark) {
        return target.endsWith("*") || target.endsWith("&") ? target + mark : target + " " + mark;
    }
}
