package jltrace.plan;

import java.io.IOException;
import java.util.OptionalLong;
import jltrace.code.ProbeSite;
import jltrace.target.ObjectImage;
import org.jspecify.annotations.Nullable;

/** Hands points on as they are planned, and counts them. */
final class PointCollector {
    private final ProbePoint.Sink sink;
    private int count;

    PointCollector(ProbePoint.Sink sink) {
        this.sink = sink;
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
}
