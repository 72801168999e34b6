package jltrace.prototype;

import java.util.List;
import java.util.Optional;
import jltrace.type.ArrayType;
import jltrace.type.BitVectorType;
import jltrace.type.CType;
import jltrace.type.Display;
import jltrace.type.EnumType;
import jltrace.type.FloatingType;
import jltrace.type.HiddenType;
import jltrace.type.IntegerType;
import jltrace.type.LengthExpression;
import jltrace.type.PointerType;
import jltrace.type.StringType;
import jltrace.type.StructType;

/**
 * Changes how a type is shown. As in ltrace, a lens reaches through pointers and arrays to what they hold, and into a structure's
 * plain fields.
 */
final class Lens {

    private Lens() {}

    /** The display that a lens word stands for. */
    static Optional<Display> display(String word) {
        return switch (word) {
            case "oct", "octal" -> Optional.of(Display.OCTAL);
            case "hex" -> Optional.of(Display.HEXADECIMAL);
            case "bin" -> Optional.of(Display.BINARY);
            case "bool" -> Optional.of(Display.BOOLEAN);
            case "network" -> Optional.of(Display.NETWORK_ORDER);
            case "bitvec" -> Optional.of(Display.BIT_VECTOR);
            case "guess" -> Optional.of(Display.GUESS);
            case "char" -> Optional.of(Display.CHARACTER);
            default -> Optional.empty();
        };
    }

    /** The type, shown as a lens says; a type to which the lens says nothing stays as it is. */
    static CType shownAs(Display display, CType type) {
        if (type instanceof IntegerType integer) {
            return integer.shownAs(display);
        }
        if (type instanceof EnumType enumeration) {
            return enumeration.underlying().shownAs(display);
        }
        if (type instanceof FloatingType floating) {
            return new FloatingType(floating.width(), display == Display.HEXADECIMAL);
        }
        if (type instanceof PointerType pointer) {
            return new PointerType(shownAs(display, pointer.target()));
        }
        if (type instanceof HiddenType hidden) {
            return new HiddenType(shownAs(display, hidden.underlying()));
        }
        if (display == Display.BIT_VECTOR && (type instanceof ArrayType || type instanceof StructType)) {
            return new BitVectorType(type);
        }
        if (type instanceof ArrayType array) {
            return new ArrayType(shownAs(display, array.element()), array.length());
        }
        return type instanceof StructType struct ? plainFieldsShownAs(display, struct) : type;
    }

    private static StructType plainFieldsShownAs(Display display, StructType struct) {
        if (!struct.isDefined()) {
            return struct;
        }
        List<StructType.Field> fields = struct.fields().stream()
                .map(field -> field.type() instanceof IntegerType integer && integer.display() == Display.DECIMAL
                        ? new StructType.Field(field.name(), integer.shownAs(display), field.byteOffset())
                        : field)
                .toList();
        return StructType.withLayout(struct.name(), fields, struct.size(), struct.alignment());
    }

    /**
     * The string that a type's characters make up: of {@code X*}, {@code array(X, E)} or {@code array(X, E)*}, where X is an integer;
     * an integer alone is one character. Empty if the type holds no characters.
     */
    static Optional<CType> asString(CType type) {
        if (type instanceof StringType) {
            return Optional.of(type);
        }
        if (type instanceof IntegerType integer) {
            return Optional.of(integer.shownAs(Display.CHARACTER));
        }
        if (type instanceof ArrayType array && array.element() instanceof IntegerType character) {
            return Optional.of(new StringType(character.width(), array.length(), true));
        }
        if (type instanceof PointerType pointer) {
            if (pointer.target() instanceof IntegerType character) {
                return Optional.of(new StringType(character.width(), LengthExpression.ZERO, false));
            }
            if (pointer.target() instanceof ArrayType array && array.element() instanceof IntegerType character) {
                return Optional.of(new StringType(character.width(), array.length(), false));
            }
        }
        return Optional.empty();
    }

    /** The type that C makes of a parameter's or a result's type: of an array, a pointer to it. */
    static CType adjusted(CType type) {
        if (type instanceof ArrayType) {
            return new PointerType(type);
        }
        if (type instanceof StringType string && string.inPlace()) {
            return new StringType(string.characterWidth(), string.length(), false);
        }
        if (type instanceof BitVectorType bits && bits.underlying() instanceof ArrayType) {
            return new PointerType(bits);
        }
        return type instanceof HiddenType hidden ? new HiddenType(adjusted(hidden.underlying())) : type;
    }
}
