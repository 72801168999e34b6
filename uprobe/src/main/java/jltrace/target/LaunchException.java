package jltrace.target;

import java.io.IOException;

/** The program could not be started. */
public final class LaunchException extends IOException {
    /** The shell's exit status for a command that is not there. */
    public static final int NOT_FOUND = 127;
    /** The shell's exit status for a command that can't be executed. */
    public static final int NOT_EXECUTABLE = 126;

    private final int exitStatus;

    public LaunchException(String message, int exitStatus) {
        super(message);
        this.exitStatus = exitStatus;
    }

    /** {@link #NOT_FOUND} or {@link #NOT_EXECUTABLE}. */
    public int exitStatus() {
        return exitStatus;
    }
}
