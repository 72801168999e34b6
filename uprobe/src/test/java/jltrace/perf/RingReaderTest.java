package jltrace.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jltrace.sys.Errno;
import jltrace.sys.FakeLinux;
import jltrace.sys.PerfEventAttr;
import jltrace.sys.SyscallException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RingReaderTest {
    private static final int RINGS = 2;

    private final FakeLinux linux = new FakeLinux(Path.of("none"));
    private final List<FakeRing> rings = new ArrayList<>();
    private @Nullable RingReader reader;

    @BeforeEach
    void open() throws SyscallException {
        reader = reader(1 << 14, 0);
    }

    private RingReader reader(int ringBytes, long memoryBytes) throws SyscallException {
        rings.clear();
        List<RingBuffer> buffers = new ArrayList<>();
        List<Integer> descriptors = new ArrayList<>();
        for (int i = 0; i < RINGS; i++) {
            FakeRing ring = new FakeRing(ringBytes);
            rings.add(ring);
            buffers.add(ring.buffer());
            descriptors.add(linux.perfEventOpen(new PerfEventAttr(PerfEventAttr.TYPE_SOFTWARE, 9), -1, i));
        }
        return new RingReader(linux, buffers, descriptors, memoryBytes);
    }

    private RingReader reader() {
        if (reader == null) {
            throw new IllegalStateException("not open");
        }
        return reader;
    }

    @AfterEach
    void stop() throws SyscallException, InterruptedException {
        linux.failIf(call -> false, 0);
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            assertThat(thread.getName()).as("threads that are left").doesNotStartWith("jltrace-reader");
        }
    }

    private static byte[] records(int count, long firstNanos) {
        RecordBuilder builder = new RecordBuilder().at(firstNanos);
        for (int i = 0; i < count; i++) {
            builder.sample(1, fields -> fields.putLong(0));
        }
        return builder.bytes();
    }

    /** Takes all that comes until the reader has ended; the segments' lengths by ring. */
    private int[] drain() throws SyscallException, InterruptedException {
        int[] lengths = new int[RINGS];
        while (true) {
            RingSegment segment = reader().next(50);
            if (segment != null) {
                lengths[segment.ring()] += segment.length();
                reader().recycle(segment);
            } else if (reader().finished()) {
                return lengths;
            }
        }
    }

    @Test
    void allRecordsOfAllRingsComeOut() throws SyscallException, InterruptedException {
        rings.get(0).write(records(3, 1));
        rings.get(1).write(records(5, 1));
        reader().start();
        reader().stop();
        int[] lengths = drain();
        assertThat(lengths[0]).isEqualTo(records(3, 1).length);
        assertThat(lengths[1]).isEqualTo(records(5, 1).length);
        reader().close();
    }

    @Test
    void whatComesBeforeTheStopIsInTheLastRound() throws SyscallException, InterruptedException {
        reader().start();
        for (int i = 0; i < 50; i++) {
            while (!rings.get(i % RINGS).write(records(20, i))) {
                Thread.onSpinWait();
            }
            RingSegment segment = reader().next(0);
            if (segment != null) {
                reader().recycle(segment);
            }
        }
        reader().stop();
        drain();
        reader().close();
        for (FakeRing ring : rings) {
            assertThat(ring.tail()).isEqualTo(ring.head());
        }
    }

    @Test
    void aRoundsEndTellsATimeBeforeItBegan() throws SyscallException, InterruptedException {
        rings.get(0).write(records(1, 1));
        rings.get(1).write(records(1, 1));
        long before = System.nanoTime();
        reader().start();
        RingSegment first = next();
        RingSegment second = next();
        long after = System.nanoTime();
        assertThat(first.completeBeforeNanos()).as("more of the round follows").isEqualTo(Long.MIN_VALUE);
        assertThat(second.completeBeforeNanos()).isBetween(before, after);
        reader().stop();
        drain();
        reader().close();
    }

    @Test
    void anEmptyRoundTellsThatRecordsOfTheRoundBeforeAreComplete() throws SyscallException, InterruptedException {
        rings.get(0).write(records(1, 1));
        reader().start();
        RingSegment records = next();
        long after = System.nanoTime();
        RingSegment mark = next();
        assertThat(records.length()).isPositive();
        assertThat(mark.length()).isZero();
        while (mark.completeBeforeNanos() <= after) {
            reader().wake();
            reader().recycle(mark);
            mark = next();
        }
        reader().stop();
        drain();
        reader().close();
    }

    private RingSegment next() throws SyscallException, InterruptedException {
        while (true) {
            RingSegment segment = reader().next(100);
            if (segment != null) {
                return segment;
            }
        }
    }

    @Test
    void wakingMakesItLookAtOnce() throws SyscallException, InterruptedException {
        reader().start();
        reader().wake();
        rings.get(0).write(records(1, 1));
        reader().wake();
        assertThat(next().length()).isPositive();
        reader().stop();
        drain();
        reader().close();
    }

    @Test
    void aWakeUpIsTakenBackSoThatItDoesNotSpin() throws SyscallException, InterruptedException {
        reader().start();
        reader().wake();
        Thread.sleep(100);
        assertThat(linux.calls()).hasSizeLessThan(100);
        reader().stop();
        drain();
        reader().close();
    }

    @Test
    void afterClosingNothingIsWrittenToTheDescriptorsNumber() throws SyscallException, InterruptedException {
        reader().start();
        reader().close();
        int before = linux.calls().size();
        reader().wake();
        reader().stop();
        reader().close();
        assertThat(linux.calls()).hasSize(before);
    }

    @Test
    void aFailureOfPollReachesWhoeverWaits() throws SyscallException, InterruptedException {
        linux.failIf(call -> call.name().equals("poll"), Errno.ENOMEM);
        reader().start();
        assertThatExceptionOfType(SyscallException.class)
                .isThrownBy(() -> {
                    while (true) {
                        reader().next(50);
                    }
                })
                .satisfies(failure -> assertThat(failure.errno()).isEqualTo(Errno.ENOMEM));
        reader().close();
    }

    @Test
    void closingEndsTheThreadAlthoughNobodyTakesWhatItRead() throws SyscallException, InterruptedException {
        // Two rings of three segments each, and memory for four segments.
        reader().close();
        reader = reader(4 * RingSegment.CAPACITY, 0);
        for (FakeRing ring : rings) {
            byte[] many = records(1000, 1);
            while (ring.head() < 3 * RingSegment.CAPACITY) {
                ring.write(many);
            }
        }
        reader().start();
        next();
        Thread.sleep(50);
        reader().close();
    }

    @Test
    void whatDoesNotFitInMemoryWaitsInTheRings() throws SyscallException, InterruptedException {
        reader().close();
        reader = reader(4 * RingSegment.CAPACITY, 0);
        byte[] many = records(1000, 1);
        long written = 0;
        for (FakeRing ring : rings) {
            while (ring.head() < 3 * RingSegment.CAPACITY) {
                ring.write(many);
            }
            written += ring.head();
        }
        reader().start();
        long taken = 0;
        List<RingSegment> held = new ArrayList<>();
        for (RingSegment segment = reader().next(500); segment != null; segment = reader().next(500)) {
            held.add(segment);
        }
        for (RingSegment segment : held) {
            taken += segment.length();
            reader().recycle(segment);
        }
        assertThat(held).as("segments in memory").hasSizeLessThanOrEqualTo(RINGS + 2);
        assertThat(taken).isLessThan(written);
        reader().stop();
        int[] rest = drain();
        assertThat(taken + rest[0] + rest[1]).isEqualTo(written);
        reader().close();
    }
}
