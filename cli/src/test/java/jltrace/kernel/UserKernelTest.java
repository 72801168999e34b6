package jltrace.kernel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code -u}: a program runs as setpriv(1) runs it for a user, with what su(1) sets in the environment. */
@OnKernel
class UserKernelTest {
    /** What a program can tell of whose it is. Of its own memory it may read all, as untraced. */
    private static final String WHO =
            "id; umask; grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp)' /proc/self/status; "
                    + "stat -c '%U %G %A' /proc/self/environ; cat /proc/$$/environ >/dev/null && echo dumpable";

    private Path folder = Path.of("/");

    /** A folder that the user can reach, whoever runs the tests. */
    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory("jltrace-user");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void removeFolder() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static String output(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Process process = builder.redirectInput(Path.of("/dev/null").toFile()).start();
        String output = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    /** The user with most groups. */
    private static String user() throws IOException, InterruptedException {
        List<String> users = new ArrayList<>();
        for (String entry : output("getent", "passwd").lines().toList()) {
            users.add(entry.substring(0, entry.indexOf(':')));
        }
        String best = "nobody";
        int most = 1;
        for (String user : users) {
            int groups = output("id", "-G", user).split(" ").length;
            if (groups > most && !output("id", "-u", user).strip().equals("0")) {
                most = groups;
                best = user;
            }
        }
        return best;
    }

    @Test
    void theProgramIsTheUsers() throws IOException, InterruptedException {
        String user = user();
        String group = output("id", "-g", user).strip();
        TraceRun run =
                Jltrace.of("/bin/sh", "-c", WHO).with("-u", user).in(folder).run();

        assertThat(run.status()).as(run.errors()).isZero();
        assertThat(run.output()).contains("uid=" + output("id", "-u", user).strip(), "dumpable");
        assertThat(run.output())
                .isEqualTo(output(
                        "setpriv", "--reuid", user, "--regid", group, "--init-groups", "--", "/bin/sh", "-c", WHO));
        assertThat(run.calls().calls()).isNotEmpty();
    }

    @Test
    void homeIsTheUsers() throws IOException, InterruptedException {
        String script = "echo $HOME:$SHELL:$USER:$LOGNAME:$KEPT";
        Jltrace jltrace = Jltrace.of("/bin/sh", "-c", script).with("-u", "nobody");
        jltrace.environment().put("KEPT", "too");
        ProcessBuilder su = new ProcessBuilder("su", "nobody", "-s", "/bin/sh", "-c", script);
        su.environment().put("KEPT", "too");
        Process process = su.start();
        String expected = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
        assertThat(process.waitFor()).isZero();

        // su -s says which shell it was given; without it, the user's own stands there.
        String shell = output("getent", "passwd", "nobody").strip().replaceAll(".*:", "");
        assertThat(jltrace.run().output()).isEqualTo(expected.replace(":/bin/sh:", ":" + shell + ":"));
    }

    @Test
    void aSetuidProgramIsStillItsOwners() throws IOException, InterruptedException {
        Path setuid = Files.copy(Path.of("/usr/bin/id"), folder.resolve("id"));
        output("chmod", "u+s", setuid.toString());
        TraceRun run = Jltrace.of(setuid.toString()).with("-u", "nobody").run();

        assertThat(run.output()).contains("(nobody)").contains("euid=0(root)");
        assertThat(run.output())
                .isEqualTo(output(
                        "setpriv",
                        "--reuid",
                        "nobody",
                        "--regid",
                        output("id", "-g", "nobody").strip(),
                        "--init-groups",
                        "--",
                        setuid.toString()));
        assertThat(run.lines()).anyMatch(line -> line.startsWith("geteuid() = 0"));
    }

    @Test
    void whatTheUserMayNotExecuteIsOneLine() throws IOException, InterruptedException {
        Path program = Files.copy(Path.of("/usr/bin/id"), folder.resolve("id"));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        TraceRun run = Jltrace.of(program.toString()).with("-u", "nobody").run();

        assertThat(run.status()).isEqualTo(126);
        assertThat(run.messages()).containsExactly("jltrace: cannot run " + program + ": permission denied");
    }

    @Test
    void wrongUsersAreOneLine() throws IOException, InterruptedException {
        TraceRun unknown = Jltrace.of("/bin/true").with("-u", "no-such-user").run();
        assertThat(unknown.status()).isEqualTo(125);
        assertThat(unknown.messages()).containsExactly("jltrace: no user no-such-user");

        TraceRun attached = Jltrace.alone().with("-u", "nobody", "-p", "1").run();
        assertThat(attached.status()).isEqualTo(125);
        assertThat(attached.messages()).singleElement().asString().contains("-u is for a COMMAND");
    }
}
