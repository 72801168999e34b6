package jltrace.plan;

import jltrace.target.ObjectFile;

/**
 * A pattern for an object: {@code MAIN} is the program; one that begins with a slash is for paths, all others are for the soname
 * and the file's name; {@code /.../} is a regular expression.
 */
public final class LibraryPattern {
    /** Matches every object. */
    public static final LibraryPattern ANY = new LibraryPattern("*", NamePattern.ANY, false, false);

    private final String text;
    private final NamePattern pattern;
    private final boolean forPath;
    private final boolean forProgram;

    private LibraryPattern(String text, NamePattern pattern, boolean forPath, boolean forProgram) {
        this.text = text;
        this.pattern = pattern;
        this.forPath = forPath;
        this.forProgram = forProgram;
    }

    /**
     * Parses a pattern.
     *
     * @throws java.util.regex.PatternSyntaxException if it is malformed
     */
    public static LibraryPattern of(String text) {
        boolean regular = text.length() > 1 && text.startsWith("/") && text.endsWith("/");
        return new LibraryPattern(text, NamePattern.of(text), !regular && text.startsWith("/"), text.equals("MAIN"));
    }

    public boolean matches(ObjectFile object) {
        if (forProgram) {
            return object.program();
        }
        if (forPath) {
            return pattern.matches(object.path());
        }
        return pattern.matches(object.name()) || pattern.matches(ObjectFile.fileName(object.path()));
    }

    /** The pattern as it was written. */
    @Override
    public String toString() {
        return text;
    }
}
