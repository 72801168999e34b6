package jltrace.sys;

/**
 * What jltrace asks of the kernel through descriptors: perf events, rings, limits. Every call throws {@link
 * SyscallException} with the kernel's error number; EINTR is retried inside.
 */
public interface Linux {
    /** {@code PERF_EVENT_IOC_SET_OUTPUT}: the argument is the descriptor whose ring takes the records. */
    long PERF_EVENT_IOC_SET_OUTPUT = 0x2405;

    /**
     * Opens an event on one thread and one CPU; the descriptor is closed on exec.
     *
     * @return a descriptor
     */
    int perfEventOpen(PerfEventAttr attr, int tid, int cpu) throws SyscallException;

    void ioctl(int descriptor, long request, long argument) throws SyscallException;

    /** Maps a perf event's ring, shared, readable and writable. */
    MappedMemory map(int descriptor, long lengthBytes) throws SyscallException;

    void unmap(MappedMemory memory) throws SyscallException;

    void close(int descriptor) throws SyscallException;

    /**
     * Reads at most {@code destination.length} bytes.
     *
     * @return how many came
     */
    int read(int descriptor, byte[] destination) throws SyscallException;

    /** Waits until one of the descriptors is readable or has hung up, or the time is over. */
    void poll(int[] descriptors, int timeoutMillis) throws SyscallException;

    /** A descriptor that {@link #poll} finds readable once {@link #raise} was called on it. */
    int eventDescriptor() throws SyscallException;

    /** Makes an event descriptor readable. */
    void raise(int eventDescriptor) throws SyscallException;

    /** The limit on open descriptors of a process; 0 is this one. */
    ResourceLimit descriptorLimit(int pid) throws SyscallException;

    void setDescriptorLimit(int pid, ResourceLimit limit) throws SyscallException;

    /**
     * Sets the nice value of a thread: whether it goes before or after others where processors are short (setpriority(2)).
     *
     * @param tid 0 is the calling thread
     * @param nice from -20, the first, to 19, the last
     * @return whether that is allowed
     */
    boolean setNice(int tid, int nice);

    /** Mounts a tracefs. */
    void mountTracefs(String directory) throws SyscallException;

    int effectiveUserId();
}
