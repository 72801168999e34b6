package jltrace.plan;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** A pattern for a whole name: a glob as bash knows it ({@code * ? [a-z] [!a-z]}), or a regular expression found anywhere in it. */
public final class NamePattern {
    /** Matches every name. */
    public static final NamePattern ANY = new NamePattern(Pattern.compile(""), false);

    private final Pattern pattern;
    private final boolean whole;

    private NamePattern(Pattern pattern, boolean whole) {
        this.pattern = pattern;
        this.whole = whole;
    }

    /**
     * A glob, or, between slashes, a regular expression.
     *
     * @throws PatternSyntaxException if it is malformed
     */
    public static NamePattern of(String text) {
        return text.length() > 1 && text.startsWith("/") && text.endsWith("/")
                ? regular(text.substring(1, text.length() - 1))
                : glob(text);
    }

    /** A regular expression that may match any part of the name. */
    public static NamePattern regular(String expression) {
        return new NamePattern(Pattern.compile(expression), false);
    }

    /** A glob for the whole name; {@code ^} and {@code $} at its ends say what holds anyway. */
    public static NamePattern glob(String glob) {
        int start = glob.startsWith("^") ? 1 : 0;
        int end = glob.length() > start && glob.endsWith("$") ? glob.length() - 1 : glob.length();
        StringBuilder regex = new StringBuilder(glob.length() + 8);
        int i = start;
        while (i < end) {
            char c = glob.charAt(i);
            int close = c == '[' ? closingBracket(glob, i, end) : -1;
            if (close > 0) {
                String body = glob.substring(i + 1, close);
                boolean negated = body.startsWith("!") || body.startsWith("^");
                regex.append(negated ? "[^" : "[");
                regex.append((negated ? body.substring(1) : body)
                        .replace("\\", "\\\\")
                        .replace("[", "\\[")
                        .replace("&", "\\&"));
                regex.append(']');
                i = close;
            } else if (c == '*') {
                regex.append(".*");
            } else if (c == '?') {
                regex.append('.');
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
            i++;
        }
        return new NamePattern(Pattern.compile(regex.toString(), Pattern.DOTALL), true);
    }

    private static int closingBracket(String glob, int open, int end) {
        int first = open + 1;
        if (first < end && (glob.charAt(first) == '!' || glob.charAt(first) == '^')) {
            first++;
        }
        int close = glob.indexOf(']', first + 1);
        return close > 0 && close < end ? close : -1;
    }

    public boolean matches(String name) {
        return whole ? pattern.matcher(name).matches() : pattern.matcher(name).find();
    }
}
