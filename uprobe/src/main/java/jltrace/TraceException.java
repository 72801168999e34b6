package jltrace;

import java.io.IOException;

/** Tracing can't be done or go on; the message says what failed, on what, why, and what to do. */
public final class TraceException extends IOException {
    private static final long serialVersionUID = 1L;

    public TraceException(String message) {
        super(message);
    }

    public TraceException(String message, Throwable cause) {
        super(message, cause);
    }
}
