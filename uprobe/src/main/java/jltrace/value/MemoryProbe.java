package jltrace.value;

import jltrace.call.TracedProcess;

/** Whether a process's memory is there: tells an empty string from one that could not be read. */
@FunctionalInterface
public interface MemoryProbe {
    /** What can be said of an address. */
    enum Presence {
        MAPPED,
        UNMAPPED,
        UNKNOWN
    }

    /**
     * Whether there was memory at an address when a call was seen.
     *
     * @param process in whose memory
     * @param stackPointer an address at which there was memory when the call was seen. If there is none now, the process has become
     *     another program since, or the thread is gone, and nothing can be said
     */
    Presence at(TracedProcess process, long virtualAddress, long stackPointer);
}
