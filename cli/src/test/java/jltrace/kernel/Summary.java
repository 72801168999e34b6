package jltrace.kernel;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table that {@code -c} prints. */
final class Summary {
    private static final Pattern ROW = Pattern.compile(" *[\\d.]+ +[\\d.]+ +\\d+ +(\\d+) (\\S+)");

    private Summary() {}

    /** Calls of each function. */
    static Map<String, Long> counts(String table) {
        Map<String, Long> counts = new TreeMap<>();
        table.lines().forEach(line -> {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                counts.put(row.group(2), Long.valueOf(row.group(1)));
            }
        });
        return counts;
    }
}
