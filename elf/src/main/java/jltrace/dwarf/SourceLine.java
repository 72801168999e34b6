package jltrace.dwarf;

/**
 * A line of source code.
 *
 * @param path the file as the compiler was given it; a relative one is joined to the directory that the compiler worked in, as far as it tells
 * @param line from 1
 */
public record SourceLine(String path, int line) {
    @Override
    public String toString() {
        return path + ":" + line;
    }
}
