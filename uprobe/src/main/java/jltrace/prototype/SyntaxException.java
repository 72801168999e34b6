package jltrace.prototype;

/** Ends the parsing of one line. Never leaves this package. */
final class SyntaxException extends Exception {

    private static final long serialVersionUID = 1;

    private final int offset;

    /**
     * @param offset where in the file's text, in characters from 0
     * @param problem what was expected there, and what was found
     */
    SyntaxException(int offset, String problem) {
        super(problem, null, false, false);
        this.offset = offset;
    }

    int offset() {
        return offset;
    }

    String problem() {
        return String.valueOf(getMessage());
    }
}
