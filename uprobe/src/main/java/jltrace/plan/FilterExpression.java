package jltrace.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.PatternSyntaxException;
import jltrace.target.ObjectFile;

/**
 * A chain of rules that picks symbols, in ltrace's syntax: {@code {[+-]SYMBOL@LIBRARY}}, where both patterns are globs for the
 * whole name or regular expressions between slashes (ltrace(1), "Filter expressions"). The last rule that matches decides.
 */
public final class FilterExpression {
    private final List<String> texts;
    private final List<List<Rule>> chains;
    private final UnaryOperator<String> otherName;

    private record Rule(boolean adds, NamePattern symbol, LibraryPattern library) {
        boolean matches(String name, String otherName) {
            return symbol.matches(name) || (!otherName.equals(name) && symbol.matches(otherName));
        }
    }

    private FilterExpression(List<String> texts, List<List<Rule>> chains, UnaryOperator<String> otherName) {
        this.texts = List.copyOf(texts);
        this.chains = chains;
        this.otherName = otherName;
    }

    /**
     * Parses an expression.
     *
     * @throws FilterSyntaxException if it is not one
     */
    public static FilterExpression parse(String text) throws FilterSyntaxException {
        return anyOf(List.of(text), UnaryOperator.identity());
    }

    /**
     * Parses several expressions, which together pick what any of them picks.
     *
     * @param otherName another name of a symbol, by which it is matched too; the symbol itself if it has none
     * @throws FilterSyntaxException if one is malformed
     */
    public static FilterExpression anyOf(List<String> texts, UnaryOperator<String> otherName)
            throws FilterSyntaxException {
        List<List<Rule>> chains = new ArrayList<>();
        for (String text : texts) {
            chains.add(chain(text));
        }
        return new FilterExpression(texts, chains, otherName);
    }

    private static List<Rule> chain(String text) throws FilterSyntaxException {
        if (text.isEmpty()) {
            throw new FilterSyntaxException("an empty filter expression");
        }
        List<Rule> rules = new ArrayList<>();
        for (FilterRules.Rule rule : FilterRules.split(text.startsWith("!") ? "-" + text.substring(1) : text)) {
            if (rule.bare()) {
                throw new FilterSyntaxException("in filter expression '" + text + "': a sign without a pattern");
            }
            if (rules.isEmpty() && !rule.adds()) {
                rules.add(new Rule(true, NamePattern.ANY, LibraryPattern.ANY));
            }
            try {
                rules.add(new Rule(
                        rule.adds(),
                        rule.symbol().isEmpty() ? NamePattern.ANY : NamePattern.of(rule.symbol()),
                        rule.library().isEmpty() ? LibraryPattern.ANY : LibraryPattern.of(rule.library())));
            } catch (PatternSyntaxException e) {
                throw new FilterSyntaxException("in filter expression '" + text + "': " + e.getDescription());
            }
        }
        return rules;
    }

    /** Whether the symbol of the object is picked. */
    public boolean matches(String symbol, ObjectFile object) {
        String other = otherName.apply(symbol);
        for (List<Rule> chain : chains) {
            if (matches(chain, symbol, other, object)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(List<Rule> chain, String symbol, String other, ObjectFile object) {
        boolean marked = false;
        for (Rule rule : chain) {
            if (marked != rule.adds() && rule.library().matches(object) && rule.matches(symbol, other)) {
                marked = rule.adds();
            }
        }
        return marked;
    }

    /** Whether a symbol of this name could be picked in some object. */
    public boolean mayMatch(String symbol) {
        String other = otherName.apply(symbol);
        for (List<Rule> chain : chains) {
            for (Rule rule : chain) {
                if (rule.adds() && rule.matches(symbol, other)) {
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
