package jltrace.plan;

import java.util.List;
import jltrace.prototype.PrototypeSource;
import jltrace.target.ObjectImage;
import jltrace.tracefs.ProbeDefinition;

/**
 * What is to be registered: events, each of points that capture the same shape.
 *
 * @param functions the functions that the plan adds, for the user
 * @param unprobed functions that were asked for and can't be probed
 */
public record ProbePlan(List<Event> events, List<Function> functions, List<Unprobed> unprobed) {

    /** An event: its points mean the same and capture the same shape. */
    public record Event(EventLayout.Kind kind, CaptureShape shape, List<Point> points) {
        /** Whether the kernel stops the thread at the instruction or at the function's return. */
        public ProbeDefinition.Kind probeKind() {
            return kind == EventLayout.Kind.RETURN
                    ? ProbeDefinition.Kind.FUNCTION_RETURN
                    : ProbeDefinition.Kind.INSTRUCTION;
        }
    }

    /**
     * A point.
     *
     * @param fileOffset of the probed instruction, in bytes
     */
    public record Point(ObjectImage object, long fileOffset, String fetchArguments) {}

    /**
     * A function as the user is told of it.
     *
     * @param virtualAddress where it is in its object
     * @param entryClass what the kernel does with a probe on its first instruction
     * @param reason why its end is seen in this way
     * @param signatureSource where its prototype comes from
     */
    public record Function(
            TracedFunction function,
            long virtualAddress,
            jltrace.code.UprobeClass entryClass,
            int exits,
            String reason,
            PrototypeSource signatureSource) {}

    public boolean isEmpty() {
        return events.isEmpty();
    }
}
