package jltrace.prototype;

/**
 * A line of a prototype file that could not be used. Only that line is lost.
 *
 * @param file the file's name
 * @param line the line's number, from 1; 0 if the file as a whole could not be used
 * @param column the place in the line, in characters from 1; 0 with line 0
 * @param problem what was expected there, and what was found
 */
public record PrototypeError(String file, int line, int column, String problem) {

    /** The message for the user: {@code FILE:LINE:COLUMN: PROBLEM}. */
    @Override
    public String toString() {
        return line == 0 ? file + ": " + problem : file + ":" + line + ":" + column + ": " + problem;
    }
}
