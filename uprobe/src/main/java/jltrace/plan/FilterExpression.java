package jltrace.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import jltrace.target.ObjectFile;

/**
 * A chain of rules that picks symbols, in ltrace's syntax: {@code {[+-]SYMBOL@LIBRARY}}, where both patterns are globs for the
 * whole name or regular expressions between slashes (ltrace(1), "Filter expressions"). The last rule that matches decides.
 */
public final class FilterExpression {
    private final List<String> texts;
    private final List<List<Rule>> chains;

    private record Rule(boolean adds, NamePattern symbol, LibraryPattern library) {}

    private FilterExpression(List<String> texts, List<List<Rule>> chains) {
        this.texts = List.copyOf(texts);
        this.chains = chains;
    }

    /**
     * Parses an expression.
     *
     * @throws FilterSyntaxException if it is not one
     */
    public static FilterExpression parse(String text) throws FilterSyntaxException {
        return anyOf(List.of(text));
    }

    /**
     * Parses several expressions, which together pick what any of them picks.
     *
     * @throws FilterSyntaxException if one is malformed
     */
    public static FilterExpression anyOf(List<String> texts) throws FilterSyntaxException {
        List<List<Rule>> chains = new ArrayList<>();
        for (String text : texts) {
            chains.add(chain(text));
        }
        return new FilterExpression(texts, chains);
    }

    private static List<Rule> chain(String text) throws FilterSyntaxException {
        String expression = text.startsWith("!") ? "-" + text.substring(1) : text;
        if (expression.isEmpty()) {
            throw new FilterSyntaxException("an empty filter expression");
        }
        List<Rule> rules = new ArrayList<>();
        int at = 0;
        while (at < expression.length()) {
            char sign = expression.charAt(at);
            boolean signed = sign == '+' || sign == '-';
            boolean adds = sign != '-';
            if (rules.isEmpty() && !adds) {
                rules.add(new Rule(true, NamePattern.ANY, LibraryPattern.ANY));
            }
            int end = endOfRule(expression, signed ? at + 1 : at);
            rules.add(rule(expression.substring(signed ? at + 1 : at, end), adds, text));
            at = end;
        }
        return rules;
    }

    /** The next sign outside of slashes and brackets. */
    private static int endOfRule(String expression, int start) {
        boolean regular = false;
        boolean bracket = false;
        boolean pathPattern = false;
        for (int i = start; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (c == '/' && i == start) {
                regular = true;
            } else if (c == '/' && regular) {
                regular = false;
            } else if (c == '@' && !regular) {
                pathPattern = true;
            } else if (c == '/' && pathPattern && expression.charAt(i - 1) == '@') {
                // A path, or a regular expression that a second slash at the rule's end closes.
                regular = closesBeforeSign(expression, i + 1);
            } else if (c == '[' && !regular) {
                bracket = true;
            } else if (c == ']') {
                bracket = false;
            } else if ((c == '+' || c == '-') && !regular && !bracket && startsRule(expression, i)) {
                return i;
            }
        }
        return expression.length();
    }

    /** A minus within a library's name, as in ld-linux, starts no rule of its own unless a rule could begin there. */
    private static boolean startsRule(String expression, int sign) {
        int at = expression.lastIndexOf('@', sign);
        int before = Math.max(expression.lastIndexOf('+', sign - 1), expression.lastIndexOf('-', sign - 1));
        boolean inLibrary = at > before;
        return expression.charAt(sign) == '+' || !inLibrary || expression.indexOf('@', sign) > 0;
    }

    private static boolean closesBeforeSign(String expression, int from) {
        int slash = expression.indexOf('/', from);
        return slash >= 0
                && (slash + 1 == expression.length()
                        || expression.charAt(slash + 1) == '+'
                        || expression.charAt(slash + 1) == '-');
    }

    private static Rule rule(String text, boolean adds, String whole) throws FilterSyntaxException {
        try {
            if (text.length() > 1
                    && text.startsWith("/")
                    && text.endsWith("/")
                    && text.indexOf('/', 1) == text.length() - 1) {
                String body = text.substring(1, text.length() - 1);
                int at = body.indexOf('@');
                return at < 0
                        ? new Rule(adds, NamePattern.regular(body), LibraryPattern.ANY)
                        : new Rule(
                                adds,
                                NamePattern.regular(body.substring(0, at)),
                                LibraryPattern.of("/" + body.substring(at + 1) + "/"));
            }
            int at = text.startsWith("/") ? text.indexOf('@', text.indexOf('/', 1) + 1) : text.indexOf('@');
            String symbol = at < 0 ? text : text.substring(0, at);
            String library = at < 0 ? "" : text.substring(at + 1);
            return new Rule(
                    adds,
                    symbol.isEmpty() ? NamePattern.ANY : NamePattern.of(symbol),
                    library.isEmpty() ? LibraryPattern.ANY : LibraryPattern.of(library));
        } catch (PatternSyntaxException e) {
            throw new FilterSyntaxException("in filter expression '" + whole + "': " + e.getDescription());
        }
    }

    /** Whether the symbol of the object is picked. */
    public boolean matches(String symbol, ObjectFile object) {
        for (List<Rule> chain : chains) {
            if (matches(chain, symbol, object)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(List<Rule> chain, String symbol, ObjectFile object) {
        boolean marked = false;
        for (Rule rule : chain) {
            if (marked != rule.adds()
                    && rule.library().matches(object)
                    && rule.symbol().matches(symbol)) {
                marked = rule.adds();
            }
        }
        return marked;
    }

    /** Whether a symbol of this name could be picked in some object. */
    public boolean mayMatch(String symbol) {
        for (List<Rule> chain : chains) {
            for (Rule rule : chain) {
                if (rule.adds() && rule.symbol().matches(symbol)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The expressions as they were written. */
    @Override
    public String toString() {
        return String.join("' or '", texts);
    }
}
