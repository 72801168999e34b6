package jltrace;

import jltrace.plan.CaptureLimits;
import jltrace.plan.EntryMode;
import jltrace.plan.ReturnFacts;
import jltrace.plan.ReturnMode;
import jltrace.plan.TraceSelection;
import jltrace.prototype.Prototypes;

/**
 * What to trace and how.
 *
 * @param selection which calls
 * @param prototypes what is known of functions' parameters
 * @param returnFacts what is known of how functions return
 * @param entryMode where calls are to be seen
 * @param returnMode how the ends of functions are to be seen
 * @param limits how much of strings and arrays is captured for showing
 * @param followForks whether child processes are traced too
 * @param ringBytes data bytes of each CPU's ring, a power of two
 * @param memoryBytes how much of what waits to be decoded is kept in memory, and not in a temporary file
 */
public record TraceOptions(
        TraceSelection selection,
        Prototypes prototypes,
        ReturnFacts returnFacts,
        EntryMode entryMode,
        ReturnMode returnMode,
        CaptureLimits limits,
        boolean followForks,
        int ringBytes,
        long memoryBytes) {}
