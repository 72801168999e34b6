package jltrace.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RingBufferTest {
    private static byte[] record(int size, int fill) {
        byte[] record = new byte[size];
        Arrays.fill(record, (byte) fill);
        record[0] = 9;
        record[6] = (byte) size;
        record[7] = (byte) (size >> 8);
        return record;
    }

    private static byte[] contents(RingSegment segment) {
        return Arrays.copyOf(segment.bytes(), segment.length());
    }

    @Test
    void aRecordIsWholeWhereverInTheRingItBegins() {
        FakeRing ring = new FakeRing(64);
        RingBuffer buffer = ring.buffer();
        RingSegment segment = new RingSegment();
        for (int i = 0; i < 100; i++) {
            byte[] record = record(8 + 8 * (i % 7), i);
            assertThat(ring.write(record)).isTrue();
            assertThat(buffer.moveTo(segment, buffer.head())).isTrue();
            assertThat(contents(segment)).as("record %d", i).isEqualTo(record);
            assertThat(ring.tail()).as("space given back").isEqualTo(ring.head());
        }
        assertThat(ring.head()).as("it has wrapped around often").isGreaterThan(10 * 64);
    }

    @Test
    void aFullRingIsEmptiedAndTakesRecordsAgain() {
        FakeRing ring = new FakeRing(64);
        RingBuffer buffer = ring.buffer();
        RingSegment segment = new RingSegment();
        assertThat(ring.write(record(24, 1))).isTrue();
        buffer.moveTo(segment, buffer.head());
        assertThat(ring.write(record(32, 2))).isTrue();
        assertThat(ring.write(record(32, 3))).isTrue();
        assertThat(ring.write(record(8, 4))).as("there is no room").isFalse();
        assertThat(buffer.moveTo(segment, buffer.head())).isTrue();
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(record(32, 2));
        both.writeBytes(record(32, 3));
        assertThat(contents(segment)).isEqualTo(both.toByteArray());
        assertThat(ring.write(record(64, 5))).isTrue();
        buffer.moveTo(segment, buffer.head());
        assertThat(contents(segment)).isEqualTo(record(64, 5));
    }

    @Test
    void anEmptyRingGivesNothing() {
        RingBuffer buffer = new FakeRing(64).buffer();
        RingSegment segment = new RingSegment();
        segment.length = 5;
        assertThat(buffer.moveTo(segment, buffer.head())).isTrue();
        assertThat(segment.length()).isZero();
    }

    @Test
    void recordsThatComeAfterTheHeadWasReadStay() {
        FakeRing ring = new FakeRing(64);
        RingBuffer buffer = ring.buffer();
        RingSegment segment = new RingSegment();
        ring.write(record(16, 1));
        long head = buffer.head();
        ring.write(record(16, 2));
        assertThat(buffer.moveTo(segment, head)).isTrue();
        assertThat(contents(segment)).isEqualTo(record(16, 1));
        assertThat(buffer.moveTo(segment, buffer.head())).isTrue();
        assertThat(contents(segment)).isEqualTo(record(16, 2));
    }

    /** Records of sizes that do not divide a segment's, so that one always lies across its end. */
    @ParameterizedTest
    @ValueSource(ints = {8, 24, 40, 4096 + 8, 65528})
    void aSegmentEndsWithAWholeRecord(int size) {
        int ringSize = 4 * RingSegment.CAPACITY;
        FakeRing ring = new FakeRing(ringSize);
        // The ring's end is in the midst of the records.
        ring.skip(ringSize - RingSegment.CAPACITY / 2 - 8);
        RingBuffer buffer = ring.buffer();
        int count = 0;
        while (ring.write(record(size, count))) {
            count++;
        }
        RingSegment segment = new RingSegment();
        long head = buffer.head();
        int seen = 0;
        boolean all;
        do {
            all = buffer.moveTo(segment, head);
            assertThat(segment.length() % size).isZero();
            assertThat(segment.length()).isPositive();
            for (int at = 0; at < segment.length(); at += size) {
                assertThat(segment.bytes()[at + size - 1])
                        .as("record %d", seen)
                        .isEqualTo(record(size, seen)[size - 1]);
                seen++;
            }
        } while (!all);
        assertThat(seen).isEqualTo(count);
        assertThat(ring.tail()).isEqualTo(head);
    }

    @Test
    void readingBeginsWhereTheLastReaderStopped() {
        FakeRing ring = new FakeRing(64);
        ring.skip(40);
        ring.write(record(16, 1));
        RingSegment segment = new RingSegment();
        RingBuffer buffer = ring.buffer();
        buffer.moveTo(segment, buffer.head());
        assertThat(contents(segment)).isEqualTo(record(16, 1));
    }

    @Test
    void onlyAPowerOfTwoIsARing() {
        assertThatIllegalArgumentException().isThrownBy(() -> new FakeRing(96).buffer());
    }
}
