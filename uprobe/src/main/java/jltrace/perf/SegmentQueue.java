package jltrace.perf;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Segments on their way from the thread that reads rings to the one that decodes, first in, first out: in memory up to a bound, beyond it
 * in a temporary file. Only if that can't be written, the reading thread has to wait.
 */
public final class SegmentQueue implements AutoCloseable {
    private final int capacity;
    private final SpillFile.Opener opener;
    private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
    private final BlockingQueue<RingSegment> free = new LinkedBlockingQueue<>();
    private final AtomicInteger allocated = new AtomicInteger();
    /** What is filled when there is no memory for another one, and then written to the file. */
    private @Nullable RingSegment spilled;

    private volatile @Nullable SpillFile file;
    private volatile @Nullable String problem;

    /**
     * A queue that spills to the usual folder for large temporary files.
     *
     * @param memoryBytes how much may wait in memory; at least some segments may
     */
    public SegmentQueue(int rings, long memoryBytes) {
        this(rings, memoryBytes, SpillFile::open);
    }

    SegmentQueue(int rings, long memoryBytes, SpillFile.Opener opener) {
        this.capacity = (int) Math.max(rings + 2, memoryBytes / RingSegment.CAPACITY);
        this.opener = opener;
    }

    /** How many segments fit in memory. */
    int capacity() {
        return capacity;
    }

    /** An empty segment, for the reading thread, to be handed back with {@link #put}. */
    RingSegment blank() {
        RingSegment segment = free.poll();
        if (segment == null) {
            if (allocated.get() < capacity) {
                allocated.incrementAndGet();
                segment = new RingSegment();
            } else {
                segment = spilled == null ? new RingSegment() : spilled;
                spilled = segment;
            }
        }
        segment.completeBeforeNanos = Long.MIN_VALUE;
        return segment;
    }

    /** Takes a filled segment. Waits for room in memory only if nothing can be spilled. */
    void put(RingSegment segment) throws InterruptedException {
        if (segment != spilled) {
            waiting.put(segment);
            return;
        }
        try {
            SpillFile opened = file;
            if (opened == null) {
                opened = opener.open();
                file = opened;
            }
            waiting.put(opened.append(segment));
        } catch (IOException e) {
            problem = e.getMessage();
            waiting.put(segment);
            // It is one of those in memory now, in the place of the next that becomes free.
            spilled = free.take();
        }
    }

    /** The next segment, or null when none came in time; to be given back with {@link #recycle}. */
    @Nullable RingSegment next(long timeoutMillis) throws IOException, InterruptedException {
        Waiting first = waiting.poll(timeoutMillis, TimeUnit.MILLISECONDS);
        SpillFile opened = file;
        if (first instanceof SpillFile.Place place && opened != null) {
            RingSegment segment = free.poll();
            if (segment == null) {
                // Only for as long as whoever decodes holds more than the bound: some of a round.
                allocated.incrementAndGet();
                segment = new RingSegment();
            }
            opened.read(place, segment);
            return segment;
        }
        return (RingSegment) first;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void recycle(RingSegment segment) {
        if (allocated.get() > capacity) {
            allocated.decrementAndGet();
        } else {
            free.add(segment);
        }
    }

    /** Whether memory was not enough. */
    public boolean hasSpilled() {
        return file != null;
    }

    /** Why something could not be spilled, so that records had to wait in the rings. */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    @Override
    public void close() throws IOException {
        SpillFile opened = file;
        if (opened != null) {
            opened.close();
        }
    }
}
