package jltrace.tracefs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jltrace.tracefs.ProbeDefinition.EventName;

/**
 * How often a point was hit.
 *
 * @param number what its records carry as {@code id}
 */
public record PointHits(EventName event, long number, long hits) {
    private static final Pattern DEFINITION = Pattern.compile("([pr]):([^/]+)/(\\S+) .*? id=\\\\(\\d+):.*");
    private static final Pattern PROFILE = Pattern.compile(".*\\s(\\S+)\\s+(\\d+)");

    /**
     * Puts both files' lines together, which are in the same order.
     *
     * @param group the group whose points are wanted
     * @return empty if they are not about the same points
     */
    static Optional<List<PointHits>> parse(String group, String definitions, String profile) {
        List<String> points = definitions.lines().toList();
        List<String> counts = profile.lines().toList();
        List<PointHits> hits = new ArrayList<>();
        if (points.size() != counts.size()) {
            return Optional.empty();
        }
        for (int i = 0; i < points.size(); i++) {
            Matcher point = DEFINITION.matcher(points.get(i));
            Matcher count = PROFILE.matcher(counts.get(i));
            if (point.matches()
                    && point.group(2).equals(group)
                    && point.group(1).equals("p")) {
                if (!count.matches() || !count.group(1).equals(point.group(3))) {
                    return Optional.empty();
                }
                hits.add(new PointHits(
                        new EventName(group, point.group(3)),
                        Long.parseLong(point.group(4)),
                        Long.parseLong(count.group(2))));
            }
        }
        return Optional.of(hits);
    }
}
