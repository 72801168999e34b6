package jltrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jltrace.perf.PerfRecord;
import jltrace.perf.PerfSession;
import jltrace.perf.RingReader;
import jltrace.perf.RingSegment;
import jltrace.perf.SegmentQueue;
import jltrace.sys.JnaLinux;
import jltrace.sys.Linux;
import jltrace.sys.SysFs;
import jltrace.tracefs.Owner;
import jltrace.tracefs.ProbeRegistry;
import jltrace.tracefs.TraceFs;
import org.junit.jupiter.api.Test;

/** What the kernel makes of an event that is opened several times on one thread. */
@OnKernel
class OpeningsKernelTest {
    private static final int HITS = 3;

    @Test
    void eachHitMakesARecordForEachTimeThatTellsWhich() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "/bin/sh", "-c", "trap : USR1; read go; kill -USR1 $$; kill -USR1 $$; kill -USR1 $$")
                .start();
        Linux linux = new JnaLinux();
        TraceFs traceFs = TraceFs.locate(linux);
        int event = traceFs.format("signal", "signal_deliver").id();
        List<Integer> seen = new ArrayList<>();
        try (PerfSession session = new PerfSession(
                linux,
                SysFs.onlineCpus(),
                1 << 16,
                new ProbeRegistry(traceFs, Owner.self().group(99)))) {
            for (int time = 0; time < PerfSession.MOST_OPENINGS; time++) {
                session.openTracepoint(event, (int) process.pid(), time, 0);
            }
            RingReader reader = new RingReader(
                    linux,
                    session.rings(),
                    session.ringDescriptors(),
                    new SegmentQueue(session.rings().size(), 0));
            reader.start();
            process.getOutputStream().write('\n');
            process.getOutputStream().close();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            reader.stop();
            while (!reader.finished()) {
                RingSegment segment = reader.next(50);
                if (segment != null) {
                    collect(segment, event, seen);
                    reader.recycle(segment);
                }
            }
            reader.close();
        } finally {
            process.destroyForcibly().waitFor();
        }

        assertThat(seen).hasSize(HITS * PerfSession.MOST_OPENINGS);
        for (int hit = 0; hit < HITS; hit++) {
            assertThat(seen.subList(hit * PerfSession.MOST_OPENINGS, (hit + 1) * PerfSession.MOST_OPENINGS))
                    .containsExactlyInAnyOrder(0, 1, 2, 3);
        }
    }

    private static void collect(RingSegment segment, int event, List<Integer> openings) {
        byte[] bytes = segment.bytes();
        for (int record = 0; record < segment.length(); record += PerfRecord.size(bytes, record)) {
            if (PerfRecord.type(bytes, record) == PerfRecord.SAMPLE && PerfRecord.eventId(bytes, record) == event) {
                openings.add(PerfRecord.opening(bytes, record));
            }
        }
    }
}
