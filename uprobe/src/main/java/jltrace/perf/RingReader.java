package jltrace.perf;

import java.io.IOException;
import java.util.List;
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
    /** The lowest nice value. */
    private static final int FIRST = -20;

    private final Linux linux;
    private final List<RingBuffer> rings;
    private final int[] descriptors;
    private final int wakeDescriptor;
    private final SegmentQueue queue;
    /** Segments of one ring in a round: whoever decodes keeps them all until the round is over, and memory has to hold them. */
    private final int mostOfARound;

    private final Thread thread;
    /** Whether the last round handed over records that may be later than its own start. */
    private boolean pendingRound;

    private boolean closed;
    private volatile boolean stopping;
    private volatile boolean woken;
    private volatile @Nullable SyscallException failure;
    private volatile long completeNanos = Long.MIN_VALUE;

    /**
     * @param rings with the descriptors to poll for each
     * @param queue takes what was read; closed with this reader
     */
    public RingReader(Linux linux, List<RingBuffer> rings, List<Integer> descriptors, SegmentQueue queue)
            throws SyscallException {
        this.linux = linux;
        this.rings = List.copyOf(rings);
        this.wakeDescriptor = linux.eventDescriptor();
        this.descriptors = new int[descriptors.size() + 1];
        for (int i = 0; i < descriptors.size(); i++) {
            this.descriptors[i] = descriptors.get(i);
        }
        this.descriptors[descriptors.size()] = wakeDescriptor;
        this.queue = queue;
        this.mostOfARound = Math.max(1, queue.capacity() / (2 * rings.size()));
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
     * @throws IOException if reading failed
     */
    public @Nullable RingSegment next(long timeoutMillis) throws IOException, InterruptedException {
        RingSegment segment = queue.next(timeoutMillis);
        SyscallException problem = failure;
        if (segment == null && problem != null) {
            throw problem;
        }
        return segment;
    }

    /** All records of before this time are in segments that can be had, CLOCK_MONOTONIC. */
    public long completeNanos() {
        return completeNanos;
    }

    /** Whether the last round is done and all of it was taken. */
    public boolean finished() {
        return !thread.isAlive() && queue.isEmpty();
    }

    public void recycle(RingSegment segment) {
        queue.recycle(segment);
    }

    /**
     * Ends the reader's thread, wherever it is, and closes its descriptor: afterwards nobody reads the rings, and they may be
     * unmapped. What it has read and nobody took is lost; after {@link #stop} and {@link #finished} that is nothing.
     */
    public void close() throws IOException, InterruptedException {
        if (thread.isAlive()) {
            stop();
            // It may be waiting for room.
            thread.interrupt();
        }
        thread.join();
        synchronized (this) {
            if (!closed) {
                closed = true;
                try {
                    linux.close(wakeDescriptor);
                } finally {
                    queue.close();
                }
            }
        }
    }

    private void run() {
        try {
            // Whatever else is busy here: a ring that is full loses records.
            linux.setNice(0, FIRST);
            boolean last;
            boolean more = false;
            do {
                last = stopping;
                if (!last && !more) {
                    linux.poll(descriptors, POLL_MILLIS);
                    if (woken && !stopping) {
                        woken = false;
                        linux.read(wakeDescriptor, new byte[Long.BYTES]);
                    }
                }
                more = round();
            } while (!last);
            long[] heads = heads();
            while (isBehind(heads)) {
                round();
            }
        } catch (SyscallException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long[] heads() {
        return rings.stream().mapToLong(RingBuffer::head).toArray();
    }

    private boolean isBehind(long[] heads) {
        for (int i = 0; i < heads.length; i++) {
            if (rings.get(i).tail() < heads[i]) {
                return true;
            }
        }
        return false;
    }

    /** Moves what is there, and says whether it had to leave something. */
    private boolean round() throws InterruptedException {
        long complete = System.nanoTime();
        boolean any = false;
        boolean more = false;
        RingSegment segment = null;
        for (int i = 0; i < rings.size(); i++) {
            RingBuffer ring = rings.get(i);
            long head = ring.head();
            for (int moved = 0; ring.tail() != head && moved < mostOfARound; moved++) {
                any = true;
                if (segment != null) {
                    queue.put(segment);
                }
                segment = queue.blank();
                segment.ring = i;
                ring.moveTo(segment, head);
            }
            if (ring.tail() != head && segment != null) {
                // The rest of it is for the next round, and so is what the other rings have that is later.
                complete = Math.min(complete, segment.lastNanos());
                more = true;
            }
        }
        if (segment == null) {
            // An empty round still tells that all before it is complete, for records that came later than its start.
            if (!pendingRound) {
                completeNanos = complete;
                return false;
            }
            segment = queue.blank();
            segment.length = 0;
        }
        pendingRound = any;
        segment.completeBeforeNanos = complete;
        queue.put(segment);
        completeNanos = complete;
        return more;
    }
}
