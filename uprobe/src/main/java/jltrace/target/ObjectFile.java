package jltrace.target;

/**
 * A file that a traced process executes code from.
 *
 * @param number its place in the {@link ObjectTable}
 * @param path as the process sees it
 * @param program whether a traced process was started from it: MAIN, as against a library
 * @param name how lines call it: the file's name for a program, else its soname, else the file's name
 */
public record ObjectFile(int number, String path, boolean program, String name) {
    /** The last component of a path. */
    public static String fileName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
