package jltrace.plan;

import java.util.List;
import jltrace.code.ProbeSite;
import jltrace.code.UprobeClass;
import jltrace.prototype.PrototypeSource;
import jltrace.target.ObjectFile;
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
     * @param site the probed instruction, which the kernel must be known to take: it executes some others wrongly without a word
     * @param fileOffset of the instruction, in bytes
     */
    public record Point(ObjectImage object, ProbeSite site, long fileOffset, String fetchArguments) {
        public Point {
            if (site.uprobeClass() == UprobeClass.REFUSED) {
                throw new IllegalArgumentException(
                        "no probe can be put at 0x" + Long.toHexString(site.virtualAddress()) + " of " + object.file());
            }
        }
    }

    /**
     * A function as the user is told of it.
     *
     * @param codeObject the file that the entry is in: the function's own, or that of a caller's PLT stub
     * @param entry where its entry is seen, and what the kernel does with a probe there
     * @param reason why its end is seen in this way
     * @param signatureSource where its prototype comes from
     */
    public record Function(
            TracedFunction function,
            ObjectFile codeObject,
            ProbeSite entry,
            int exits,
            String reason,
            PrototypeSource signatureSource) {}

    /** Whether a function was found that was asked for by its own name, or one of which it is said why it can't be probed. */
    public boolean answersForSymbols() {
        return !unprobed.isEmpty()
                || functions.stream().anyMatch(planned -> planned.function().shownForAnyCaller());
    }

    public boolean isEmpty() {
        return events.isEmpty();
    }
}
