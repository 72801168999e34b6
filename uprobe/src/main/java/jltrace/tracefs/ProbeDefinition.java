package jltrace.tracefs;

/**
 * One probe point, as one line of {@code uprobe_events}:
 *
 * <pre>
 *   p[:GROUP/EVENT] PATH:OFFSET [FETCHARGS]
 *   r[:GROUP/EVENT] PATH:OFFSET [FETCHARGS]
 *   -:GROUP/EVENT
 * </pre>
 *
 * (Documentation/trace/uprobetracer.rst). Lines with the same group and event append points to one event; all of them
 * must have arguments of the same names and types.
 *
 * @param event the event that the point belongs to
 * @param kind where the kernel stops the thread
 * @param path the probed file, free of white space: the kernel splits the line there
 * @param fileOffset of the probed instruction, in bytes from the file's start
 * @param fetchArguments {@code name=FETCHARG:type}, separated by single spaces
 */
public record ProbeDefinition(EventName event, Kind kind, String path, long fileOffset, String fetchArguments) {

    /** Whether a point reports the instruction's execution or the function's return. */
    public enum Kind {
        /** Before the instruction runs. */
        INSTRUCTION('p'),
        /** When the function entered at this instruction returns: the kernel replaces its return address. */
        FUNCTION_RETURN('r');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }
    }

    /** An event's group and name. The kernel takes C identifiers of at most 63 characters each. */
    public record EventName(String group, String event) {
        private static final int LONGEST = 63;

        public EventName {
            requireIdentifier(group);
            requireIdentifier(event);
        }

        // A record's own methods are put together from method handles when they are first called, which takes
        // milliseconds.

        @Override
        public boolean equals(Object other) {
            return other instanceof EventName name && name.group.equals(group) && name.event.equals(event);
        }

        @Override
        public int hashCode() {
            return 31 * group.hashCode() + event.hashCode();
        }

        private static void requireIdentifier(String name) {
            boolean valid = !name.isEmpty() && name.length() <= LONGEST && !Character.isDigit(name.charAt(0));
            for (int i = 0; valid && i < name.length(); i++) {
                char c = name.charAt(i);
                valid = c == '_' || isBetween(c, '0', '9') || isBetween(c, 'a', 'z') || isBetween(c, 'A', 'Z');
            }
            if (!valid) {
                throw new IllegalArgumentException("not an event name: " + name);
            }
        }

        private static boolean isBetween(char c, char first, char last) {
            return c >= first && c <= last;
        }

        @Override
        public String toString() {
            return group + "/" + event;
        }
    }

    public ProbeDefinition {
        if (!isPlainPath(path)) {
            throw new IllegalArgumentException("not a path that uprobe_events can take: " + path);
        }
        if (fileOffset < 0) {
            throw new IllegalArgumentException("an offset before the start of " + path + ": " + fileOffset);
        }
        for (int i = 0; i < fetchArguments.length(); i++) {
            char c = fetchArguments.charAt(i);
            if (c < ' ' || c >= 0x7f || c == '#') {
                throw new IllegalArgumentException("fetch arguments that end their line: " + fetchArguments);
            }
        }
    }

    /**
     * Whether the kernel reads the path as one word, and as it is: printable ASCII without blanks, quotes, backslashes and
     * comment signs. Other files are probed through a link with a plain name.
     */
    public static boolean isPlainPath(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#' || c == '"' || c == '\'' || c == '\\' || c == ':') {
                return false;
            }
        }
        return path.startsWith("/");
    }

    /** Appends the line that creates this point, with its line break. */
    public void appendTo(StringBuilder lines) {
        lines.append(kind.letter).append(':').append(event.group()).append('/').append(event.event());
        lines.append(' ').append(path).append(":0x").append(Long.toHexString(fileOffset));
        if (!fetchArguments.isEmpty()) {
            lines.append(' ').append(fetchArguments);
        }
        lines.append('\n');
    }
}
