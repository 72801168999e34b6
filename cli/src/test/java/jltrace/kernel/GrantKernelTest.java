package jltrace.kernel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tracing without root: what is missing is told, and {@code bin/grant} gives it to a group. */
@OnKernel
class GrantKernelTest {
    /** A group of every Debian, which nobody is not in. */
    private static final String GROUP = "users";

    private static final Path TRACEFS = Path.of("/sys/kernel/tracing");
    private static final String PROBES = "uprobe_events";

    private Path trace = Path.of("/dev/null");

    @BeforeAll
    static void build() throws IOException {
        assertThat(Jltrace.launcher()).isNotEmpty();
    }

    @BeforeEach
    void makeTrace() throws IOException {
        trace = Files.createTempFile("jltrace-grant", ".trace");
        Files.setPosixFilePermissions(trace, PosixFilePermissions.fromString("rw-rw-rw-"));
    }

    @AfterEach
    void removeTrace() throws IOException {
        Files.delete(trace);
    }

    @AfterAll
    static void revoke() throws IOException, InterruptedException {
        grant("--revoke");
        assertThat(permissions(TRACEFS)).isEqualTo("rwx------");
        assertThat(permissions(TRACEFS.resolve(PROBES))).isEqualTo("rw-r-----");
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static void grant(String argument) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Fixtures.ROOT.resolve("bin/grant").toString(), argument)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
        assertThat(process.waitFor()).as(output).isZero();
    }

    /** Runs as nobody, in some groups; the checkout is where nobody can get to, wherever it really is. */
    private TraceRun as(String groups, String... words) throws IOException, InterruptedException {
        List<String> command = MountNamespace.unshare();
        command.addAll(List.of(
                "sh",
                "-c",
                "mount --bind \"$0\" /mnt && cd /mnt/fixtures/build && exec setpriv --reuid nobody --regid nogroup --groups \"$@\"",
                Fixtures.ROOT.toString(),
                groups,
                "--"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Process process = builder.redirectInput(Path.of("/dev/null").toFile()).start();
        String output = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
        int status = process.waitFor();
        // Every program of the command became the next one: it is jltrace's pid.
        assertThat(Tracefs.probesOf(process.pid())).isEmpty();
        return new TraceRun(status, Jltrace.read(trace), output, "");
    }

    private TraceRun traced(String groups, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/mnt/bin/jltrace", "-o", trace.toString()));
        command.addAll(List.of(words));
        return as(groups, command.toArray(String[]::new));
    }

    @Test
    void whatIsMissingIsToldInOneLine() throws IOException, InterruptedException {
        grant("--revoke");
        TraceRun result = traced(GROUP, "./five-lazy");

        assertThat(result.status()).isEqualTo(125);
        assertThat(result.output().lines())
                .singleElement()
                .asString()
                .contains("CAP_PERFMON", "CAP_IPC_LOCK", "access to " + TRACEFS, "sudo", "bin/grant GROUP");
    }

    @Test
    void aMemberOfTheGroupTracesAsRootDoes() throws IOException, InterruptedException {
        grant(GROUP);
        TraceRun untraced = as(GROUP, "./five-lazy");
        TraceRun result = traced(GROUP, "./five-lazy");

        assertThat(result.status()).as(result.output()).isEqualTo(untraced.status());
        assertThat(result.output()).isEqualTo(untraced.output());
        assertThat(result.calls().counts())
                .containsAllEntriesOf(untraced.truth().counts());
    }

    @Test
    void theProgramHasNoneOfTheCapabilities() throws IOException, InterruptedException {
        grant(GROUP);
        String status = "grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs)' /proc/self/status; cat /proc/$$/environ >/dev/null";
        TraceRun result = traced(GROUP, "sh", "-c", status);

        assertThat(result.output()).contains("CapEff:\t0000000000000000");
        assertThat(result.output()).isEqualTo(as(GROUP, "sh", "-c", status).output());
    }

    @Test
    void whoIsNotInTheGroupMayNot() throws IOException, InterruptedException {
        grant(GROUP);
        TraceRun result = traced("nogroup", "./five-lazy");

        assertThat(result.status()).isEqualTo(125);
        assertThat(result.output()).contains("CAP_PERFMON").contains("access to " + TRACEFS);
        // The files that reach every process stay root's.
        TraceRun all = as(GROUP, "sh", "-c", "echo 0 >>" + TRACEFS + "/events/uprobes/enable");
        assertThat(all.status()).isNotZero();
    }

    @Test
    void anotherUsersProcessIsRefused() throws IOException, InterruptedException {
        grant(GROUP);
        TraceRun result =
                traced(GROUP, "-p", Long.toString(ProcessHandle.current().pid()));

        assertThat(result.status()).isEqualTo(125);
        assertThat(result.output().lines()).singleElement().asString().contains("another user's");
    }

    @Test
    void aSetuidProgramThatLosesItsRightsIsTold() throws IOException, InterruptedException {
        grant(GROUP);
        TraceRun result = traced(GROUP, "/usr/bin/passwd", "--help");

        assertThat(result.output()).contains("/usr/bin/passwd runs without its owner's rights");
    }

    @Test
    void nothingIsGrantedToAGroupThatDoesNotExist() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Fixtures.ROOT.resolve("bin/grant").toString(), "no-such-group")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), ISO_8859_1);

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(output).contains("there is no group no-such-group");
    }
}
