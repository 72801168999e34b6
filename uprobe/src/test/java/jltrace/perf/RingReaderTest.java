package jltrace.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jltrace.call.RecordOrderer;
import jltrace.sys.Errno;
import jltrace.sys.FakeLinux;
import jltrace.sys.PerfEventAttr;
import jltrace.sys.SyscallException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class RingReaderTest {
    private static final int RINGS = 2;

    @TempDir
    private Path folder = Path.of("none");

    private final FakeLinux linux = new FakeLinux(Path.of("none"));
    private final List<FakeRing> rings = new ArrayList<>();
    private @Nullable RingReader reader;

    @BeforeEach
    void open() throws SyscallException {
        reader = reader(1 << 14, new SegmentQueue(RINGS, 0, RingReaderTest::noSpace));
    }

    private static SpillFile noSpace() throws IOException {
        throw new IOException("no space");
    }

    private RingReader reader(int ringBytes, SegmentQueue queue) throws SyscallException {
        rings.clear();
        List<RingBuffer> buffers = new ArrayList<>();
        List<Integer> descriptors = new ArrayList<>();
        for (int i = 0; i < RINGS; i++) {
            FakeRing ring = new FakeRing(ringBytes);
            rings.add(ring);
            buffers.add(ring.buffer());
            descriptors.add(linux.perfEventOpen(new PerfEventAttr(PerfEventAttr.TYPE_SOFTWARE, 9), -1, i));
        }
        return new RingReader(linux, buffers, descriptors, queue);
    }

    private RingReader reader() {
        if (reader == null) {
            throw new IllegalStateException("not open");
        }
        return reader;
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
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
    private int[] drain() throws IOException, InterruptedException {
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
    void allRecordsOfAllRingsComeOut() throws IOException, InterruptedException {
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
    void whatComesBeforeTheStopIsInTheLastRound() throws IOException, InterruptedException {
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
    void aRoundsEndTellsATimeBeforeItBegan() throws IOException, InterruptedException {
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
    void anEmptyRoundTellsThatRecordsOfTheRoundBeforeAreComplete() throws IOException, InterruptedException {
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

    @Test
    void whileNothingComesTimeGoesOn() throws IOException, InterruptedException {
        rings.get(0).write(records(1, 1));
        assertThat(reader().completeNanos()).isEqualTo(Long.MIN_VALUE);
        reader().start();
        reader().recycle(next());
        RingSegment mark = next();
        while (reader().completeNanos() <= mark.completeBeforeNanos()) {
            reader().wake();
        }
        assertThat(reader().next(0)).as("it is known without a segment").isNull();
        assertThat(reader().completeNanos()).isLessThan(System.nanoTime());
        reader().stop();
        drain();
        reader().close();
    }

    private RingSegment next() throws IOException, InterruptedException {
        while (true) {
            RingSegment segment = reader().next(100);
            if (segment != null) {
                return segment;
            }
        }
    }

    @Test
    void wakingMakesItLookAtOnce() throws IOException, InterruptedException {
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
    void aWakeUpIsTakenBackSoThatItDoesNotSpin() throws IOException, InterruptedException {
        reader().start();
        reader().wake();
        Thread.sleep(100);
        assertThat(linux.calls()).hasSizeLessThan(100);
        reader().stop();
        drain();
        reader().close();
    }

    @Test
    void afterClosingNothingIsWrittenToTheDescriptorsNumber() throws IOException, InterruptedException {
        reader().start();
        reader().close();
        int before = linux.calls().size();
        reader().wake();
        reader().stop();
        reader().close();
        assertThat(linux.calls()).hasSize(before);
    }

    @Test
    void aFailureOfPollReachesWhoeverWaits() throws IOException, InterruptedException {
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
    void closingEndsTheThreadAlthoughNobodyTakesWhatItRead() throws IOException, InterruptedException {
        // Two rings of three segments each, and memory for four segments.
        reader().close();
        reader = reader(4 * RingSegment.CAPACITY, new SegmentQueue(RINGS, 0, RingReaderTest::noSpace));
        fillRings();
        reader().start();
        next();
        Thread.sleep(50);
        reader().close();
    }

    @Test
    void whatDoesNotFitInMemoryWaitsInTheRings() throws IOException, InterruptedException {
        reader().close();
        reader = reader(4 * RingSegment.CAPACITY, new SegmentQueue(RINGS, 0, RingReaderTest::noSpace));
        long written = fillRings();
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
        assertThat(held)
                .as("segments in memory, and the one that was to be spilled")
                .hasSizeLessThanOrEqualTo(RINGS + 3);
        assertThat(taken).isLessThan(written);
        reader().stop();
        int[] rest = drain();
        assertThat(taken + rest[0] + rest[1]).isEqualTo(written);
        reader().close();
    }

    /** Writes three segments' worth into each ring; what was written in all. */
    private long fillRings() {
        long written = 0;
        for (FakeRing ring : rings) {
            for (long nanos = 1; ring.head() < 3 * RingSegment.CAPACITY; nanos++) {
                ring.write(records(1, nanos));
            }
            written += ring.head();
        }
        return written;
    }

    @Test
    void whatDoesNotFitInMemoryIsSpilledToAFileAndComesOutInOrder() throws IOException, InterruptedException {
        reader().close();
        SegmentQueue queue = new SegmentQueue(RINGS, 0, () -> SpillFile.in(folder));
        reader = reader(4 * RingSegment.CAPACITY, queue);
        long written = fillRings();
        reader().start();
        reader().stop();
        // Nobody takes anything, and yet the reader comes to its end.
        while (rings.stream().anyMatch(ring -> ring.tail() != ring.head())) {
            Thread.sleep(10);
        }
        assertThat(queue.hasSpilled()).isTrue();
        assertThat(folder).as("the file has no name").isEmptyDirectory();
        long taken = 0;
        long[] last = new long[RINGS];
        for (RingSegment segment = reader().next(500); segment != null; segment = reader().next(500)) {
            taken += segment.length();
            for (int at = 0; at < segment.length(); at += PerfRecord.size(segment.bytes(), at)) {
                long time = PerfRecord.timestampNanos(segment.bytes(), at);
                assertThat(time).isGreaterThan(last[segment.ring()]);
                last[segment.ring()] = time;
            }
            reader().recycle(segment);
        }
        assertThat(taken).isEqualTo(written);
        assertThat(queue.problem()).isEmpty();
        reader().close();
    }

    /** Whoever decodes keeps a round's segments until the round is over: it must not need more of them than there are. */
    @Test
    void aRoundIsNeverMoreThanMemoryHolds() throws IOException, InterruptedException {
        reader().close();
        reader = reader(4 * RingSegment.CAPACITY, new SegmentQueue(RINGS, 0, RingReaderTest::noSpace));
        long written = fillRings();
        long[] handled = new long[1];
        RecordOrderer orderer = new RecordOrderer(
                new int[] {0, 1},
                (bytes, record, cpu, previousNanos) -> handled[0] += PerfRecord.size(bytes, record),
                reader()::recycle);
        reader().start();
        reader().stop();
        while (!reader().finished()) {
            RingSegment segment = reader().next(50);
            if (segment != null) {
                orderer.add(segment);
            }
        }
        orderer.finish();
        assertThat(handled[0]).isEqualTo(written);
        reader().close();
    }
}
