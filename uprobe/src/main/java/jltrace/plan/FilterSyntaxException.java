package jltrace.plan;

/** A filter expression or pattern that is not understood. */
public final class FilterSyntaxException extends Exception {
    private static final long serialVersionUID = 1L;

    public FilterSyntaxException(String message) {
        super(message);
    }
}
