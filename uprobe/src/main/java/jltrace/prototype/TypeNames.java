package jltrace.prototype;

import java.util.Optional;

/** The types that a file's {@code typedef} lines, and those of the files that it imports, give names to. */
interface TypeNames {

    /**
     * The type with a name.
     *
     * @param name the name
     * @param depth how many types are being parsed around this one
     */
    Optional<NamedType> find(String name, int depth);
}
