package jltrace.plan;

import java.util.List;
import jltrace.code.ProbeSite;
import jltrace.prototype.PrototypeSource;
import jltrace.target.ObjectFile;

/**
 * What was planned, for the user.
 *
 * @param functions the functions that are probed
 * @param unprobed functions that were asked for and can't be probed
 * @param points how many points are probed, for them and else
 * @param seenAgain how many functions have been probed before, but only in callers that were there then
 */
public record ProbePlan(List<Function> functions, List<Unprobed> unprobed, int points, int seenAgain) {

    /**
     * A function as the user is told of it.
     *
     * @param codeObject the file that the entry is in: the function's own, or that of a caller's PLT stub
     * @param entry where its entry is seen, and what the kernel does with a probe there
     * @param exits in how many places it is seen to end, if not behind its return
     * @param behindCalls whether these are behind its calls, and not in its own code
     * @param traps how often a call traps into the kernel at most, where it ends by a return of its own; a return probe counts as one
     * @param reason why its end is seen in this way
     * @param mayKill whether seeing it in this way can end the program
     * @param signatureSource where its prototype comes from
     */
    public record Function(
            TracedFunction function,
            ObjectFile codeObject,
            ProbeSite entry,
            int exits,
            boolean behindCalls,
            int traps,
            String reason,
            boolean mayKill,
            PrototypeSource signatureSource) {}

    /** Whether a function was found that was asked for by its own name, or one of which it is said why it can't be probed. */
    public boolean answersForSymbols() {
        return !unprobed.isEmpty()
                || functions.stream().anyMatch(planned -> planned.function().shownForAnyCaller());
    }
}
