package jltrace.prototype;

/**
 * Where a prototype was found.
 *
 * @param origin whose file it is in
 * @param file the file's name; empty if it is in none
 * @param line the line's number, from 1; 0 for a header and if it is in no file
 */
public record PrototypeSource(Origin origin, String file, int line) {

    static final PrototypeSource DEBUG_INFORMATION = new PrototypeSource(Origin.DEBUG_INFORMATION, "", 0);
    static final PrototypeSource GUESS = new PrototypeSource(Origin.GUESS, "", 0);

    /** Whose a prototype is. */
    public enum Origin {
        /** A file or a header that the user named. */
        USER,
        /** The object's own, or its debug file's. */
        DEBUG_INFORMATION,
        /** A file that comes with jltrace. */
        BUNDLED,
        /** A file that ltrace would read. */
        LTRACE,
        /** Nobody's: nothing is known of the function. */
        GUESS
    }

    /** For the user: {@code FILE:LINE}, the header's {@code FILE}, {@code debug information}, or {@code guess}. */
    @Override
    public String toString() {
        return switch (origin) {
            case GUESS -> "guess";
            case DEBUG_INFORMATION -> "debug information";
            case USER, BUNDLED, LTRACE -> line == 0 ? file : file + ":" + line;
        };
    }
}
