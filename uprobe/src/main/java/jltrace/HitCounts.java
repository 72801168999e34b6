package jltrace;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jltrace.call.CallAssembler;
import jltrace.call.MissedCalls;
import jltrace.perf.PerfSession;
import jltrace.plan.CallSelection;
import jltrace.plan.EventRecords;
import jltrace.plan.ProbeTable;
import jltrace.plan.TracedFunction;
import jltrace.tracefs.PointHits;
import jltrace.tracefs.ProbeDefinition.EventName;
import jltrace.tracefs.ProbeRegistry;
import org.jspecify.annotations.Nullable;

/** What the kernel counted, against the records that came. */
final class HitCounts {
    private final ProbeRegistry registry;
    private final ProbeTable table;
    private final CallAssembler assembler;

    HitCounts(ProbeRegistry registry, ProbeTable table, CallAssembler assembler) {
        this.registry = registry;
        this.table = table;
        this.assembler = assembler;
    }

    /** How often calls of a function were hit; one call hits several points while one takes another's place. */
    private static final class Hits {
        private long sum;
        private int points;
        private int event;

        void add(long hits, int ofEvent) {
            sum += hits;
            points++;
            event = ofEvent;
        }
    }

    /** The function of which a point sees calls, or null. */
    private @Nullable TracedFunction called(EventRecords records, int numbered) {
        int number = EventRecords.number(numbered);
        return switch (records.layout(numbered).kind()) {
            case ENTRY -> table.function(number);
            case STUB -> table.function(table.importCall(number).function());
            default -> null;
        };
    }

    /** The functions of which entries are missing. Each point's counter also counts what other tracers' processes do there. */
    Optional<List<MissedCalls>> missed(PerfSession session, CallSelection selection) throws IOException {
        Optional<List<PointHits>> hits = registry.hits();
        if (hits.isEmpty()) {
            return Optional.empty();
        }
        Map<EventName, Integer> ids = new HashMap<>();
        Map<Integer, Long> ofPoints = new HashMap<>();
        Map<TracedFunction, Hits> ofFunctions = new LinkedHashMap<>();
        for (PointHits point : hits.get()) {
            Integer id = ids.get(point.event());
            if (id == null) {
                id = registry.format(point.event()).id();
                ids.put(point.event(), id);
            }
            EventRecords records = table.records(id);
            if (records != null) {
                ofPoints.merge(id, point.hits(), Long::sum);
                TracedFunction function = called(records, (int) point.number());
                if (function != null) {
                    ofFunctions.computeIfAbsent(function, key -> new Hits()).add(point.hits(), id);
                }
            }
        }
        Set<Integer> own = onlyOwnHits(session, ofPoints);
        List<MissedCalls> missed = new ArrayList<>();
        for (Map.Entry<TracedFunction, Hits> entry : ofFunctions.entrySet()) {
            TracedFunction function = entry.getKey();
            Hits counted = entry.getValue();
            long missing = counted.sum - assembler.counts().entries(function.number());
            if (missing > 0) {
                boolean exact = counted.points == 1
                        && own.contains(counted.event)
                        && function.shownForAnyCaller()
                        && selection.showsUnknownCaller(function)
                        && !function.flow().reentersItself();
                missed.add(new MissedCalls(function, missing, exact));
            }
        }
        return Optional.of(missed);
    }

    /** The events of whose points all hits were those of the traced threads: perf counted as many. */
    private static Set<Integer> onlyOwnHits(PerfSession session, Map<Integer, Long> ofPoints) throws IOException {
        Map<Integer, Long> ofTasks = new HashMap<>();
        for (PerfSession.Counts counts : session.counts()) {
            ofTasks.merge(counts.eventId(), counts.hits(), Long::sum);
        }
        Set<Integer> own = new HashSet<>();
        ofPoints.forEach((id, hits) -> {
            if (hits.equals(ofTasks.get(id))) {
                own.add(id);
            }
        });
        return own;
    }
}
