package jltrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes whose files are not those that their paths lead to here: what they have mapped is traced. */
@OnKernel
class MappedFilesKernelTest {
    private static final String LIBRARY = "libcalls.so.1";
    /** The same functions at other addresses. */
    private static final Path MOVED = Fixtures.BUILD.resolve("moved").resolve(LIBRARY);

    @TempDir
    Path folder;

    private Path server = Path.of("");

    @BeforeEach
    void copy() throws IOException {
        server = folder.resolve("server");
        Files.copy(Fixtures.BUILD.resolve("server"), server, StandardCopyOption.COPY_ATTRIBUTES);
        Files.copy(Fixtures.BUILD.resolve(LIBRARY), folder.resolve(LIBRARY), StandardCopyOption.COPY_ATTRIBUTES);
    }

    @Test
    void aLibraryThatWasReplacedIsTracedAsItIsMapped() throws IOException, InterruptedException {
        try (RunningProcess process = RunningProcess.start(List.of(server.toString(), "2"))) {
            Path update = folder.resolve("update");
            Files.copy(MOVED, update);
            Files.move(update, folder.resolve(LIBRARY), StandardCopyOption.REPLACE_EXISTING);

            allCallsAreSeen(process);
        }
    }

    @Test
    void aProgramAndALibraryThatWereDeletedAreTraced() throws IOException, InterruptedException {
        try (RunningProcess process = RunningProcess.start(List.of(server.toString(), "2"))) {
            Files.delete(folder.resolve(LIBRARY));
            Files.delete(server);

            allCallsAreSeen(process);
        }
    }

    @Test
    void aFileOfAnotherMountNamespaceIsTracedAndNotTheOneAtItsPath() throws IOException, InterruptedException {
        String mount = "mount --bind " + MOVED + " " + folder.resolve(LIBRARY) + " && exec " + server + " 2";
        List<String> command = MountNamespace.unshare();
        command.addAll(List.of("sh", "-c", mount));
        try (RunningProcess process = RunningProcess.start(command)) {
            allCallsAreSeen(process);
        }
    }

    @Test
    void theFilesOfAnotherRootDirectoryAreTraced() throws IOException, InterruptedException {
        Path root = anotherRoot();
        try (RunningProcess process = RunningProcess.start(List.of("chroot", root.toString(), "/server", "2"))) {
            allCallsAreSeen(process);
        }
        List<String> command = MountNamespace.unshare();
        command.addAll(List.of("chroot", root.toString(), "/server", "2"));
        try (RunningProcess process = RunningProcess.start(command)) {
            allCallsAreSeen(process);
        }
    }

    @Test
    void aProgramThatIsStartedInAnotherRootDirectoryIsFollowed() throws IOException, InterruptedException {
        // Where the same path is another library here.
        Path root = anotherRoot();
        RunningTrace trace = Jltrace.of("/usr/sbin/chroot", root.toString(), "/server", "1")
                .withPrototypes()
                .with("-f", "-e", "starts_*")
                .input(Redirect.PIPE)
                .start();
        try (OutputStream input = trace.input()) {
            trace.awaitOutput(text -> text.contains("truth ready"));
            // Probed when its records were read, and then asked to call.
            Thread.sleep(1500);
            input.write("go 20\n".getBytes(StandardCharsets.US_ASCII));
            input.flush();
            trace.awaitOutput(text -> text.contains("truth done"));
        }
        TraceRun run = trace.end();

        assertThat(run.status()).isZero();
        assertThat(run.calls().of("starts_push"))
                .hasSize(20)
                .allSatisfy(call ->
                        assertThat(call.result()).isEqualTo(Long.toString(Long.parseLong(call.arguments()) + 1)))
                .extracting(TracedCall::caller)
                .containsOnly("server");
    }

    /** The server, the moved library beside it, and what else it needs. */
    private Path anotherRoot() throws IOException {
        Path root = Files.createDirectory(folder.resolve("root"));
        Files.copy(server, root.resolve("server"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.createDirectories(root.resolve("lib/x86_64-linux-gnu"));
        // Not beside the program: without /proc the loader does not know where that is.
        Files.copy(MOVED, root.resolve("lib/x86_64-linux-gnu").resolve(LIBRARY), StandardCopyOption.COPY_ATTRIBUTES);
        for (String path : List.of("lib64/ld-linux-x86-64.so.2", "lib/x86_64-linux-gnu/libc.so.6")) {
            Path copy = root.resolve(path);
            Files.createDirectories(copy.getParent());
            Files.copy(Path.of("/", path), copy);
        }
        return root;
    }

    /** Each of two threads makes 10 calls, and each call's result is right. */
    private static void allCallsAreSeen(RunningProcess process) throws IOException, InterruptedException {
        RunningTrace trace = Jltrace.alone()
                .withPrototypes()
                .with("-v", "-l", LIBRARY, "-p", Long.toString(process.pid()))
                .start();
        trace.awaitAttached();
        process.ask("go 10", "truth done");
        trace.awaitTrace(text -> text.lines().count() >= 20);
        trace.signal("INT");
        TraceRun run = trace.end();

        assertThat(run.calls().of("starts_push"))
                .hasSize(20)
                .allSatisfy(call ->
                        assertThat(call.result()).isEqualTo(Long.toString(Long.parseLong(call.arguments()) + 1)))
                .extracting(TracedCall::caller)
                .containsOnly("server");
        assertThat(process.ask("go 10", "truth done")).contains("truth done 10 calls in each of 2 threads");
        assertThat(process.end()).isZero();
    }
}
