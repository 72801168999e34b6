package jltrace.header;

/**
 * The tokens of preprocessed C, one after the other: words and numbers, strings as {@code ""}, and punctuation in single characters.
 * Line markers are not tokens; they tell the file of what follows.
 */
final class CTokens {
    private final String text;
    private int position;
    private boolean atLineStart = true;
    private String file = "";

    CTokens(String text) {
        this.text = text;
    }

    /** The name of the file that the last token is from. */
    String file() {
        return file;
    }

    /** The next token; empty at the end. */
    String next() {
        while (position < text.length()) {
            char first = text.charAt(position);
            if (first == '#' && atLineStart) {
                lineMarker();
            } else if (Character.isWhitespace(first)) {
                atLineStart |= first == '\n';
                position++;
            } else {
                atLineStart = false;
                return token(first);
            }
        }
        return "";
    }

    private String token(char first) {
        int start = position++;
        if (first == '"' || first == '\'') {
            skipQuoted(first);
            return "\"\"";
        }
        if (isWordPart(first)) {
            while (position < text.length() && isWordPart(text.charAt(position))) {
                position++;
            }
        }
        return text.substring(start, position);
    }

    static boolean isWord(String token) {
        return !token.isEmpty() && isWordPart(token.charAt(0)) && !Character.isDigit(token.charAt(0));
    }

    private static boolean isWordPart(char each) {
        return Character.isLetterOrDigit(each) || each == '_' || each == '$';
    }

    private void skipQuoted(char quote) {
        while (position < text.length() && text.charAt(position) != quote) {
            position += text.charAt(position) == '\\' ? 2 : 1;
        }
        position = Math.min(position + 1, text.length());
    }

    /** {@code # 12 "file" 1 3}; anything else that begins with a {@code #} is a pragma. */
    private void lineMarker() {
        int newline = text.indexOf('\n', position);
        int end = newline < 0 ? text.length() : newline;
        String line = text.substring(position, end);
        int open = line.indexOf('"');
        int close = line.lastIndexOf('"');
        if (close > open && line.length() > 2 && Character.isDigit(line.charAt(2))) {
            file = line.substring(open + 1, close);
        }
        position = end;
    }
}
