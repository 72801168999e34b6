package jltrace.tracefs;

import java.util.ArrayList;
import java.util.List;

/**
 * How the raw data of an event's records is laid out: an event's {@code format} file, parsed.
 *
 * @param id the event's number: what perf_event_open(2) takes and what the first two bytes of a record hold
 * @param fields in the order of the file, the common ones included
 */
public record EventFormat(int id, List<Field> fields) {

    /**
     * One field.
     *
     * @param offset in bytes from the start of the raw data
     * @param size in bytes
     */
    public record Field(String name, int offset, int size) {}

    /**
     * Parses a format file.
     *
     * @throws TraceFsException if it has no {@code ID:} line or a field line is not understood
     */
    public static EventFormat parse(String text, String event) throws TraceFsException {
        int id = -1;
        List<Field> fields = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            String trimmed = line.trim();
            if (trimmed.startsWith("ID:")) {
                id = number(trimmed.substring(3).trim(), event);
            } else if (trimmed.startsWith("field:")) {
                fields.add(field(trimmed, event));
            }
        }
        if (id < 0) {
            throw new TraceFsException("no ID in the format of " + event);
        }
        return new EventFormat(id, List.copyOf(fields));
    }

    /** {@code field:u64 sp;	offset:16;	size:8;	signed:0;}. */
    private static Field field(String line, String event) throws TraceFsException {
        String[] parts = line.split(";", -1);
        if (parts.length < 3) {
            throw new TraceFsException("a field line of " + event + " is not understood: " + line);
        }
        String declaration = parts[0];
        int bracket = declaration.indexOf('[');
        String head = bracket < 0 ? declaration : declaration.substring(0, bracket);
        String name = head.substring(head.lastIndexOf(' ') + 1);
        return new Field(name, value(parts[1], "offset:", event), value(parts[2], "size:", event));
    }

    private static int value(String part, String key, String event) throws TraceFsException {
        String trimmed = part.trim();
        if (!trimmed.startsWith(key)) {
            throw new TraceFsException("no " + key + " in a field line of " + event);
        }
        return number(trimmed.substring(key.length()), event);
    }

    private static int number(String text, String event) throws TraceFsException {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new TraceFsException("not a number in the format of " + event + ": " + text);
        }
    }

    /**
     * The offset of a field.
     *
     * @throws TraceFsException if the event has no such field
     */
    public int offsetOf(String fieldName) throws TraceFsException {
        for (Field field : fields) {
            if (field.name().equals(fieldName)) {
                return field.offset();
            }
        }
        throw new TraceFsException("event " + id + " has no field " + fieldName);
    }
}
