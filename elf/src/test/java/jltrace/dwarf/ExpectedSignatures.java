package jltrace.dwarf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jltrace.dwarf.DwarfDump.Entry;

/** The functions of a language that llvm-dwarfdump shows, written as jltrace does. */
final class ExpectedSignatures {
    private static final Pattern RANGE = Pattern.compile("\\[0x([0-9a-f]+), 0x[0-9a-f]+\\)");

    private static final Pattern ENUMERATION = Pattern.compile("(enum|flags)\\[\\w+\\]\\(([^()]*)\\)");

    private final DwarfDump dump;
    private final String languages;

    /** Those of C. */
    ExpectedSignatures(DwarfDump dump) {
        this(dump, "DW_LANG_C(89|99|11)?");
    }

    /** @param languages a regular expression for the units' languages */
    ExpectedSignatures(DwarfDump dump, String languages) {
        this.dump = dump;
        this.languages = languages;
    }

    /** What was read of a function; of enumerations the names alone, in order: dwarfdump does not tell whether a reader takes them as flags. */
    static String line(Subprogram function) {
        String text = function.signature().map(Object::toString).orElse("unknown " + function.name());
        String plain = ENUMERATION
                .matcher(text)
                .replaceAll(match -> "enumeration "
                        + List.of(match.group(2).split(", ")).stream()
                                .map(constant -> constant.substring(0, constant.indexOf('=')))
                                .sorted()
                                .collect(Collectors.joining(",")));
        return Long.toHexString(function.virtualAddress()) + " " + plain;
    }

    /** One line for each function with code: its address, its name, and types and names of its result and its parameters. */
    List<String> all() {
        List<String> lines = new ArrayList<>();
        for (Entry entry : dump.entries()) {
            if (entry.tag.equals("DW_TAG_subprogram") && address(entry).isPresent() && isWanted(entry)) {
                lines.add(address(entry).get() + " " + signature(entry));
            }
        }
        lines.sort(null);
        return lines;
    }

    private boolean isWanted(Entry entry) {
        return entry.unit().attributes.getOrDefault("DW_AT_language", "").matches(languages);
    }

    private static Optional<String> address(Entry entry) {
        String low = entry.attributes.get("DW_AT_low_pc");
        if (low != null) {
            return Optional.of(strip(low));
        }
        String ranges = entry.attributes.get("DW_AT_ranges");
        if (ranges == null) {
            return Optional.empty();
        }
        Matcher first = RANGE.matcher(ranges);
        return first.find() ? Optional.of(strip("0x" + first.group(1))) : Optional.empty();
    }

    private static String strip(String address) {
        return Long.toHexString(Long.parseUnsignedLong(address.substring(2), 16));
    }

    String signature(Entry function) {
        Entry declaring = declaring(function);
        String parameters = declaring.children("DW_TAG_formal_parameter").stream()
                .map(parameter -> type(parameter)
                        + parameter.name().map(name -> " " + name).orElse(""))
                .collect(Collectors.joining(", "));
        boolean variadic = !declaring.children("DW_TAG_unspecified_parameters").isEmpty();
        String more = variadic ? (parameters.isEmpty() ? "..." : ", ...") : "";
        // What a declaration in a type says, the definition need not repeat.
        boolean repeated = declaring.has("DW_AT_type");
        String result = type(
                repeated
                        ? declaring
                        : dump.reference(declaring, "DW_AT_specification").orElse(declaring));
        return result + " " + qualifiedName(function) + "(" + parameters + more + ")";
    }

    /** The entry that has the parameters of a function. */
    Entry declaring(Entry function) {
        return dump.reference(function, "DW_AT_abstract_origin").orElse(function);
    }

    /** A function's name, with the namespaces and types that it is declared in. */
    String qualifiedName(Entry function) {
        Entry declaring = declaring(function);
        return qualified(dump.reference(declaring, "DW_AT_specification").orElse(declaring));
    }

    private static String qualified(Entry entry) {
        StringBuilder name = new StringBuilder(entry.name().orElse(""));
        for (Entry outer = entry.parent; outer != null && outer.parent != null; outer = outer.parent) {
            name.insert(0, outer.name().orElse("{...}") + "::");
        }
        return name.toString();
    }

    /** The type that an entry has. */
    String type(Entry entry) {
        return dump.reference(entry, "DW_AT_type")
                .map(target -> text(target, "", false))
                .orElse("void");
    }

    private String text(Entry type, String typedefName, boolean wide) {
        Optional<Entry> target = dump.reference(type, "DW_AT_type");
        return switch (type.tag) {
            case "DW_TAG_typedef" -> {
                String name = type.name().orElseThrow();
                yield target.map(next -> text(next, name, wide || name.equals("wchar_t")))
                        .orElse("void");
            }
            case "DW_TAG_const_type", "DW_TAG_volatile_type", "DW_TAG_restrict_type", "DW_TAG_atomic_type" ->
                target.map(next -> text(next, typedefName, wide)).orElse("void");
            case "DW_TAG_base_type" -> wide ? "char(" + base(type) + ")" : base(type);
            case "DW_TAG_pointer_type" -> target.map(this::pointerTo).orElse("addr");
            case "DW_TAG_structure_type", "DW_TAG_union_type" ->
                "struct " + (type.name().isPresent() ? qualified(type) : typedefName.isEmpty() ? "{...}" : typedefName);
            case "DW_TAG_enumeration_type" -> enumeration(type);
            case "DW_TAG_array_type" -> array(type);
            default -> throw new AssertionError(type.tag);
        };
    }

    private String pointerTo(Entry target) {
        Entry bare = target;
        boolean wide = false;
        while (List.of(
                        "DW_TAG_typedef",
                        "DW_TAG_const_type",
                        "DW_TAG_volatile_type",
                        "DW_TAG_restrict_type",
                        "DW_TAG_atomic_type")
                .contains(bare.tag)) {
            wide |= bare.tag.equals("DW_TAG_typedef") && bare.name().orElse("").equals("wchar_t");
            Optional<Entry> next = dump.reference(bare, "DW_AT_type");
            if (next.isEmpty()) {
                return "addr";
            }
            bare = next.get();
        }
        boolean incomplete = bare.has("DW_AT_declaration")
                || bare.number("DW_AT_byte_size", 1) == 0
                || bare.tag.equals("DW_TAG_unspecified_type");
        if (bare.tag.equals("DW_TAG_subroutine_type")) {
            return "callback";
        }
        boolean quadruple = bare.attributes.getOrDefault("DW_AT_encoding", "").equals("DW_ATE_float")
                && bare.number("DW_AT_byte_size", 0) == 16
                && !bare.name().equals(Optional.of("long double"));
        if (incomplete || quadruple) {
            return "addr";
        }
        if (bare.name().equals(Optional.of("char")) && bare.number("DW_AT_byte_size", 1) == 1) {
            return "string";
        }
        if (wide) {
            return "string(array(int, zero)*)";
        }
        String pointee = text(target, "", false);
        return pointee.isEmpty() ? "addr" : pointee + "*";
    }

    private static String base(Entry type) {
        String encoding = type.attributes.getOrDefault("DW_AT_encoding", "");
        long size = type.number("DW_AT_byte_size", 0);
        String word = switch ((int) size) {
            case 1 -> "char";
            case 2 -> "short";
            case 4 -> "int";
            default -> "long";
        };
        String name = type.name().orElseThrow();
        return switch (encoding) {
            case "DW_ATE_signed", "DW_ATE_unsigned" ->
                size == 16
                        ? "struct " + (encoding.equals("DW_ATE_signed") ? "" : "unsigned ") + "__int128"
                        : (encoding.equals("DW_ATE_signed") ? "" : "u") + word;
            case "DW_ATE_boolean" -> "bool(u" + word + ")";
            // The prototype language has no other word for a signed char that is a number.
            case "DW_ATE_signed_char" -> "char";
            case "DW_ATE_unsigned_char" -> "uchar";
            case "DW_ATE_UTF" -> "char(u" + word + ")";
            // Others of 16 bytes are passed in one vector register as a double is, and never shown.
            case "DW_ATE_float" -> name.equals("long double") ? "ldouble" : size == 4 ? "float" : "double";
            case "DW_ATE_complex_float" -> "struct complex " + (size == 8 ? "float" : "double");
            default -> throw new AssertionError(encoding + " " + name);
        };
    }

    /** All enumerators; whether they are flags is told by the names of the fixtures' enumerations, for which a reader would take them so. */
    private static String enumeration(Entry type) {
        return "enumeration "
                + type.children("DW_TAG_enumerator").stream()
                        .map(constant -> constant.name().orElseThrow())
                        .sorted()
                        .collect(Collectors.joining(","));
    }

    private String array(Entry type) {
        String text = type(type);
        List<Entry> dimensions = type.children("DW_TAG_subrange_type");
        boolean characters = text.equals("char")
                && dump.reference(type, "DW_AT_type").flatMap(this::bareName).equals(Optional.of("char"));
        for (int i = dimensions.size() - 1; i >= 0; i--) {
            Entry dimension = dimensions.get(i);
            boolean known = dimension.has("DW_AT_upper_bound") || dimension.has("DW_AT_count");
            if (!known) {
                return text;
            }
            long length = dimension.number("DW_AT_count", dimension.number("DW_AT_upper_bound", -1) + 1);
            text = characters && i == dimensions.size() - 1
                    ? "string(array(char, zero(" + length + ")))"
                    : "array(" + text + ", " + length + ")";
        }
        return text;
    }

    private Optional<String> bareName(Entry type) {
        Entry bare = type;
        while (bare.tag.matches("DW_TAG_(typedef|const_type|volatile_type)")) {
            bare = dump.reference(bare, "DW_AT_type").orElseThrow();
        }
        return bare.name();
    }
}
