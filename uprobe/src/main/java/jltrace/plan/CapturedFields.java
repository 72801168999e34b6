package jltrace.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The fields of an event's records, as its fetch arguments make them. Fields whose names differ in their number alone are a row: they
 * lie one behind the other, and {@link EventLayout} looks for the first of them only.
 */
final class CapturedFields {
    private final Map<String, List<Field>> rows = new LinkedHashMap<>();

    /** One field: {@code name=FETCHARG:type}. */
    private record Field(String name, String type) {
        boolean isSame(Field other) {
            return name.equals(other.name) && type.equals(other.type);
        }

        String row() {
            int end = name.length();
            while (Character.isDigit(name.charAt(end - 1)) || name.charAt(end - 1) == '_') {
                end--;
            }
            return name.substring(0, end);
        }

        /** In bytes; the types are {@code u64} and its like, and arrays of them. */
        int size() {
            int bracket = type.indexOf('[');
            int element = Integer.parseInt(type, 1, bracket < 0 ? type.length() : bracket, 10) / Byte.SIZE;
            return bracket < 0 ? element : element * Integer.parseInt(type, bracket + 1, type.length() - 1, 10);
        }

        /** What fills the field where a point has nothing for it: the cheapest that the kernel takes. Only memory makes arrays. */
        String filler() {
            return name + (type.indexOf('[') < 0 ? "=\\0:" : "=+0(%sp):") + type;
        }
    }

    /** The fields that fetch arguments make. */
    static CapturedFields of(String fetchArguments) {
        CapturedFields fields = new CapturedFields();
        for (String argument : words(fetchArguments)) {
            Field field = field(argument);
            fields.rows.computeIfAbsent(field.row(), row -> new ArrayList<>()).add(field);
        }
        return fields;
    }

    private static Field field(String argument) {
        return new Field(
                argument.substring(0, argument.indexOf('=')), argument.substring(argument.lastIndexOf(':') + 1));
    }

    private static List<String> words(String fetchArguments) {
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int end = fetchArguments.indexOf(' '); end >= 0; end = fetchArguments.indexOf(' ', start)) {
            words.add(fetchArguments.substring(start, end));
            start = end + 1;
        }
        words.add(fetchArguments.substring(start));
        return words;
    }

    /** Whether each row of one is the beginning of that of the other. */
    boolean fits(CapturedFields other) {
        for (Map.Entry<String, List<Field>> row : rows.entrySet()) {
            List<Field> others = other.rows.getOrDefault(row.getKey(), List.of());
            for (int i = 0; i < Math.min(row.getValue().size(), others.size()); i++) {
                if (!row.getValue().get(i).isSame(others.get(i))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The fields of both, which fit. */
    CapturedFields with(CapturedFields other) {
        CapturedFields both = new CapturedFields();
        both.rows.putAll(rows);
        other.rows.forEach(
                (name, row) -> both.rows.merge(name, row, (one, two) -> one.size() >= two.size() ? one : two));
        return both;
    }

    /** How many fields. */
    int count() {
        int count = 0;
        for (List<Field> row : rows.values()) {
            count += row.size();
        }
        return count;
    }

    /** In bytes. */
    int size() {
        int size = 0;
        for (List<Field> row : rows.values()) {
            for (Field field : row) {
                size += field.size();
            }
        }
        return size;
    }

    /** Fetch arguments that make these fields: those given, and fillers. */
    void append(StringBuilder text, String fetchArguments) {
        Map<String, String> given = new HashMap<>();
        for (String argument : words(fetchArguments)) {
            given.put(argument.substring(0, argument.indexOf('=')), argument);
        }
        for (List<Field> row : rows.values()) {
            for (Field field : row) {
                String argument = given.get(field.name());
                text.append(' ').append(argument == null ? field.filler() : argument);
            }
        }
    }
}
