package jltrace.perf;

/** Records that were read from a ring and wait to be decoded. */
sealed interface Waiting permits RingSegment, SpillFile.Place {}
