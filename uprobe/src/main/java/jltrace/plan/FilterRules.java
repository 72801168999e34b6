package jltrace.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a filter expression into its rules: {@code {[+-][SYMBOL][@LIBRARY]}}.
 *
 * <p>A sign begins a rule, except within {@code /.../} and {@code [...]}, and except where it belongs to a library's name, which
 * ltrace does not allow for: in {@code ++}; in front of a {@code .so} that is still to come, as in {@code ld-linux-x86-64.so.2};
 * and, if the pattern is a path, in front of its last slash.
 */
final class FilterRules {
    private final String text;
    private int at;

    /**
     * One rule.
     *
     * @param adds whether what matches is added, as against taken away
     * @param symbol a pattern, empty if not given
     * @param library a pattern, empty if not given
     * @param bare whether it is a sign and nothing else
     */
    record Rule(boolean adds, String symbol, String library, boolean bare) {}

    private FilterRules(String text) {
        this.text = text;
    }

    static List<Rule> split(String text) {
        FilterRules rules = new FilterRules(text);
        List<Rule> all = new ArrayList<>();
        while (rules.at < text.length()) {
            all.add(rules.next());
        }
        return all;
    }

    private Rule next() {
        boolean adds = text.charAt(at) != '-';
        if (isSign(text.charAt(at))) {
            at++;
        }
        int regularEnd = endOfRegularExpression(at);
        String symbol = text.substring(at, regularEnd < 0 ? endOfGlob(false) : regularEnd);
        at += symbol.length();
        if (regularEnd >= 0 && symbol.indexOf('@') >= 0) {
            // The shorthand /x@y/ is /x/@/y/.
            int middle = symbol.indexOf('@');
            return new Rule(adds, symbol.substring(0, middle) + "/", "/" + symbol.substring(middle + 1), false);
        }
        if (at == text.length() || text.charAt(at) != '@') {
            return new Rule(adds, symbol, "", symbol.isEmpty());
        }
        at++;
        regularEnd = endOfRegularExpression(at);
        String library = text.substring(at, regularEnd < 0 ? endOfGlob(true) : regularEnd);
        at += library.length();
        return new Rule(adds, symbol, library, false);
    }

    private static boolean isSign(char c) {
        return c == '+' || c == '-';
    }

    /** The index behind the slash that closes a regular expression, or -1 if none begins here: a path has no slash at a rule's end. */
    private int endOfRegularExpression(int start) {
        if (start >= text.length() || text.charAt(start) != '/') {
            return -1;
        }
        for (int i = start + 1; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == '/') {
                int end = i + 1;
                return end == text.length() || isSign(text.charAt(end)) || text.charAt(end) == '@' ? end : -1;
            }
        }
        return -1;
    }

    private int endOfGlob(boolean library) {
        boolean inSet = false;
        for (int i = at; i < text.length(); i++) {
            char c = text.charAt(i);
            if (inSet) {
                inSet = c != ']';
            } else if (c == '[') {
                inSet = text.indexOf(']', i) > 0;
            } else if (c == '@' || (isSign(c) && !(library && belongsToLibrary(i)))) {
                return i;
            }
        }
        return text.length();
    }

    private boolean belongsToLibrary(int sign) {
        boolean doubled = text.charAt(sign) == '+'
                && (text.startsWith("++", sign) || (sign > at && text.startsWith("++", sign - 1)));
        if (doubled) {
            return true;
        }
        int nextLibrary = text.indexOf('@', sign);
        String rest = text.substring(sign, nextLibrary < 0 ? text.length() : nextLibrary);
        boolean path = text.charAt(at) == '/';
        return (!text.substring(at, sign).contains(".so") && rest.contains(".so")) || (path && rest.indexOf('/') >= 0);
    }
}
