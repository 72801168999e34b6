package jltrace.dwarf;

import java.util.ArrayList;
import java.util.List;
import jltrace.type.ArrayType;
import jltrace.type.CType;
import jltrace.type.HiddenType;
import jltrace.type.IntegerType;
import jltrace.type.LengthExpression.Distance;
import jltrace.type.LengthExpression.Element;
import jltrace.type.PointerType;
import jltrace.type.StringType;
import jltrace.type.StructType;
import jltrace.type.StructType.Field;

/**
 * Classes of the GNU C++ library as their users think of them. A string, a view of one and a vector are what they hold, as long as they
 * say. Of all others, bases and members that are classes of the library's own, with names that only it may use, are shown as what is in
 * them: {@code { _M_value=5, _M_engaged=true }}. Every byte keeps its place and its kind, so that the calling convention stays the same.
 */
final class LibraryClasses {
    private static final String NAMESPACE = "std::";
    private static final String OWN_MEMBER = "_M_";
    private static final String STRING = "std::__cxx11::basic_string";
    private static final String VIEW = "std::basic_string_view";
    private static final String VECTOR = "std::vector";
    private static final int WORD = Long.BYTES;
    private static final HiddenType HIDDEN_WORD = new HiddenType(IntegerType.UNSIGNED_LONG);

    private LibraryClasses() {}

    /** The fields by which a class is shown. */
    static List<Field> fields(String name, List<Field> fields) {
        if (!name.startsWith(NAMESPACE)) {
            return fields;
        }
        List<Field> flat = new ArrayList<>();
        for (Field field : fields) {
            if (field.type() instanceof StructType struct && isInternal(field, struct)) {
                for (Field inner : struct.fields()) {
                    flat.add(new Field(inner.name(), inner.type(), field.byteOffset() + inner.byteOffset()));
                }
            } else {
                flat.add(field);
            }
        }
        if (isOf(STRING, name) && has(flat, "_M_p", 0) && has(flat, "_M_string_length", WORD)) {
            return string(flat);
        }
        if (isOf(VIEW, name) && has(flat, "_M_len", 0) && has(flat, "_M_str", WORD) && flat.size() == 2) {
            return view(flat);
        }
        if (isOf(VECTOR, name) && has(flat, "_M_start", 0) && has(flat, "_M_finish", WORD) && flat.size() == 3) {
            return vector(flat);
        }
        return flat;
    }

    private static boolean isInternal(Field field, StructType struct) {
        boolean base = field.name().startsWith(NAMESPACE);
        boolean own = field.name().startsWith(OWN_MEMBER) || field.name().isEmpty();
        boolean shownAsValue = isOf(STRING, struct.name()) || isOf(VIEW, struct.name()) || isOf(VECTOR, struct.name());
        boolean library = struct.name().startsWith(NAMESPACE) || field.name().isEmpty();
        return struct.isDefined() && (base || own) && library && !shownAsValue;
    }

    /** Whether a class is made of a template; one that is declared inside of such a class is not. */
    private static boolean isOf(String template, String name) {
        if (!name.startsWith(template + "<")) {
            // Clang can leave the arguments out.
            return name.equals(template);
        }
        int open = 0;
        int at = template.length();
        do {
            char c = name.charAt(at++);
            open += c == '<' ? 1 : c == '>' ? -1 : 0;
        } while (open > 0 && at < name.length());
        return open == 0 && at == name.length();
    }

    private static boolean has(List<Field> fields, String name, long byteOffset) {
        return fields.stream().anyMatch(field -> field.name().equals(name) && field.byteOffset() == byteOffset);
    }

    private static CType type(List<Field> fields, String name) {
        return fields.stream()
                .filter(field -> field.name().equals(name))
                .findFirst()
                .orElseThrow()
                .type();
    }

    private static List<Field> string(List<Field> flat) {
        if (!(type(flat, "_M_p") instanceof StringType text)) {
            return flat;
        }
        return List.of(
                new Field("", new StringType(text.characterWidth(), new Element(2), false), 0),
                new Field("", HIDDEN_WORD, WORD),
                new Field("", HIDDEN_WORD, 2 * WORD),
                new Field("", HIDDEN_WORD, 3 * WORD));
    }

    /** Its length stays: a view is passed in registers, of which all parts have to be known. */
    private static List<Field> view(List<Field> flat) {
        if (!(type(flat, "_M_str") instanceof StringType text)) {
            return flat;
        }
        return List.of(
                new Field("_M_len", IntegerType.UNSIGNED_LONG, 0),
                new Field("_M_str", new StringType(text.characterWidth(), new Element(1), false), WORD));
    }

    private static List<Field> vector(List<Field> flat) {
        CType start = type(flat, "_M_start");
        CType elements;
        if (start instanceof StringType text) {
            elements = new StringType(text.characterWidth(), new Distance(1, 2, text.characterWidth()), false);
        } else if (start instanceof PointerType pointer && !pointer.opaque()) {
            CType element = pointer.target();
            elements = new PointerType(new ArrayType(element, new Distance(1, 2, element.size())));
        } else {
            return flat;
        }
        return List.of(
                new Field("", elements, 0), new Field("", HIDDEN_WORD, WORD), new Field("", HIDDEN_WORD, 2 * WORD));
    }
}
