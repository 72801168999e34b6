package jltrace.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import jltrace.perf.PerfRecord;
import jltrace.perf.RecordBuilder;
import jltrace.perf.RingSegment;
import jltrace.perf.RingSegments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordOrdererTest {
    /** A record: when, on which CPU, the how manieth of that CPU. */
    private record Entry(long nanos, int cpu, int index) {}

    private final List<Entry> handled = new ArrayList<>();
    private final List<RingSegment> recycled = new ArrayList<>();

    private RecordOrderer orderer(int rings) {
        return new RecordOrderer(
                IntStream.range(0, rings).toArray(),
                (bytes, record, cpu, previousNanos) -> handled.add(new Entry(
                        PerfRecord.timestampNanos(bytes, record),
                        PerfRecord.pid(bytes, record),
                        PerfRecord.tid(bytes, record))),
                recycled::add);
    }

    private static RingSegment segment(long completeBefore, int ring, Entry... entries) {
        RecordBuilder builder = new RecordBuilder();
        for (Entry entry : entries) {
            builder.task(entry.cpu(), entry.index()).at(entry.nanos());
            if (entry.index() % 3 == 0) {
                builder.lost(1);
            } else {
                builder.sample(1, fields -> fields.put(new byte[8 * (entry.index() % 5)]));
            }
        }
        return RingSegments.of(ring, builder.bytes(), completeBefore);
    }

    @Test
    void aRecordWaitsUntilAllEarlierOnesAreThere() {
        RecordOrderer orderer = orderer(2);
        orderer.add(segment(Long.MIN_VALUE, 0, new Entry(10, 0, 1), new Entry(20, 0, 2)));
        assertThat(handled).isEmpty();
        orderer.add(segment(15, 1, new Entry(5, 1, 1)));
        assertThat(handled).containsExactly(new Entry(5, 1, 1), new Entry(10, 0, 1));
        orderer.add(segment(20, 1));
        assertThat(handled).as("20 is not before 20").hasSize(2);
        orderer.add(segment(21, 1));
        assertThat(handled).hasSize(3);
    }

    @Test
    void itIsKnownUpToWhenAllWasHandled() {
        RecordOrderer orderer = orderer(2);
        orderer.add(segment(Long.MIN_VALUE, 0, new Entry(10, 0, 1), new Entry(20, 0, 2)));
        assertThat(orderer.handledNanos()).isEqualTo(Long.MIN_VALUE);
        orderer.add(segment(15, 1));
        assertThat(orderer.handledNanos()).isEqualTo(15);
        orderer.completeBefore(12);
        assertThat(orderer.handledNanos()).isEqualTo(15);
        orderer.completeBefore(30);
        assertThat(orderer.handledNanos()).isEqualTo(30);
        assertThat(handled).containsExactly(new Entry(10, 0, 1), new Entry(20, 0, 2));
    }

    @Test
    void theEndHandsOnWhatIsLeft() {
        RecordOrderer orderer = orderer(2);
        orderer.add(segment(Long.MIN_VALUE, 1, new Entry(10, 1, 1), new Entry(30, 1, 2)));
        orderer.add(segment(Long.MIN_VALUE, 0, new Entry(20, 0, 1)));
        orderer.finish();
        assertThat(handled).containsExactly(new Entry(10, 1, 1), new Entry(20, 0, 1), new Entry(30, 1, 2));
    }

    @Test
    void aCpusOwnOrderIsKeptWhereTimesAreEqual() {
        RecordOrderer orderer = orderer(2);
        orderer.add(segment(Long.MIN_VALUE, 0, new Entry(10, 0, 1), new Entry(10, 0, 2), new Entry(10, 0, 4)));
        orderer.add(segment(Long.MIN_VALUE, 1, new Entry(10, 1, 1), new Entry(10, 1, 2)));
        orderer.finish();
        assertThat(handled).hasSize(5);
        assertThat(handled)
                .filteredOn(entry -> entry.cpu() == 0)
                .extracting(Entry::index)
                .containsExactly(1, 2, 4);
        assertThat(handled)
                .filteredOn(entry -> entry.cpu() == 1)
                .extracting(Entry::index)
                .containsExactly(1, 2);
    }

    @Test
    void aSegmentIsGivenBackOnceAllOfItWasHandled() {
        RecordOrderer orderer = orderer(1);
        RingSegment segment = segment(15, 0, new Entry(10, 0, 1), new Entry(20, 0, 2));
        RingSegment empty = segment(16, 0);
        orderer.add(segment);
        orderer.add(empty);
        assertThat(recycled).containsExactly(empty);
        orderer.finish();
        assertThat(recycled).containsExactly(empty, segment);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void anyInterleavingComesOutSortedByTime(int cpus) {
        for (long seed = 0; seed < 20; seed++) {
            handled.clear();
            recycled.clear();
            Random random = new Random(seed);
            List<Entry> expected = play(random, cpus);
            assertThat(handled).as("seed %d", seed).containsExactlyElementsOf(expected);
        }
    }

    /** Reader's rounds over records of random times, cut into segments anywhere; returns the records in order. */
    private List<Entry> play(Random random, int cpus) {
        List<List<Entry>> byCpu = new ArrayList<>();
        List<Entry> all = new ArrayList<>();
        for (int cpu = 0; cpu < cpus; cpu++) {
            byCpu.add(new ArrayList<>());
        }
        long nanos = 100;
        int[] counts = new int[cpus];
        int records = random.nextInt(60);
        for (int i = 0; i < records; i++) {
            nanos += 1 + random.nextInt(5);
            int cpu = random.nextInt(cpus);
            Entry entry = new Entry(nanos, cpu, ++counts[cpu]);
            byCpu.get(cpu).add(entry);
            all.add(entry);
        }
        RecordOrderer orderer = orderer(cpus);
        int[] at = new int[cpus];
        int segments = 0;
        for (long time = 100; time <= nanos; time += 1 + random.nextInt(30)) {
            // A round that began at this time sees all that is earlier, and of each CPU perhaps more.
            List<RingSegment> round = new ArrayList<>();
            for (int cpu = 0; cpu < cpus; cpu++) {
                long until = time + random.nextInt(20);
                while (at[cpu] < byCpu.get(cpu).size()
                        && byCpu.get(cpu).get(at[cpu]).nanos() < until) {
                    int from = at[cpu];
                    int to = from;
                    do {
                        to++;
                    } while (to < byCpu.get(cpu).size()
                            && byCpu.get(cpu).get(to).nanos() < until
                            && random.nextInt(4) != 0);
                    at[cpu] = to;
                    round.add(segment(
                            Long.MIN_VALUE,
                            cpu,
                            byCpu.get(cpu).subList(from, to).toArray(Entry[]::new)));
                }
            }
            round.forEach(orderer::add);
            orderer.add(segment(time, 0));
            segments += round.size() + 1;
            long complete = time;
            assertThat(handled)
                    .containsExactlyElementsOf(all.stream()
                            .filter(entry -> entry.nanos() < complete)
                            .toList());
        }
        for (int cpu = 0; cpu < cpus; cpu++) {
            List<Entry> rest = byCpu.get(cpu).subList(at[cpu], byCpu.get(cpu).size());
            if (!rest.isEmpty()) {
                orderer.add(segment(Long.MIN_VALUE, cpu, rest.toArray(Entry[]::new)));
                segments++;
            }
        }
        orderer.finish();
        assertThat(recycled).hasSize(segments).doesNotHaveDuplicates();
        all.sort(Comparator.comparingLong(Entry::nanos));
        return all;
    }
}
