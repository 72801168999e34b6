package jltrace.code;

/** What a kernel does with the instruction under a user probe; it decides the probe's cost, or that there can be none. */
public enum UprobeClass {
    /** Carried out by the breakpoint handler itself: one trap a hit. */
    EMULATED(1),
    /** Executed out of line under single-step: a second trap a hit, about ten times the cost. */
    SINGLE_STEPPED(2),
    /**
     * No probe may be put here: the kernel does not take the instruction, or takes it and would execute something else.
     * One refused point makes a whole event fail, or stay silent.
     */
    REFUSED(0);

    private final int traps;

    UprobeClass(int traps) {
        this.traps = traps;
    }

    /** How often a hit traps into the kernel. */
    public int traps() {
        return traps;
    }
}
