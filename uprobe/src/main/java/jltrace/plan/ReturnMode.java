package jltrace.plan;

/** What the user wants of how functions' ends are seen. */
public enum ReturnMode {
    /** For each function the cheapest way that is known to be harmless. */
    AUTO,
    /** Return probes, even where they may kill the program. */
    URETPROBE,
    /** Probes on return instructions, even where a return probe would be harmless. */
    SITES,
    /** Not at all. */
    NONE
}
