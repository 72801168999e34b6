package jltrace;

import jltrace.plan.ReturnFacts;
import jltrace.plan.SignatureSource;
import jltrace.plan.TraceSelection;

/**
 * What to trace and how.
 *
 * @param selection which calls
 * @param signatures what is known of functions' parameters
 * @param returnFacts what is known of how functions return
 * @param stringBytes how many bytes of a string are captured for showing
 * @param followForks whether child processes are traced too
 * @param ringBytes data bytes of each CPU's ring, a power of two
 */
public record TraceOptions(
        TraceSelection selection,
        SignatureSource signatures,
        ReturnFacts returnFacts,
        int stringBytes,
        boolean followForks,
        int ringBytes) {}
