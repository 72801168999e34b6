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

    Presence at(int pid, long virtualAddress);
}
