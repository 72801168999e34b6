package jltrace.header;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds what may be functions in preprocessed C, and the names of their parameters. It knows no types: the compiler tells afterwards
 * which of the names are functions.
 */
final class HeaderScan {
    private static final Set<String> QUALIFIERS = Set.of(
            "const",
            "volatile",
            "restrict",
            "__const",
            "__volatile__",
            "__restrict",
            "__restrict__",
            "register",
            "_Nonnull",
            "_Nullable",
            "__extension__");
    private static final Set<String> KEYWORDS = Set.of(
            "void",
            "char",
            "short",
            "int",
            "long",
            "float",
            "double",
            "signed",
            "unsigned",
            "_Bool",
            "_Complex",
            "__signed__",
            "__int128",
            "_Float128",
            "struct",
            "union",
            "enum",
            "extern",
            "static",
            "inline",
            "__inline",
            "__inline__",
            "_Noreturn",
            "_Alignas",
            "_Static_assert",
            "sizeof",
            "__typeof__",
            "typeof",
            "if",
            "return");
    private static final Set<String> WITH_PARENTHESES =
            Set.of("__attribute__", "__attribute", "__asm__", "__asm", "asm", "_Alignas", "__declspec");

    private final CTokens tokens;
    private final Map<String, DeclaredFunction> functions = new LinkedHashMap<>();

    private HeaderScan(String preprocessed) {
        this.tokens = new CTokens(preprocessed);
    }

    /** The functions, by name, in the order of their first declarations. */
    static Map<String, DeclaredFunction> of(String preprocessed) {
        HeaderScan scan = new HeaderScan(preprocessed);
        List<String> declaration = new ArrayList<>();
        int braces = 0;
        String token = scan.tokens.next();
        while (!token.isEmpty()) {
            braces += token.equals("{") ? 1 : 0;
            if (braces == 0 && !token.equals(";")) {
                declaration.add(token);
            }
            braces -= token.equals("}") && braces > 0 ? 1 : 0;
            boolean bodyEnds = braces == 0 && token.equals("}") && !definesType(declaration);
            if (bodyEnds || (braces == 0 && token.equals(";"))) {
                scan.add(withoutAttributes(declaration));
                declaration.clear();
            }
            token = scan.tokens.next();
        }
        return scan.functions;
    }

    /** Whether what is in braces is a type, which a declaration may follow. */
    private static boolean definesType(List<String> declaration) {
        return declaration.stream().anyMatch(Set.of("struct", "union", "enum", "typedef", "=")::contains)
                && !declaration.contains("(");
    }

    private void add(List<String> declaration) {
        if (declaration.contains("typedef") || declaration.contains("static")) {
            return;
        }
        for (int i = 0; i + 1 < declaration.size(); i++) {
            String name = declaration.get(i);
            if (declaration.get(i + 1).equals("(") && CTokens.isWord(name) && !KEYWORDS.contains(name)) {
                List<String> inside = declaration.subList(i + 2, closing(declaration, i + 1));
                DeclaredFunction function = new DeclaredFunction(name, tokens.file(), parameterNames(inside));
                functions.merge(name, function, HeaderScan::betterNamed);
                return;
            }
        }
    }

    private static DeclaredFunction betterNamed(DeclaredFunction first, DeclaredFunction second) {
        boolean unnamed = first.parameters().stream().allMatch(String::isEmpty);
        return unnamed ? new DeclaredFunction(first.name(), first.file(), second.parameters()) : first;
    }

    /** The index of the parenthesis that closes one; the end if none does. */
    private static int closing(List<String> declaration, int open) {
        int depth = 0;
        for (int i = open; i < declaration.size(); i++) {
            depth += depthChange(declaration.get(i));
            if (depth == 0) {
                return i;
            }
        }
        return declaration.size();
    }

    private static int depthChange(String token) {
        return switch (token) {
            case "(", "[" -> 1;
            case ")", "]" -> -1;
            default -> 0;
        };
    }

    private static List<String> withoutAttributes(List<String> declaration) {
        List<String> bare = new ArrayList<>();
        for (int i = 0; i < declaration.size(); i++) {
            String token = declaration.get(i);
            boolean open = i + 1 < declaration.size() && declaration.get(i + 1).equals("(");
            if (WITH_PARENTHESES.contains(token) && open) {
                i = closing(declaration, i + 1);
            } else if (!QUALIFIERS.contains(token)) {
                bare.add(token);
            }
        }
        return bare;
    }

    private static List<String> parameterNames(List<String> inside) {
        List<String> names = new ArrayList<>();
        int start = 0;
        int depth = 0;
        for (int i = 0; i <= inside.size(); i++) {
            boolean end = i == inside.size();
            if (end || (depth == 0 && inside.get(i).equals(","))) {
                List<String> parameter = inside.subList(start, i);
                start = i + 1;
                if (!parameter.isEmpty() && !parameter.equals(List.of("void")) && !parameter.contains(".")) {
                    names.add(parameterName(parameter));
                }
            } else {
                depth += depthChange(inside.get(i));
            }
        }
        return names;
    }

    private static String parameterName(List<String> parameter) {
        int open = parameter.indexOf("(");
        if (open >= 0) {
            int name = open + 1;
            while (name < parameter.size() && parameter.get(name).equals("*")) {
                name++;
            }
            boolean pointer = name > open + 1 && name < parameter.size();
            return pointer && CTokens.isWord(parameter.get(name)) ? withoutUnderscores(parameter.get(name)) : "";
        }
        int bracket = parameter.indexOf("[");
        List<String> declarator = bracket < 0 ? parameter : parameter.subList(0, bracket);
        if (declarator.size() < 2) {
            return "";
        }
        String last = declarator.get(declarator.size() - 1);
        boolean tag =
                declarator.size() == 2 && Set.of("struct", "union", "enum").contains(declarator.get(0));
        return tag || !CTokens.isWord(last) || KEYWORDS.contains(last) ? "" : withoutUnderscores(last);
    }

    private static String withoutUnderscores(String name) {
        String bare = name.replaceFirst("^_+", "");
        return bare.isEmpty() || Character.isDigit(bare.charAt(0)) ? name : bare;
    }
}
