package jltrace.perf;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import jltrace.sys.Linux;
import jltrace.sys.SyscallException;
import org.jspecify.annotations.Nullable;

/**
 * Empties the rings into memory as fast as it can, in a thread of its own; decoding works from there. A round reads the
 * clock first, then every ring's head, so what a thread did before the round's time is complete: a record that is still
 * being written belongs to a thread that has done nothing since.
 */
public final class RingReader {
    private static final int POLL_MILLIS = 20;

    private final Linux linux;
    private final List<RingBuffer> rings;
    private final int[] descriptors;
    private final int wakeDescriptor;
    private final BlockingQueue<RingSegment> filled;
    private final BlockingQueue<RingSegment> free;
    private final int capacity;
    private final Thread thread;
    private int allocated;
    /** Whether the last round handed over records that may be later than its own start. */
    private boolean pendingRound;

    private boolean closed;
    private volatile boolean stopping;
    private volatile boolean woken;
    private volatile @Nullable SyscallException failure;

    /**
     * @param rings with the descriptors to poll for each
     * @param memoryBytes how much may wait in memory; beyond that records wait in the rings
     */
    public RingReader(Linux linux, List<RingBuffer> rings, List<Integer> descriptors, long memoryBytes)
            throws SyscallException {
        this.linux = linux;
        this.rings = List.copyOf(rings);
        this.wakeDescriptor = linux.eventDescriptor();
        this.descriptors = new int[descriptors.size() + 1];
        for (int i = 0; i < descriptors.size(); i++) {
            this.descriptors[i] = descriptors.get(i);
        }
        this.descriptors[descriptors.size()] = wakeDescriptor;
        this.capacity = (int) Math.max(rings.size() + 2, memoryBytes / RingSegment.CAPACITY);
        this.filled = new ArrayBlockingQueue<>(capacity);
        this.free = new ArrayBlockingQueue<>(capacity);
        this.thread = new Thread(this::run, "jltrace-reader");
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Asks for one last round, after which {@link #next} returns null. May be called from any thread. */
    public synchronized void stop() throws SyscallException {
        stopping = true;
        if (!closed) {
            linux.raise(wakeDescriptor);
        }
    }

    /** Makes the reader look at the rings at once: what was traced has ended. May be called from any thread. */
    public synchronized void wake() {
        woken = true;
        if (closed) {
            // The descriptor's number may be another's by now.
            return;
        }
        try {
            linux.raise(wakeDescriptor);
        } catch (SyscallException e) {
            // It looks by itself a little later.
            return;
        }
    }

    /**
     * The next segment, or null when none came in time. To be given back with {@link #recycle}.
     *
     * @throws SyscallException if reading failed
     */
    public @Nullable RingSegment next(long timeoutMillis) throws SyscallException, InterruptedException {
        RingSegment segment = filled.poll(timeoutMillis, TimeUnit.MILLISECONDS);
        SyscallException problem = failure;
        if (segment == null && problem != null) {
            throw problem;
        }
        return segment;
    }

    /** Whether the last round is done and all of it was taken. */
    public boolean finished() {
        return !thread.isAlive() && filled.isEmpty();
    }

    public void recycle(RingSegment segment) {
        free.add(segment);
    }

    /**
     * Ends the reader's thread, wherever it is, and closes its descriptor: afterwards nobody reads the rings, and they may be
     * unmapped. What it has read and nobody took is lost; after {@link #stop} and {@link #finished} that is nothing.
     */
    public void close() throws SyscallException, InterruptedException {
        if (thread.isAlive()) {
            stop();
            // It may be waiting for room.
            thread.interrupt();
        }
        thread.join();
        synchronized (this) {
            if (!closed) {
                closed = true;
                linux.close(wakeDescriptor);
            }
        }
    }

    private void run() {
        try {
            boolean last;
            do {
                last = stopping;
                if (!last) {
                    linux.poll(descriptors, POLL_MILLIS);
                    if (woken && !stopping) {
                        woken = false;
                        linux.read(wakeDescriptor, new byte[Long.BYTES]);
                    }
                }
                round();
            } while (!last);
        } catch (SyscallException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() throws InterruptedException {
        long start = System.nanoTime();
        boolean any = false;
        RingSegment segment = null;
        for (int i = 0; i < rings.size(); i++) {
            RingBuffer ring = rings.get(i);
            long head = ring.head();
            while (ring.tail() != head) {
                any = true;
                if (segment != null) {
                    filled.put(segment);
                }
                segment = take();
                segment.ring = i;
                ring.moveTo(segment, head);
            }
        }
        if (segment == null) {
            // An empty round still tells that all before it is complete, for records that came later than its start.
            if (!pendingRound) {
                return;
            }
            segment = take();
            segment.length = 0;
        }
        pendingRound = any;
        segment.completeBeforeNanos = start;
        filled.put(segment);
    }

    private RingSegment take() throws InterruptedException {
        RingSegment segment = free.poll();
        if (segment == null) {
            if (allocated < capacity) {
                allocated++;
                segment = new RingSegment();
            } else {
                segment = free.take();
            }
        }
        segment.completeBeforeNanos = Long.MIN_VALUE;
        return segment;
    }
}
