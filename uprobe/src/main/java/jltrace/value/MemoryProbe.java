package jltrace.value;

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
     * Whether there is memory at an address.
     *
     * @param stackPointer an address at which there was memory when the call was seen. If there is none now, the process has become
     *     another program since, or the thread is gone, and nothing can be said
     */
    Presence at(int pid, long virtualAddress, long stackPointer);
}
