package jltrace.prototype;

import java.nio.file.Path;

/** Something that the user named for prototypes cannot be read. */
public final class PrototypeFileException extends Exception {

    private static final long serialVersionUID = 1;

    /**
     * @param path the file
     * @param reason why it cannot be read
     */
    public PrototypeFileException(Path path, String reason) {
        this("cannot read the prototype file " + path + ": " + reason);
    }

    private PrototypeFileException(String message) {
        super(message);
    }

    /**
     * @param header a C header
     * @param reason why it gives no prototypes
     */
    static PrototypeFileException ofHeader(Path header, String reason) {
        return new PrototypeFileException("cannot take prototypes from " + header + ": " + reason);
    }
}
