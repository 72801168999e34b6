package jltrace.header;

/** No signatures can be had from a header. */
public final class HeaderException extends Exception {
    private static final long serialVersionUID = 1;

    /** @param reason what is wrong, for the user */
    HeaderException(String reason) {
        super(reason);
    }
}
