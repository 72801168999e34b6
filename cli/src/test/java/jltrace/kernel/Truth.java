package jltrace.kernel;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a fixture says that it did.
 *
 * @param lines its lines, without the leading {@code truth}
 */
record Truth(List<String> lines) {
    private static final Pattern COUNT = Pattern.compile("count (\\S+) (\\d+)");

    static Truth of(String output) {
        return new Truth(output.lines()
                .filter(line -> line.startsWith("truth "))
                .map(line -> line.substring("truth ".length()))
                .toList());
    }

    /** How often the program's own code called each function. */
    Map<String, Long> counts() {
        Map<String, Long> counts = new HashMap<>();
        for (String line : lines) {
            Matcher count = COUNT.matcher(line);
            if (count.matches()) {
                counts.put(count.group(1), Long.valueOf(count.group(2)));
            }
        }
        return counts;
    }

    /** The rest of the first line with a beginning. */
    String after(String beginning) {
        return lines.stream()
                .filter(line -> line.startsWith(beginning))
                .map(line -> line.substring(beginning.length()))
                .findFirst()
                .orElse("");
    }
}
