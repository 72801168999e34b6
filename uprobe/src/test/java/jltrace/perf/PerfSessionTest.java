package jltrace.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import jltrace.sys.Errno;
import jltrace.sys.FakeLinux;
import jltrace.sys.Linux;
import jltrace.sys.PerfEventAttr;
import jltrace.sys.ResourceLimit;
import jltrace.sys.SyscallException;
import jltrace.tracefs.ProbeRegistry;
import jltrace.tracefs.TraceFs;
import org.junit.jupiter.api.Test;

class PerfSessionTest {
    private static final int[] CPUS = {0, 3};

    private final FakeLinux linux = new FakeLinux(Path.of("none"));
    private final ProbeRegistry registry = new ProbeRegistry(TraceFs.at(Path.of("/none")), "jltrace_1_2_3_0");

    private PerfSession session() throws SyscallException {
        return new PerfSession(linux, CPUS, 8192, registry);
    }

    private List<FakeLinux.Opened> opened(int type) {
        return linux.open().values().stream()
                .filter(event -> event.type() == type)
                .toList();
    }

    @Test
    void thereIsARingForEachCpu() throws SyscallException {
        PerfSession session = session();
        assertThat(session.rings()).hasSize(2);
        assertThat(linux.open().values())
                .extracting(FakeLinux.Opened::tid, FakeLinux.Opened::cpu, FakeLinux.Opened::type)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(-1, 0, PerfEventAttr.TYPE_SOFTWARE),
                        org.assertj.core.groups.Tuple.tuple(-1, 3, PerfEventAttr.TYPE_SOFTWARE));
        assertThat(linux.mapped())
                .extracting(memory -> memory.buffer().capacity())
                .containsExactly(4096 + 8192, 4096 + 8192);
    }

    @Test
    void anEventIsOpenedOnEachCpuAndWritesIntoThatCpusRing() throws SyscallException {
        PerfSession session = session();
        session.openTracepoint(1678, 42, 0, PerfEventAttr.FLAG_INHERIT);
        assertThat(opened(PerfEventAttr.TYPE_TRACEPOINT))
                .hasSize(2)
                .allMatch(event -> event.config() == 1678 && event.tid() == 42)
                .allMatch(event -> (event.flags() & PerfEventAttr.FLAG_INHERIT) != 0)
                .extracting(FakeLinux.Opened::cpu)
                .containsExactly(0, 3);
        Map<Integer, FakeLinux.Opened> open = linux.open();
        assertThat(linux.calls())
                .filteredOn(call -> call.name().equals("ioctl " + Long.toHexString(Linux.PERF_EVENT_IOC_SET_OUTPUT)))
                .hasSize(2)
                .allSatisfy(call -> {
                    FakeLinux.Opened event = Objects.requireNonNull(open.get(call.descriptor()));
                    FakeLinux.Opened ring = Objects.requireNonNull(open.get((int) call.argument()));
                    assertThat(ring.cpu()).isEqualTo(event.cpu());
                    assertThat(session.ringDescriptors()).contains((int) call.argument());
                });
    }

    @Test
    void theSideBandTellsMappingsNamesForksAndExits() throws SyscallException {
        session().openSideBand(42, PerfEventAttr.FLAG_INHERIT);
        long wanted = PerfEventAttr.FLAG_MMAP
                | PerfEventAttr.FLAG_MMAP2
                | PerfEventAttr.FLAG_COMM
                | PerfEventAttr.FLAG_COMM_EXEC
                | PerfEventAttr.FLAG_TASK
                | PerfEventAttr.FLAG_INHERIT
                | PerfEventAttr.FLAG_SAMPLE_ID_ALL;
        assertThat(opened(PerfEventAttr.TYPE_SOFTWARE))
                .filteredOn(event -> event.tid() == 42)
                .hasSize(2)
                .allMatch(event -> (event.flags() & wanted) == wanted);
    }

    @Test
    void theSideBandIsOpenedOnAKernelThatExchangesInheritedEventsTooAndStillTellsLosses() throws SyscallException {
        linux.forgetInheritedRead();
        PerfSession session = session();
        session.openSideBand(42, PerfEventAttr.FLAG_INHERIT);
        assertThat(session.canPreventExchange()).isFalse();
        assertThat(opened(PerfEventAttr.TYPE_SOFTWARE))
                .filteredOn(event -> event.tid() == 42)
                .hasSize(2);
        int before = linux.calls().size();
        session.openTracepoint(1678, 42, 0, PerfEventAttr.FLAG_INHERIT);
        assertThat(linux.calls().subList(before, linux.calls().size()))
                .filteredOn(call -> call.name().equals("perf_event_open"))
                .as("nothing is tried twice")
                .hasSize(2);
    }

    @Test
    void whereTheKernelCanNotTellLossesEventsAreOpenedWithout() throws SyscallException {
        linux.forgetLostFormat();
        PerfSession session = session();
        session.openTracepoint(1678, 42, 0, 0);
        session.openTracepoint(1679, 42, 0, 0);
        assertThat(opened(PerfEventAttr.TYPE_TRACEPOINT)).hasSize(4);
        assertThat(linux.calls())
                .filteredOn(call -> call.name().equals("perf_event_open"))
                .as("only the first is tried twice")
                .hasSize(2 + 4 + 1);
    }

    @Test
    void anotherInvalidEventFails() throws SyscallException {
        PerfSession session = session();
        linux.failIf(call -> call.name().equals("perf_event_open"), Errno.EINVAL);
        assertThatExceptionOfType(SyscallException.class)
                .isThrownBy(() -> session.openTracepoint(1678, 42, 0, 0))
                .satisfies(failure -> assertThat(failure.errno()).isEqualTo(Errno.EINVAL));
        assertThat(opened(PerfEventAttr.TYPE_TRACEPOINT)).isEmpty();
    }

    @Test
    void aThreadThatIsGoneIsToldByItsErrorNumber() throws SyscallException {
        PerfSession session = session();
        linux.failIf(call -> call.name().equals("perf_event_open"), Errno.ESRCH);
        assertThatExceptionOfType(SyscallException.class)
                .isThrownBy(() -> session.openTracepoint(1678, 42, 0, 0))
                .satisfies(failure -> assertThat(failure.errno()).isEqualTo(Errno.ESRCH));
    }

    @Test
    void someEventsCanBeClosedAndTheirCountsStay() throws IOException {
        PerfSession session = session();
        session.openTracepoint(1678, 42, 0, 0);
        session.openTracepoint(1679, 42, 0, 0);
        List<Integer> descriptors = new ArrayList<>(linux.open().keySet());
        linux.readGives(descriptors.get(2), counter(5, 1));
        session.close(Set.of(1678));
        assertThat(opened(PerfEventAttr.TYPE_TRACEPOINT))
                .extracting(FakeLinux.Opened::config)
                .containsExactly(1679L, 1679L);
        assertThat(session.counts()).contains(new PerfSession.Counts(1678, 5, 1));
        session.close();
        assertThat(linux.open()).isEmpty();
        assertThat(linux.calls())
                .filteredOn(call -> call.name().equals("close"))
                .as("no descriptor is closed twice")
                .doesNotHaveDuplicates();
        registry.remove();
    }

    @Test
    void whatMayStillBeOpenKeepsTheDefinitionsForEver() throws IOException {
        PerfSession session = session();
        session.openTracepoint(1678, 42, 0, 0);
        linux.failIf(call -> call.name().equals("close"), Errno.EINTR);
        assertThatExceptionOfType(SyscallException.class).isThrownBy(() -> session.close(Set.of(1678)));
        linux.failIf(call -> false, 0);
        session.close();
        assertThatIllegalStateException().isThrownBy(registry::remove);
    }

    @Test
    void theCountsAreThoseOfEachDescriptor() throws SyscallException {
        PerfSession session = session();
        session.openTracepoint(1678, 42, 0, 0);
        List<Integer> descriptors = new ArrayList<>(linux.open().keySet());
        linux.readGives(descriptors.get(2), counter(5, 1));
        linux.readGives(descriptors.get(3), counter(7));
        assertThat(session.counts())
                .containsExactly(new PerfSession.Counts(1678, 5, 1), new PerfSession.Counts(1678, 7, 0));
    }

    private static byte[] counter(long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            bytes.putLong(value);
        }
        return bytes.array();
    }

    @Test
    void theLimitOnDescriptorsIsRaisedAsFarAsNeededOnly() throws SyscallException {
        PerfSession session = session();
        linux.limitIs(new ResourceLimit(1024, 4096));
        session.reserve(3, 10);
        assertThat(linux.limit()).isEqualTo(new ResourceLimit(1024, 4096));
        session.reserve(100, 10);
        assertThat(linux.limit().soft()).isGreaterThanOrEqualTo(100 * 10 * 2);
        assertThat(linux.limit().hard()).isEqualTo(4096);
        session.reserve(100, 1000);
        assertThat(linux.limit().soft()).isGreaterThanOrEqualTo(100 * 1000 * 2);
        assertThat(linux.limit().hard()).isEqualTo(linux.limit().soft());
    }

    @Test
    void withoutALimitNoneIsSet() throws SyscallException {
        ResourceLimit none = new ResourceLimit(-1, -1);
        linux.limitIs(none);
        session().reserve(100, 1000);
        assertThat(linux.limit()).as("RLIM_INFINITY has all bits set").isEqualTo(none);
    }
}
