package jltrace.perf;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import jltrace.sys.Errno;
import jltrace.sys.Linux;
import jltrace.sys.MappedMemory;
import jltrace.sys.PerfEventAttr;
import jltrace.sys.ResourceLimit;
import jltrace.sys.SyscallException;
import jltrace.tracefs.ProbeRegistry;

/**
 * The perf events of one tracing session: a ring for each CPU, and events on the traced threads that write into them.
 * Closing it closes every descriptor and unmaps every ring before it gives back its hold on the probe definitions.
 */
public final class PerfSession implements AutoCloseable {
    private static final int PAGE_SIZE = 4096;
    /** Descriptors that the JVM needs beside ours. */
    private static final int SPARE_DESCRIPTORS = 256;

    /** What a sample may have behind its raw data; all of it is empty for a tracepoint. */
    private static final long[] EMPTY_FIELDS = {
        0,
        PerfEventAttr.SAMPLE_TRANSACTION,
        PerfEventAttr.SAMPLE_TRANSACTION | PerfEventAttr.SAMPLE_WEIGHT,
        PerfEventAttr.SAMPLE_TRANSACTION | PerfEventAttr.SAMPLE_WEIGHT | PerfEventAttr.SAMPLE_DATA_SRC
    };

    /** How often an event may be opened on the same thread, what it inherits included. */
    public static final int MOST_OPENINGS = EMPTY_FIELDS.length;

    private final Linux linux;
    private final int[] cpus;
    private final ProbeRegistry.Hold hold;
    private final List<Integer> ringDescriptors = new ArrayList<>();
    private final List<MappedMemory> memories = new ArrayList<>();
    private final List<RingBuffer> rings = new ArrayList<>();
    private final List<OpenEvent> events = new ArrayList<>();
    private boolean canTellLost = true;
    private boolean canPreventExchange = true;
    private boolean closed;
    /** Whether closing a descriptor has failed that is not known here any more. */
    private boolean mayBeOpen;

    /** What was counted for events that are not open any more. */
    private final List<Counts> countedBefore = new ArrayList<>();

    private record OpenEvent(int eventId, int descriptor) {}

    /**
     * What the kernel counted for an event, on all threads.
     *
     * @param hits times that the event happened
     * @param lost records of it that found no room in a ring; 0 where the kernel can't tell (before Linux 6.0)
     */
    public record Counts(int eventId, long hits, long lost) {}

    /**
     * Makes the rings.
     *
     * @param cpus numbers of the online CPUs
     * @param ringBytes data bytes of each ring, a power of two of at least a page
     * @param registry whose events will be opened
     */
    public PerfSession(Linux linux, int[] cpus, int ringBytes, ProbeRegistry registry) throws SyscallException {
        if (ringBytes < PAGE_SIZE || Integer.bitCount(ringBytes) != 1) {
            throw new IllegalArgumentException("not a power of two of at least a page: " + ringBytes);
        }
        this.linux = linux;
        this.cpus = cpus.clone();
        this.hold = registry.hold();
        try {
            for (int cpu : cpus) {
                // Belongs to no task and counts nothing: it only carries the ring.
                PerfEventAttr attr = new PerfEventAttr(PerfEventAttr.TYPE_SOFTWARE, PerfEventAttr.SOFTWARE_DUMMY)
                        .wakeupWatermark(ringBytes / 8);
                int descriptor = linux.perfEventOpen(attr, -1, cpu);
                ringDescriptors.add(descriptor);
                MappedMemory memory = linux.map(descriptor, (long) PAGE_SIZE + ringBytes);
                memories.add(memory);
                rings.add(new RingBuffer(memory.buffer(), PAGE_SIZE));
            }
        } catch (SyscallException | RuntimeException e) {
            close(e);
            throw e;
        }
    }

    /** The number of each ring's CPU. */
    public int[] cpus() {
        return cpus.clone();
    }

    public List<RingBuffer> rings() {
        return List.copyOf(rings);
    }

    /** The descriptors to poll, one for each ring. */
    public List<Integer> ringDescriptors() {
        return List.copyOf(ringDescriptors);
    }

    /**
     * Raises this process's limit on descriptors so that events can be opened.
     *
     * @param eventsPerThread how many {@link #open} calls each thread will get
     */
    public void reserve(int eventsPerThread, int threads) throws SyscallException {
        long needed = events.size() + (long) eventsPerThread * threads * cpus.length + SPARE_DESCRIPTORS;
        ResourceLimit limit = linux.descriptorLimit(0);
        // RLIM_INFINITY is the largest unsigned number.
        if (Long.compareUnsigned(limit.soft(), needed) >= 0) {
            return;
        }
        ResourceLimit raised =
                new ResourceLimit(needed, Long.compareUnsigned(limit.hard(), needed) >= 0 ? limit.hard() : needed);
        try {
            linux.setDescriptorLimit(0, raised);
        } catch (SyscallException e) {
            throw new SyscallException(
                    threads + " threads take " + needed + " descriptors, and the limit of "
                            + Long.toUnsignedString(limit.hard()) + " (ulimit -n) cannot be raised",
                    e.errno());
        }
    }

    /**
     * Opens an event on a thread, on every CPU, and lets it write into that CPU's ring.
     *
     * <p>A thread that may have inherited the event is given it for another time: if it has, each hit makes a record for each time, and
     * {@link PerfRecord#opening} tells them apart. Nothing else tells such records from those of several hits.
     *
     * @param opening for the how manieth time, counted from 0; less than {@link #MOST_OPENINGS}
     * @param inheritance {@link PerfEventAttr#FLAG_INHERIT}, with or without {@link PerfEventAttr#FLAG_INHERIT_THREAD}
     * @throws SyscallException ESRCH if the thread is gone
     */
    public void openTracepoint(int eventId, int tid, int opening, long inheritance) throws SyscallException {
        open(
                eventId,
                new PerfEventAttr(PerfEventAttr.TYPE_TRACEPOINT, eventId)
                        .set(inheritance)
                        .sample(EMPTY_FIELDS[opening]),
                tid);
    }

    /**
     * Opens the event that reports a thread's mappings, names, forks and exits.
     *
     * <p>To save work the kernel exchanges the inherited events of two related threads when it switches from one to the other
     * ({@code perf_event_context_sched_out}), but an event goes on to count as that of the thread it was made for. When one of two
     * processes ended after such an exchange, its events would take the breakpoints of the other with them. An inherited event
     * that reads its value prevents the exchange.
     *
     * @throws SyscallException ESRCH if the thread is gone
     */
    public void openSideBand(int tid, long inheritance) throws SyscallException {
        if (canPreventExchange) {
            boolean couldTellLost = canTellLost;
            try {
                open(0, sideBand(inheritance).sample(PerfEventAttr.SAMPLE_READ), tid);
                return;
            } catch (SyscallException e) {
                if (e.errno() != Errno.EINVAL) {
                    throw e;
                }
                // Before Linux 6.12.
                canPreventExchange = false;
                canTellLost = couldTellLost;
            }
        }
        open(0, sideBand(inheritance), tid);
    }

    /** Whether the kernel can be kept from exchanging the events of related processes; asked for after {@link #openSideBand}. */
    public boolean canPreventExchange() {
        return canPreventExchange;
    }

    private static PerfEventAttr sideBand(long inheritance) {
        long flags = PerfEventAttr.FLAG_MMAP
                | PerfEventAttr.FLAG_MMAP2
                | PerfEventAttr.FLAG_COMM
                | PerfEventAttr.FLAG_COMM_EXEC
                | PerfEventAttr.FLAG_TASK;
        return new PerfEventAttr(PerfEventAttr.TYPE_SOFTWARE, PerfEventAttr.SOFTWARE_DUMMY).set(flags | inheritance);
    }

    private void open(int eventId, PerfEventAttr attr, int tid) throws SyscallException {
        if (closed) {
            throw new IllegalStateException("the session is closed; its hold on the definitions may be given back");
        }
        if (canTellLost) {
            attr.readFormat(PerfEventAttr.FORMAT_LOST);
        }
        for (int i = 0; i < cpus.length; i++) {
            int descriptor;
            try {
                descriptor = linux.perfEventOpen(attr, tid, cpus[i]);
            } catch (SyscallException e) {
                if (e.errno() != Errno.EINVAL || !canTellLost) {
                    throw e;
                }
                canTellLost = false;
                descriptor = linux.perfEventOpen(attr.readFormat(0), tid, cpus[i]);
            }
            events.add(new OpenEvent(eventId, descriptor));
            linux.ioctl(descriptor, Linux.PERF_EVENT_IOC_SET_OUTPUT, ringDescriptors.get(i));
        }
    }

    /** What the kernel has counted so far, an entry for each descriptor; several entries may be of one event. */
    public List<Counts> counts() throws SyscallException {
        List<Counts> counts = new ArrayList<>(countedBefore);
        for (OpenEvent event : events) {
            counts.add(counts(event));
        }
        return counts;
    }

    private Counts counts(OpenEvent event) throws SyscallException {
        byte[] values = new byte[16];
        int length = linux.read(event.descriptor(), values);
        return new Counts(
                event.eventId(),
                length >= 8 ? PerfRecord.u64(values, 0) : 0,
                length >= 16 ? PerfRecord.u64(values, 8) : 0);
    }

    /**
     * Closes events on all threads. Their definitions stay until everything is closed.
     *
     * @throws SyscallException if one may still be open, and the hold on the definitions is kept for ever then; or if it is not known what
     *     was counted
     */
    public void close(Set<Integer> eventIds) throws SyscallException {
        SyscallException unknown = null;
        SyscallException failure = null;
        List<OpenEvent> left = new ArrayList<>();
        for (OpenEvent event : events) {
            if (eventIds.contains(event.eventId())) {
                try {
                    countedBefore.add(counts(event));
                } catch (SyscallException e) {
                    unknown = e;
                }
                failure = close(event.descriptor(), failure);
            } else {
                left.add(event);
            }
        }
        events.clear();
        events.addAll(left);
        mayBeOpen |= failure != null;
        if (failure != null || unknown != null) {
            throw failure != null ? failure : unknown;
        }
    }

    /**
     * Closes every event, then every ring. The definitions may be removed afterwards, and only if this returns normally.
     *
     * @throws SyscallException if a descriptor or ring may still be open; the hold on the definitions is kept then
     */
    @Override
    public void close() throws SyscallException {
        if (closed) {
            return;
        }
        closed = true;
        SyscallException failure = null;
        for (OpenEvent event : events) {
            failure = close(event.descriptor(), failure);
        }
        for (MappedMemory memory : memories) {
            try {
                linux.unmap(memory);
            } catch (SyscallException e) {
                failure = e;
            }
        }
        for (int descriptor : ringDescriptors) {
            failure = close(descriptor, failure);
        }
        if (failure != null) {
            throw failure;
        }
        if (!mayBeOpen) {
            hold.close();
        }
    }

    private @org.jspecify.annotations.Nullable SyscallException close(
            int descriptor, @org.jspecify.annotations.Nullable SyscallException before) {
        try {
            linux.close(descriptor);
            return before;
        } catch (SyscallException e) {
            return e;
        }
    }

    private void close(Exception cause) {
        try {
            close();
        } catch (SyscallException e) {
            cause.addSuppressed(e);
        }
    }
}
