package jltrace.prototype;

/**
 * Where a prototype was found.
 *
 * @param origin whose file it is in
 * @param file the file's name; empty for a guess
 * @param line the line's number, from 1; 0 for a guess and for a header
 */
public record PrototypeSource(Origin origin, String file, int line) {

    static final PrototypeSource GUESS = new PrototypeSource(Origin.GUESS, "", 0);

    /** Whose a prototype is. */
    public enum Origin {
        /** A file or a header that the user named. */
        USER,
        /** A file that comes with jltrace. */
        BUNDLED,
        /** A file that ltrace would read. */
        LTRACE,
        /** Nobody's: nothing is known of the function. */
        GUESS
    }

    /** For the user: {@code FILE:LINE}, the header's {@code FILE}, or {@code guess}. */
    @Override
    public String toString() {
        if (origin == Origin.GUESS) {
            return "guess";
        }
        return line == 0 ? file : file + ":" + line;
    }
}
