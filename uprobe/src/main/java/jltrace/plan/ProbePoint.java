package jltrace.plan;

import java.io.IOException;
import jltrace.code.ProbeSite;
import jltrace.code.UprobeClass;
import jltrace.target.ObjectImage;

/**
 * A point to be probed.
 *
 * @param site the probed instruction, which the kernel must be known to take: it executes some others wrongly without a word
 * @param fileOffset of the instruction, in bytes
 * @param fetchArguments what is captured there, in the kernel's words
 */
public record ProbePoint(ObjectImage object, ProbeSite site, long fileOffset, String fetchArguments) {
    public ProbePoint {
        if (site.uprobeClass() == UprobeClass.REFUSED) {
            throw new IllegalArgumentException(
                    "no probe can be put at 0x" + Long.toHexString(site.virtualAddress()) + " of " + object.file());
        }
    }

    /** Takes points one after the other, while others are still being planned. */
    public interface Sink {
        /**
         * Takes a point.
         *
         * @param type what it has in common with the others of its event
         */
        void add(EventType type, ProbePoint point) throws IOException;
    }
}
