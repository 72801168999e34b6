package jltrace.code;

/**
 * A place for a probe, and what a probe there costs.
 *
 * @param virtualAddress the address of an instruction
 */
public record ProbeSite(long virtualAddress, UprobeClass uprobeClass) {}
