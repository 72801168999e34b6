package jltrace.tracefs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import jltrace.perf.PerfSession;
import jltrace.sys.Errno;
import jltrace.sys.FakeLinux;
import jltrace.sys.PerfEventAttr;
import jltrace.sys.SyscallException;
import jltrace.tracefs.ProbeDefinition.Kind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Definitions are removed when nothing can hold them any more, or not at all: anything else crashes the kernel. */
class TeardownTest {
    private static final int[] CPUS = {0, 1};
    private static final int RING_BYTES = 4096;

    @TempDir
    Path root;

    private FakeLinux linux = new FakeLinux(Path.of("uprobe_events"));
    private ProbeRegistry registry = new ProbeRegistry(TraceFs.at(Path.of("/")), "jltrace_1_2_3_0");

    @BeforeEach
    void start() throws IOException {
        Files.writeString(root.resolve("uprobe_events"), "");
        linux = new FakeLinux(root.resolve("uprobe_events"));
        registry = new ProbeRegistry(TraceFs.at(root), "jltrace_1_2_3_0");
        registry.register(List.of(
                new ProbeDefinition(registry.name("e0"), Kind.INSTRUCTION, "/bin/a", 1, ""),
                new ProbeDefinition(registry.name("e0"), Kind.INSTRUCTION, "/bin/a", 2, "")));
    }

    /** What the tracer does with two threads and two events; returns normally only if everything did. */
    private void trace() throws IOException {
        try (PerfSession session = new PerfSession(linux, CPUS, RING_BYTES, registry)) {
            session.reserve(3, 2);
            for (int tid = 1; tid <= 2; tid++) {
                session.openSideBand(tid, PerfEventAttr.FLAG_INHERIT);
                session.openTracepoint(1678, tid, 0, PerfEventAttr.FLAG_INHERIT);
                session.openTracepoint(1679, tid, 0, PerfEventAttr.FLAG_INHERIT);
            }
            session.counts();
            session.close(Set.of(1679));
        }
    }

    private void assertTheMachineRuns() {
        assertThat(linux.crash()).isEmpty();
    }

    /** Everything is closed and removed, or the definitions stay. */
    private void removeAndCheck() throws IOException {
        if (linux.open().isEmpty() && linux.mapped().isEmpty()) {
            registry.remove();
            assertThat(linux.definitionsAreRemoved()).isTrue();
        } else {
            assertThatIllegalStateException().isThrownBy(registry::remove);
            assertThat(linux.definitionsAreRemoved()).isFalse();
        }
        assertTheMachineRuns();
    }

    @Test
    void theFakeKernelCrashesLikeTheRealOne() throws IOException {
        linux.perfEventOpen(new PerfEventAttr(PerfEventAttr.TYPE_TRACEPOINT, 1678), 1, 0);
        registry.remove();
        assertThat(linux.crash()).contains("1 descriptors");
    }

    @Test
    void afterANormalEndNothingIsOpenAndTheDefinitionsGo() throws IOException {
        trace();
        assertThat(linux.open()).isEmpty();
        assertThat(linux.mapped()).isEmpty();
        removeAndCheck();
    }

    @Test
    void eventsAreClosedBeforeTheirRings() throws IOException {
        trace();
        List<FakeLinux.Call> calls = linux.calls();
        List<String> names = calls.stream().map(FakeLinux.Call::name).toList();
        int firstClose = names.indexOf("close");
        int firstUnmap = names.indexOf("munmap");
        assertThat(names.subList(firstClose, firstUnmap))
                .containsOnly("close", "read")
                .filteredOn("close"::equals)
                .hasSize(12);
        assertThat(names.subList(firstUnmap, names.size())).containsExactly("munmap", "munmap", "close", "close");
    }

    @Test
    void whileTracingNothingCanBeRemoved() throws IOException {
        PerfSession session = new PerfSession(linux, CPUS, RING_BYTES, registry);
        session.openTracepoint(1678, 1, 0, PerfEventAttr.FLAG_INHERIT);
        assertThatIllegalStateException().isThrownBy(registry::remove);
        assertTheMachineRuns();
        session.close();
        removeAndCheck();
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EMFILE, Errno.ESRCH, Errno.EINVAL, Errno.ENOMEM, Errno.EPERM})
    void aFailureOfAnySingleCallLeavesTheMachineRunning(int errno) throws IOException {
        trace();
        int calls = linux.calls().size();
        for (int failing = 1; failing <= calls; failing++) {
            start();
            linux.failAt(failing, errno);
            try {
                trace();
            } catch (IOException e) {
                assertThat(e).as("what call %d led to", failing).isInstanceOf(SyscallException.class);
            }
            removeAndCheck();
        }
    }

    @Test
    void failuresOfAllCallsFromAnyOnLeaveTheMachineRunning() throws IOException {
        trace();
        int calls = linux.calls().size();
        for (int i = 1; i <= calls; i++) {
            start();
            int failing = i;
            FakeLinux fresh = linux;
            fresh.failIf(call -> fresh.calls().size() >= failing, Errno.ENOMEM);
            assertThatExceptionOfType(SyscallException.class).isThrownBy(this::trace);
            removeAndCheck();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "munmap"})
    void ifSomethingCanNotBeClosedTheDefinitionsStay(String call) throws IOException {
        Predicate<FakeLinux.Call> fails = made -> made.name().equals(call);
        linux.failIf(fails, Errno.EINTR);
        assertThatExceptionOfType(SyscallException.class).isThrownBy(this::trace);
        assertThatIllegalStateException().isThrownBy(registry::remove);
        assertThat(linux.definitionsAreRemoved()).isFalse();
        assertTheMachineRuns();
    }

    @Test
    void whatCanBeClosedIsClosedAlthoughSomethingElseCanNot() throws IOException {
        linux.failAt(1 + linux.calls().size() + callsBefore("close"), Errno.EINTR);
        assertThatExceptionOfType(SyscallException.class).isThrownBy(this::trace);
        assertThat(linux.open()).hasSize(1);
        assertThat(linux.mapped()).isEmpty();
        removeAndCheck();
    }

    private int callsBefore(String name) throws IOException {
        FakeLinux rehearsal = new FakeLinux(root.resolve("none"));
        FakeLinux real = linux;
        linux = rehearsal;
        trace();
        linux = real;
        return rehearsal.calls().stream().map(FakeLinux.Call::name).toList().indexOf(name);
    }

    @Test
    void closingASecondTimeAfterAFailureGivesNothingBack() throws IOException {
        PerfSession session = new PerfSession(linux, CPUS, RING_BYTES, registry);
        session.openTracepoint(1678, 1, 0, PerfEventAttr.FLAG_INHERIT);
        linux.failIf(call -> call.name().equals("close"), Errno.EINTR);
        assertThatExceptionOfType(SyscallException.class).isThrownBy(session::close);
        try {
            session.close();
        } catch (SyscallException e) {
            assertThat(e.errno()).isEqualTo(Errno.EINTR);
        }
        assertThatIllegalStateException().isThrownBy(registry::remove);
        assertTheMachineRuns();
    }

    @Test
    void aSessionThatIsClosedOpensNothingMore() throws IOException {
        PerfSession session = new PerfSession(linux, CPUS, RING_BYTES, registry);
        session.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> session.openTracepoint(1678, 1, 0, PerfEventAttr.FLAG_INHERIT));
        assertThat(linux.open()).isEmpty();
        removeAndCheck();
    }

    @Test
    void aRingOfAnImpossibleSizeLeavesNothingOpen() throws IOException {
        assertThatCode(() -> new PerfSession(linux, CPUS, RING_BYTES + 8, registry))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(linux.open()).isEmpty();
        assertThat(linux.mapped()).isEmpty();
        removeAndCheck();
    }

    @Test
    void twoSessionsHoldTheDefinitionsUntilBothAreClosed() throws IOException {
        PerfSession first = new PerfSession(linux, CPUS, RING_BYTES, registry);
        PerfSession second = new PerfSession(linux, CPUS, RING_BYTES, registry);
        second.openTracepoint(1678, 1, 0, 0);
        first.close();
        assertThatIllegalStateException().isThrownBy(registry::remove);
        assertTheMachineRuns();
        second.close();
        removeAndCheck();
    }

    @Test
    void eventsThatWereRegisteredLaterAreRemovedAsWell() throws IOException {
        PerfSession session = new PerfSession(linux, CPUS, RING_BYTES, registry);
        registry.register(List.of(new ProbeDefinition(registry.name("e1"), Kind.FUNCTION_RETURN, "/bin/a", 1, "")));
        session.openTracepoint(1679, 1, 0, PerfEventAttr.FLAG_INHERIT);
        session.close();
        registry.remove();
        assertThat(Files.readString(root.resolve("uprobe_events")))
                .endsWith("-:jltrace_1_2_3_0/e0\n-:jltrace_1_2_3_0/e1\n");
        assertTheMachineRuns();
    }
}
