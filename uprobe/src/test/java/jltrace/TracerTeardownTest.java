package jltrace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jltrace.call.Call;
import jltrace.call.CallListener;
import jltrace.call.Capture;
import jltrace.call.Loss;
import jltrace.call.ProcessEnd;
import jltrace.call.TracedProcess;
import jltrace.call.TracedThread;
import jltrace.elf.DebugFiles;
import jltrace.perf.FakeRing;
import jltrace.perf.RecordBuilder;
import jltrace.plan.CaptureLimits;
import jltrace.plan.EntryMode;
import jltrace.plan.FilterExpression;
import jltrace.plan.FilterSyntaxException;
import jltrace.plan.ReturnFacts;
import jltrace.plan.ReturnMode;
import jltrace.plan.TraceSelection;
import jltrace.prototype.Prototypes;
import jltrace.sys.Errno;
import jltrace.sys.FakeLinux;
import jltrace.sys.JnaProcessControl;
import jltrace.sys.SyscallException;
import jltrace.target.CommandLine;
import jltrace.target.InheritedState;
import jltrace.target.Launcher;
import jltrace.target.ObjectTable;
import jltrace.tracefs.Owner;
import jltrace.tracefs.TraceFs;
import jltrace.tracefs.TraceFsException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A whole session on a real process (the fixture nolibc, which ends with status 9 and has one function) and a fake kernel: whatever fails, and whenever it ends, no definition is removed while it
 * could be held, and no ring is unmapped under its reader.
 */
@Timeout(120)
class TracerTeardownTest {
    private static final int RING_BYTES = 1 << 16;
    private static final int FORMATS = 8;
    /** More than all tests of a run begin. */
    private static final int SESSIONS = 500;

    /** What any event of jltrace may be asked for. */
    private static final List<String> FIELDS = List.of("id", "sp", "a0", "ra", "ax", "m0");

    @TempDir
    Path root;

    private FakeLinux linux = new FakeLinux(Path.of("none"));
    /** Keeps the process that is attached to before its first instruction. */
    private final Launcher holder = launcher();

    private int targetPid;

    /** Listens without a word, or breaks. */
    private static class Silent implements CallListener {
        @Override
        public void entered(Call call, Capture entry) {}

        @Override
        public void returned(Call call, @Nullable Capture exit) {}

        @Override
        public void notReturned(Call call, NoReturn reason) {}

        @Override
        public void signal(TracedThread thread, int signal, long nanos) {}

        @Override
        public void executed(TracedThread thread, long nanos) {}

        @Override
        public void exited(TracedProcess process, ProcessEnd end, long nanos) {}

        @Override
        public void lost(Loss loss) {}

        @Override
        public void idle() {}
    }

    @BeforeEach
    void start() throws IOException, InterruptedException {
        if (targetPid == 0) {
            targetPid = holder.start(program());
        }
        Path events = root.resolve("events");
        if (!Files.exists(events)) {
            for (int i = 0; i < FORMATS; i++) {
                format("jltrace", "e" + i, 1000 + i, FIELDS);
            }
            // Each session has a group of its own.
            for (int session = 0; session < SESSIONS; session++) {
                Files.createSymbolicLink(events.resolve(Owner.self().group(session)), Path.of("jltrace"));
            }
        }
        Files.writeString(root.resolve("uprobe_events"), "");
        linux = new FakeLinux(root.resolve("uprobe_events"));
        format("signal", "signal_deliver", 242, List.of("sig", "errno", "code", "sa_handler", "sa_flags"));
    }

    @AfterEach
    void endTarget() throws IOException {
        if (targetPid != 0) {
            // To signal process 0 is to signal this test's own process group.
            holder.abandon(targetPid);
        }
        holder.close();
    }

    /** The format files that the kernel makes when an event is registered. */
    private void format(String group, String event, int id, List<String> names) throws IOException {
        StringBuilder text =
                new StringBuilder("ID: " + id + "\n\tfield:unsigned short common_type;\toffset:0;\tsize:2;\n");
        for (int i = 0; i < names.size(); i++) {
            text.append("\tfield:u64 ")
                    .append(names.get(i))
                    .append(";\toffset:")
                    .append(16 + 8 * i)
                    .append(";\tsize:8;\n");
        }
        Path folder = root.resolve("events").resolve(group).resolve(event);
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("format"), text);
    }

    private Tracer tracer(CallListener listener) throws IOException {
        TraceSelection selection;
        try {
            selection = new TraceSelection(
                    List.of(), Optional.empty(), Optional.of(FilterExpression.parse("_start@MAIN")), List.of(), true);
        } catch (FilterSyntaxException e) {
            throw new IllegalStateException(e);
        }
        ReturnFacts facts = (library, function) -> ReturnFacts.Fact.ORDINARY;
        TraceOptions options = new TraceOptions(
                selection,
                new Prototypes(List.of()),
                facts,
                EntryMode.AUTO,
                ReturnMode.AUTO,
                CaptureLimits.DEFAULT,
                false,
                RING_BYTES,
                RING_BYTES);
        return new Tracer(
                options,
                TraceFs.at(root),
                linux,
                launcher(),
                new ObjectTable(),
                new DebugFiles(Path.of("/")),
                listener);
    }

    private static String fixture(String name) {
        return Path.of(System.getProperty("jltrace.fixtures"), name).toString();
    }

    private static CommandLine program() {
        String path = fixture("nolibc");
        return new CommandLine(path, List.of(path.getBytes(StandardCharsets.UTF_8)), List.of());
    }

    private static Launcher launcher() {
        return new Launcher(new JnaProcessControl(), new InheritedState(Set.of(0, 1, 2), 0, 0));
    }

    /** Starts a program, lets it run to its end, and reads a record. */
    private void trace(CallListener listener) throws IOException, InterruptedException {
        try (Tracer tracer = tracer(listener)) {
            tracer.launch(program());
            new FakeRing(linux.mapped().get(0).buffer())
                    .write(new RecordBuilder().at(1).lost(1).bytes());
            assertThat(tracer.run()).isEqualTo(new ProcessEnd(ProcessEnd.Kind.EXITED, 9));
        }
    }

    /** Attaches to a process and detaches from it. */
    private void attach(CallListener listener) throws IOException, InterruptedException {
        try (Tracer tracer = tracer(listener)) {
            tracer.attach(List.of(targetPid));
            tracer.detach();
            assertThat(tracer.run()).isEqualTo(ProcessEnd.UNKNOWN);
        }
    }

    private void assertNothingIsLeft() {
        assertThat(linux.crash()).isEmpty();
        assertThat(linux.open()).isEmpty();
        assertThat(linux.mapped()).isEmpty();
    }

    @Test
    void afterTheProgramsEndNothingIsLeft() throws IOException, InterruptedException {
        trace(new Silent());
        assertNothingIsLeft();
        assertThat(Files.readString(root.resolve("uprobe_events")))
                .containsPattern("[pr]:jltrace_[0-9_]+/e0 /")
                .containsPattern("-:jltrace_[0-9_]+/e0\n");
    }

    @Test
    void afterDetachingNothingIsLeftAndTheProcessRunsOn() throws IOException, InterruptedException {
        attach(new Silent());
        assertNothingIsLeft();
        assertThat(ProcessHandle.of(targetPid)).isPresent();
    }

    @Test
    void closingWithoutRunningLeavesNothingAndEndsTheProgram() throws IOException, InterruptedException {
        try (Tracer tracer = tracer(new Silent())) {
            tracer.launch(program());
            assertThat(linux.open()).isNotEmpty();
            assertThat(ProcessHandle.current().children())
                    .as("the program and the target")
                    .hasSize(2);
        }
        assertNothingIsLeft();
        assertThat(linux.definitionsAreRemoved()).isTrue();
        assertThat(ProcessHandle.current().children()).hasSize(1);
    }

    @Test
    void aListenerThatFailsEndsTheReaderBeforeTheRingsGo() {
        CallListener broken = new Silent() {
            @Override
            public void lost(Loss loss) {
                throw new UncheckedIOException(new IOException("broken pipe"));
            }
        };
        assertThatCode(() -> trace(broken)).hasRootCauseMessage("broken pipe");
        assertNothingIsLeft();
        assertThat(linux.definitionsAreRemoved()).isTrue();
    }

    @Test
    void aListenerThatFailsWhileTheReaderIsBusyEndsItToo() {
        CallListener broken = new Silent() {
            @Override
            public void idle() {
                throw new IllegalStateException("broken");
            }
        };
        assertThatCode(() -> {
                    try (Tracer tracer = tracer(broken)) {
                        tracer.launch(program());
                        tracer.run();
                    }
                })
                .hasMessage("broken");
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whateverFailsTheMachineRunsOn(boolean launched) throws IOException, InterruptedException {
        traceOrAttach(launched);
        int calls = linux.calls().size();
        assertThat(calls).isGreaterThan(15);
        for (int failing = 1; failing <= calls + 1; failing++) {
            start();
            linux.failAt(failing, failing % 2 == 0 ? Errno.EMFILE : Errno.ESRCH);
            try {
                traceOrAttach(launched);
            } catch (SyscallException e) {
                assertThat(e.errno()).isIn(Errno.EMFILE, Errno.ESRCH);
            } catch (IOException e) {
                assertThat(e).as("ESRCH of its only thread").hasMessageMatching("process \\d+ has ended");
            }
            assertThat(linux.crash()).as("call %d failed", failing).isEmpty();
            boolean closed = linux.open().values().stream().allMatch(opened -> opened.type() < 0)
                    && linux.mapped().isEmpty();
            assertThat(linux.definitionsAreRemoved())
                    .as("call %d failed", failing)
                    .isEqualTo(closed);
        }
        assertThat(ProcessHandle.current().children()).as("only the target").hasSize(1);
    }

    private void traceOrAttach(boolean launched) throws IOException, InterruptedException {
        if (launched) {
            trace(new Silent());
        } else {
            attach(new Silent());
        }
    }

    @Test
    void aRefusedRegistrationOpensNothing() throws IOException, InterruptedException {
        try (Tracer tracer = tracer(new Silent())) {
            Files.delete(root.resolve("uprobe_events"));
            Files.createSymbolicLink(root.resolve("uprobe_events"), Path.of("/dev/full"));
            assertThatCode(() -> tracer.launch(program())).isInstanceOf(TraceFsException.class);
            assertNothingIsLeft();
            Files.delete(root.resolve("uprobe_events"));
            Files.writeString(root.resolve("uprobe_events"), "");
        }
        assertThat(ProcessHandle.current().children()).as("only the target").hasSize(1);
    }
}
