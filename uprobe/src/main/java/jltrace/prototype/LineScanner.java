package jltrace.prototype;

/** Reads the words, numbers and marks of one line. Never reads past the line's end. */
final class LineScanner {

    private static final int LONGEST_EXCERPT = 20;
    private static final char END = '\0';

    private final String text;
    private final int end;
    private int offset;

    /**
     * @param text the whole file's text
     * @param offset where to begin, in characters
     * @param end the end of the line
     */
    LineScanner(String text, int offset, int end) {
        this.text = text;
        this.offset = offset;
        this.end = end;
    }

    /** Where the next mark or word begins, in characters of the file's text. */
    int offset() {
        skipBlanks();
        return offset;
    }

    /** Whether only blanks are left. */
    boolean atEnd() {
        return peek() == END;
    }

    /** The next character that is not blank; zero at the end of the line. */
    char peek() {
        skipBlanks();
        return current();
    }

    /** Steps over a mark if it is next. */
    boolean skip(char mark) {
        if (peek() != mark || mark == END) {
            return false;
        }
        offset++;
        return true;
    }

    /** Steps over a mark that has to be next. */
    void expect(char mark, String where) throws SyntaxException {
        if (!skip(mark)) {
            throw expected("'" + mark + "' " + where);
        }
    }

    /** Steps over {@code ...} if it is next. */
    boolean skipEllipsis() {
        skipBlanks();
        if (!text.startsWith("...", offset) || offset + 3 > end) {
            return false;
        }
        offset += 3;
        return true;
    }

    /** The next word, stepped over; empty if what is next does not begin one. */
    String word() {
        skipBlanks();
        int start = offset;
        if (digit(10) < 0) {
            while (wordCharacter(current())) {
                offset++;
            }
        }
        return text.substring(start, offset);
    }

    /** The next word, stepped over. */
    String expectWord(String what) throws SyntaxException {
        String word = word();
        if (word.isEmpty()) {
            throw expected(what);
        }
        return word;
    }

    /** Steps back to where {@link #offset()} was. */
    void backTo(int earlierOffset) {
        offset = earlierOffset;
    }

    /** A number as in C: decimal, {@code 0x} hexadecimal or {@code 0} octal, with or without a minus sign; up to 64 bits wide. */
    long expectNumber(String what) throws SyntaxException {
        int start = offset();
        boolean negative = skip('-');
        int radix = radix();
        int digits = offset;
        long value = 0;
        for (int digit = digit(radix); digit >= 0; digit = digit(radix)) {
            boolean tooLarge = Long.compareUnsigned(value, Long.divideUnsigned(-1 - digit, radix)) > 0;
            if (tooLarge) {
                throw new SyntaxException(start, "the number is too large for 64 bits");
            }
            value = value * radix + digit;
            offset++;
        }
        if (offset == digits) {
            offset = start;
            throw expected(what);
        }
        return negative ? -value : value;
    }

    /** Steps over everything up to the mark that closes the one that was just stepped over, and over that. */
    void skipBalanced() throws SyntaxException {
        int start = offset;
        int open = 1;
        while (open > 0) {
            if (offset >= end) {
                throw new SyntaxException(start, "nothing closes what is opened here");
            }
            char mark = text.charAt(offset++);
            if (mark == '(' || mark == '[') {
                open++;
            } else if (mark == ')' || mark == ']') {
                open--;
            }
        }
    }

    /** The quoted text that has to be next; there are no escapes in it. */
    String expectQuoted(String what) throws SyntaxException {
        if (!skip('"')) {
            throw expected(what);
        }
        int start = offset;
        while (offset < end && text.charAt(offset) != '"') {
            offset++;
        }
        if (offset == end) {
            throw expected("a closing '\"'");
        }
        return text.substring(start, offset++);
    }

    /** The error that something else should be next. */
    SyntaxException expected(String what) {
        return new SyntaxException(offset(), "expected " + what + ", found " + excerpt());
    }

    private String excerpt() {
        if (atEnd()) {
            return "the end of the line";
        }
        StringBuilder excerpt = new StringBuilder("'");
        int last = Math.min(end, offset + LONGEST_EXCERPT);
        for (int i = offset; i < last; i++) {
            char each = text.charAt(i);
            excerpt.append(each < ' ' || each > '~' ? '?' : each);
        }
        return excerpt.append(last < end ? "..." : "").append('\'').toString();
    }

    private int radix() {
        if (current() != '0') {
            return 10;
        }
        char next = offset + 1 < end ? text.charAt(offset + 1) : END;
        if (next == 'x' || next == 'X') {
            offset += 2;
            return 16;
        }
        return 8;
    }

    /** The value of the current character as a digit; -1 if it is none. */
    private int digit(int radix) {
        char each = current();
        return each > '~' ? -1 : Character.digit(each, radix);
    }

    private char current() {
        return offset < end ? text.charAt(offset) : END;
    }

    private void skipBlanks() {
        while (offset < end && text.charAt(offset) <= ' ') {
            offset++;
        }
    }

    private static boolean wordCharacter(char each) {
        return (each >= 'a' && each <= 'z')
                || (each >= 'A' && each <= 'Z')
                || (each >= '0' && each <= '9')
                || each == '_'
                || each == '$'
                || each == '@';
    }
}
