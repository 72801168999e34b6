package jltrace.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import jltrace.sys.JnaProcessControl;
import jltrace.sys.ProcFs;
import jltrace.sys.ProcessControl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Starts real programs; no probes. What a program is given is read from /proc while it waits for its first instruction. */
@Timeout(60)
class LauncherTest {
    private static final int SIGXFSZ = 25;
    /** Signals 32 and 33, which posix_spawn(3) would leave ignored. */
    private static final long OF_THE_C_LIBRARY = 3L << 31;

    @TempDir
    Path directory;

    private Launcher launcher = new Launcher(new JnaProcessControl(), InheritedState.PLAIN);
    private final List<Integer> started = new ArrayList<>();

    @AfterEach
    void noProcessIsLeft() throws IOException {
        for (int pid : started) {
            launcher.abandon(pid);
        }
        launcher.close();
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<byte[]> list(String... texts) {
        return Stream.of(texts).map(LauncherTest::bytes).toList();
    }

    private static CommandLine command(String path, String... arguments) {
        return new CommandLine(path, list(arguments), list("PATH=/usr/bin"));
    }

    private int start(CommandLine command) throws IOException, InterruptedException {
        int pid = launcher.start(command);
        started.add(pid);
        return pid;
    }

    private ProcessControl.WaitStatus run(CommandLine command) throws IOException, InterruptedException {
        int pid = launcher.start(command);
        launcher.resume(pid);
        return launcher.awaitExit(pid);
    }

    private Path file(String name, byte[] contents, String permissions) throws IOException {
        Path file = Files.write(directory.resolve(name), contents);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private void fails(CommandLine command, int status, String word) {
        assertThatExceptionOfType(LaunchException.class)
                .isThrownBy(() -> launcher.start(command))
                .satisfies(failure -> assertThat(failure.exitStatus()).isEqualTo(status))
                .satisfies(failure -> assertThat(failure.getMessage())
                        .contains(command.path())
                        .contains(word)
                        .doesNotContain("\n"));
    }

    @Test
    void argumentsArriveByteForByte() throws IOException, InterruptedException {
        List<byte[]> arguments = List.of(
                bytes("another name"),
                bytes(""),
                bytes("\u00ff\u00fe\u0080"),
                bytes("a b\n'\"$\\*"),
                bytes("-p"),
                bytes("x".repeat(100_000)),
                bytes(""));
        int pid = start(new CommandLine("/bin/sleep", arguments, List.of()));
        assertThat(ProcFs.commandLine(pid)).containsExactlyElementsOf(arguments);
        assertThat(ProcFs.executable(pid)).isEqualTo(Path.of("/bin/sleep").toRealPath());
    }

    @Test
    void aProgramMayHaveNoArgumentsButItsName() throws IOException, InterruptedException {
        assertThat(ProcFs.commandLine(start(new CommandLine("/bin/sleep", list("sleep"), List.of()))))
                .containsExactly(bytes("sleep"));
    }

    @Test
    void theEnvironmentArrivesByteForByteInItsOrder() throws IOException, InterruptedException {
        List<byte[]> environment = List.of(
                bytes("Z=1"),
                bytes("A=\u00ff\u00fe"),
                bytes("Z=2"),
                bytes("no equals"),
                bytes(""),
                bytes("=x"),
                bytes("E="));
        int pid = start(new CommandLine("/bin/sleep", list("sleep"), environment));
        assertThat(ProcFs.environment(pid)).containsExactlyElementsOf(environment);
    }

    @Test
    void whatOtherThreadsOpenMeanwhileIsNotPassedOn() throws IOException, InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        Thread opener = new Thread(() -> {
            while (!over.get()) {
                try (FileInputStream first = new FileInputStream("/dev/null");
                        FileInputStream second = new FileInputStream("/dev/null")) {
                    assertThat(first).isNotSameAs(second);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        opener.start();
        try {
            for (int i = 0; i < 20; i++) {
                assertThat(descriptors(start(command("/bin/sleep", "sleep")))).isSubsetOf("0", "1", "2");
            }
        } finally {
            over.set(true);
            opener.join();
        }
    }

    @Test
    void onlyTheDescriptorsThatJltraceWasGivenArePassedOn() throws IOException, InterruptedException {
        try (FileInputStream open = new FileInputStream("/dev/null")) {
            assertThat(open.getFD().valid()).isTrue();
            Set<String> expected = new TreeSet<>();
            for (int descriptor = 0; descriptor <= 2; descriptor++) {
                if (Files.exists(Path.of("/proc/self/fd/" + descriptor))) {
                    expected.add(Integer.toString(descriptor));
                }
            }
            int pid = start(command("/bin/sleep", "sleep"));
            assertThat(descriptors(pid)).isEqualTo(expected);
        }
    }

    private static Set<String> descriptors(int pid) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return new TreeSet<>(
                    files.map(file -> file.getFileName().toString()).toList());
        }
    }

    @Test
    void signalsAreAsJltraceFoundThem() throws IOException, InterruptedException {
        int pid = start(command("/bin/sleep", "sleep"));
        assertThat(ProcFs.statusMask(pid, "SigBlk")).isEqualTo(ProcFs.statusMask(ProcFs.ownPid(), "SigBlk"));
        long own = ProcFs.statusMask(ProcFs.ownPid(), "SigIgn") & ~OF_THE_C_LIBRARY;
        assertThat(ProcFs.statusMask(pid, "SigIgn")).isEqualTo(own);
        assertThat(ProcFs.statusMask(pid, "SigCgt")).isZero();
        assertThat(ProcFs.statusMask(pid, "SigPnd")).isZero();
    }

    @Test
    void aSignalThatWasIgnoredIsIgnored() throws IOException, InterruptedException {
        launcher.close();
        long ignored = (1L << (SIGXFSZ - 1)) | (1L << 31);
        launcher = new Launcher(new JnaProcessControl(), new InheritedState(Set.of(0, 1, 2), ignored, 0));
        int pid = start(command("/bin/sleep", "sleep"));
        assertThat(ProcFs.statusMask(pid, "SigIgn") & (ignored | OF_THE_C_LIBRARY))
                .isEqualTo(ignored);
    }

    @Test
    void aProgramRunsOnlyWhenItIsTold() throws IOException, InterruptedException {
        Path mark = directory.resolve("mark");
        int pid = launcher.start(command("/bin/sh", "sh", "-c", "echo ran > " + mark));
        Thread.sleep(50);
        assertThat(mark).doesNotExist();
        launcher.resume(pid);
        assertThat(launcher.awaitExit(pid).exitCode()).isZero();
        assertThat(mark).hasContent("ran");
    }

    @Test
    void nobodyIsItsTracerOnceItRuns() throws IOException, InterruptedException {
        Path status = directory.resolve("status");
        run(command("/bin/sh", "sh", "-c", "grep -e TracerPid -e PPid /proc/$$/status > " + status));
        assertThat(Files.readAllLines(status))
                .anyMatch(line -> line.matches("TracerPid:\\s+0"))
                .anyMatch(line -> line.matches("PPid:\\s+" + ProcFs.ownPid()));
    }

    @Test
    void theEndIsKnown() throws IOException, InterruptedException {
        ProcessControl.WaitStatus exited = run(command("/bin/sh", "sh", "-c", "exit 7"));
        assertThat(exited.exited()).isTrue();
        assertThat(exited.exitCode()).isEqualTo(7);
        ProcessControl.WaitStatus killed = run(command("/bin/sh", "sh", "-c", "kill -11 $$"));
        assertThat(killed.exited()).isFalse();
        assertThat(killed.termSignal()).isEqualTo(11);
    }

    @Test
    void aScriptIsItsInterpreter() throws IOException, InterruptedException {
        Path script = file("script", bytes("#!/bin/sh -e\nexit 5\n"), "rwxr-xr-x");
        int pid = start(command(script.toString(), "script", "x"));
        assertThat(ProcFs.commandLine(pid))
                .containsExactly(bytes("/bin/sh"), bytes("-e"), bytes(script.toString()), bytes("x"));
        assertThat(run(command(script.toString(), "script")).exitCode()).isEqualTo(5);
    }

    @Test
    void whatIsNoProgramIsToldSo() throws IOException {
        fails(command(file("text", bytes("exit 5\n"), "rwxr-xr-x").toString(), "text"), 126, "not a program");
        fails(command(file("empty", new byte[0], "rwxr-xr-x").toString(), "empty"), 126, "not a program");
        fails(command(file("elf", bytes("\u007fELF garbage"), "rwxr-xr-x").toString(), "elf"), 126, "not a program");
    }

    @Test
    void aMissingInterpreterIsToldSo() throws IOException {
        fails(command(file("s", bytes("#!/no/such/interpreter\n"), "rwxr-xr-x").toString(), "s"), 127, "interpreter");
        fails(command(directory.resolve("none").toString(), "none"), 127, "does not exist");
    }

    @Test
    void whatMayNotBeExecutedIsToldSo() throws IOException {
        fails(command(file("plain", bytes("#!/bin/sh\n"), "rw-r--r--").toString(), "plain"), 126, "permission denied");
        fails(command(directory.toString(), "directory"), 126, "permission denied");
    }

    @Test
    void argumentsThatAreTooLongAreToldSo() {
        fails(command("/bin/sleep", "sleep", "x".repeat(200_000)), 126, "argument list too long");
    }

    @Test
    void severalProgramsCanWaitAtOnce() throws IOException, InterruptedException {
        int first = start(command("/bin/sleep", "sleep", "60"));
        int second = start(command("/bin/sleep", "sleep", "61"));
        assertThat(second).isNotEqualTo(first);
        launcher.resume(second);
        launcher.resume(first);
    }

    @Test
    void anAbandonedProgramIsGone() throws IOException, InterruptedException {
        Path mark = directory.resolve("mark");
        int pid = launcher.start(command("/bin/sh", "sh", "-c", "echo ran > " + mark));
        launcher.abandon(pid);
        assertThat(ProcFs.exists(pid)).isFalse();
        assertThat(mark).doesNotExist();
    }
}
