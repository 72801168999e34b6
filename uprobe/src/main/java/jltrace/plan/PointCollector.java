package jltrace.plan;

import java.io.IOException;
import java.util.OptionalLong;
import java.util.Set;
import jltrace.code.ProbeSite;
import jltrace.target.ObjectImage;
import org.jspecify.annotations.Nullable;

/** Hands points on as they are planned, and counts them. Remembers where functions begin. */
final class PointCollector {
    private final ProbePoint.Sink sink;
    private final Set<Place> entries;
    private int count;

    /** @param entries where functions are entered: what is seen there else comes behind the entry */
    PointCollector(ProbePoint.Sink sink, Set<Place> entries) {
        this.sink = sink;
        this.entries = entries;
    }

    /** How many points were handed on. */
    int count() {
        return count;
    }

    /**
     * Makes a point and hands it on.
     *
     * @param number what its records carry, from {@link EventType#numbered}
     * @param captured the fetch arguments behind the number
     * @return the point; null, and none is handed on, if the site is not in the object's file
     */
    @Nullable ProbePoint add(EventType type, ObjectImage object, ProbeSite site, int number, String captured) throws IOException {
        OptionalLong fileOffset = object.elf().fileOffsetOf(site.virtualAddress());
        if (fileOffset.isEmpty()) {
            return null;
        }
        ProbePoint point =
                new ProbePoint(object, site, fileOffset.getAsLong(), CaptureShape.numbered(number, captured));
        sink.add(type, point);
        count++;
        return point;
    }

    /**
     * Makes a point within some function and hands it on.
     *
     * @param number of what it tells of
     * @param captured the fetch arguments behind the number
     * @return as {@link #add}
     */
    @Nullable ProbePoint addWithin(
            EventLayout.Kind kind, ObjectImage object, ProbeSite site, int number, CaptureShape shape, String captured)
            throws IOException {
        boolean entry = entries.contains(new Place(object.file().number(), site.virtualAddress()));
        EventType type = new EventType(entry ? EventType.Stop.BEHIND_ENTRY : EventType.Stop.INSTRUCTION, shape);
        return add(type, object, site, EventType.numbered(kind, number), captured);
    }

    /**
     * Makes a point that tells that it was passed.
     *
     * @param value the register that matters there, if any does
     * @return as {@link #add}
     */
    @Nullable ProbePoint addPassage(EventLayout.Kind kind, ObjectImage object, ProbeSite site, int number, String value)
            throws IOException {
        return addWithin(kind, object, site, number, CaptureShape.REGISTERS, CaptureShape.REGISTERS.passage(value));
    }
}
