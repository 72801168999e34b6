package jltrace.prototype;

import java.nio.file.Path;

/** A prototype file that the user named cannot be read. */
public final class PrototypeFileException extends Exception {

    private static final long serialVersionUID = 1;

    /**
     * @param path the file
     * @param reason why it cannot be read
     */
    public PrototypeFileException(Path path, String reason) {
        super("cannot read the prototype file " + path + ": " + reason);
    }
}
