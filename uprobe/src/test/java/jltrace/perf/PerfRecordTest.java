package jltrace.perf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PerfRecordTest {
    /** A sample as {@code perf record -D} showed it: header, pid, tid, time, raw size, raw data. */
    private static final byte[] SAMPLE = {
        9,
        0,
        0,
        0,
        2,
        0,
        48,
        0,
        0x15,
        3,
        0,
        0,
        0x16,
        3,
        0,
        0,
        (byte) 0xff,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        20,
        0,
        0,
        0,
        (byte) 0x8e,
        (byte) 0x86,
        0,
        0,
        0x15,
        3,
        0,
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        9,
        10,
        11,
        12
    };

    @Test
    void aSampleHasThreadAndTimeAtItsStart() {
        assertThat(PerfRecord.type(SAMPLE, 0)).isEqualTo(PerfRecord.SAMPLE);
        assertThat(PerfRecord.misc(SAMPLE, 0)).isEqualTo(2);
        assertThat(PerfRecord.size(SAMPLE, 0)).isEqualTo(SAMPLE.length);
        assertThat(PerfRecord.pid(SAMPLE, 0)).isEqualTo(0x315);
        assertThat(PerfRecord.tid(SAMPLE, 0)).isEqualTo(0x316);
        assertThat(PerfRecord.timestampNanos(SAMPLE, 0)).isEqualTo(0x07060504030201ffL);
        assertThat(PerfRecord.eventId(SAMPLE, 0)).as("an unsigned number").isEqualTo(0x868e);
        assertThat(PerfRecord.u64(SAMPLE, PerfRecord.RAW_OFFSET + 8)).isEqualTo(0x0807060504030201L);
    }

    @Test
    void whatIsBehindTheRawDataTellsHowOftenTheEventWasOpened() {
        for (int opening = 0; opening < PerfSession.MOST_OPENINGS; opening++) {
            byte[] bytes = new RecordBuilder()
                    .opening(opening)
                    .sample(7, fields -> fields.putInt(1))
                    .bytes();
            assertThat(PerfRecord.opening(bytes, 0)).isEqualTo(opening);
        }
        assertThat(PerfRecord.opening(SAMPLE, 0)).isZero();
    }

    @Test
    void otherRecordsHaveThreadAndTimeAtTheirEnd() {
        byte[] bytes = new RecordBuilder()
                .task(7, 8)
                .at(1000)
                .lost(3)
                .comm("name", true)
                .fork(9, 10)
                .bytes();
        int comm = PerfRecord.size(bytes, 0);
        int fork = comm + PerfRecord.size(bytes, comm);
        assertThat(PerfRecord.type(bytes, 0)).isEqualTo(PerfRecord.LOST);
        assertThat(PerfRecord.type(bytes, comm)).isEqualTo(PerfRecord.COMM);
        assertThat(PerfRecord.type(bytes, fork)).isEqualTo(PerfRecord.FORK);
        assertThat(PerfRecord.misc(bytes, comm)).isEqualTo(PerfRecord.MISC_COMM_EXEC);
        for (int record : new int[] {0, comm, fork}) {
            assertThat(PerfRecord.pid(bytes, record)).isEqualTo(7);
            assertThat(PerfRecord.tid(bytes, record)).isEqualTo(8);
        }
        assertThat(PerfRecord.timestampNanos(bytes, 0)).isEqualTo(1000);
        assertThat(PerfRecord.timestampNanos(bytes, fork)).isEqualTo(1002);
    }
}
