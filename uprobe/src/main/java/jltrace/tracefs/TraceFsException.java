package jltrace.tracefs;

import java.io.IOException;

/** tracefs could not be found, read or written: what was tried, and what to do about it where that is known. */
public final class TraceFsException extends IOException {
    public TraceFsException(String message) {
        super(message);
    }

    public TraceFsException(String message, Throwable cause) {
        super(message, cause);
    }
}
