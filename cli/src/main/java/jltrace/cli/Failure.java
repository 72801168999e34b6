package jltrace.cli;

/** The command can't go on; the message is for the user, the status for whoever started jltrace. */
final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitStatus;

    Failure(String message, int exitStatus) {
        super(message);
        this.exitStatus = exitStatus;
    }

    int exitStatus() {
        return exitStatus;
    }
}
