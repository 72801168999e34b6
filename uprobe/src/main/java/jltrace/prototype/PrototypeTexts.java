package jltrace.prototype;

import java.util.Optional;

/** A place that holds prototype files for libraries. */
interface PrototypeTexts {

    /**
     * A file's text.
     *
     * @param fileName its name, for errors and sources
     * @param text all of it
     */
    record Text(String fileName, String text) {}

    /**
     * The text of NAME{@code .conf}.
     *
     * @param name a library's soname, or what an import names; a name that could lead elsewhere, with a slash in it, has no text
     * @return empty if there is no such file, or if it cannot be read
     */
    Optional<Text> read(String name);
}
