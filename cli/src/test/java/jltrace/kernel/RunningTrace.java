package jltrace.kernel;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A jltrace that is running. */
final class RunningTrace {
    private static final long LIMIT_SECONDS = 60;

    private final Process process;
    private final Path trace;
    private final Path output;
    private final Path errors;

    RunningTrace(Process process, Path trace, Path output, Path errors) {
        this.process = process;
        this.trace = trace;
        this.output = output;
        this.errors = errors;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What the traced program reads, if it was not redirected. */
    OutputStream input() {
        return process.getOutputStream();
    }

    /** The traced program's process id. */
    long programPid() throws InterruptedException, IOException {
        for (long waited = 0; waited < LIMIT_SECONDS * 1000; waited += 5) {
            var children = programs();
            if (!children.isEmpty()) {
                return children.get(0).pid();
            }
            Thread.sleep(5);
        }
        return fail("no program was started: " + Jltrace.read(errors));
    }

    /** The processes that it has started and that are there. */
    List<ProcessHandle> programs() {
        // Before it becomes java, bin/jltrace has children of its own.
        boolean started = process.info()
                .command()
                .filter(command -> command.endsWith("/java"))
                .isPresent();
        return started ? process.children().toList() : List.of();
    }

    /** Waits until the trace so far is as wanted. */
    void awaitTrace(Predicate<String> wanted) throws IOException, InterruptedException {
        await(trace, wanted);
    }

    /** Waits until the program's output so far is as wanted. */
    void awaitOutput(Predicate<String> wanted) throws IOException, InterruptedException {
        await(output, wanted);
    }

    /** Waits until the probes are in place; for one that was started with {@code -v}, which says so. */
    void awaitAttached() throws IOException, InterruptedException {
        await(errors, RunningTrace::tellsAttached);
    }

    /** Whether the probes are in place; for one that was started with {@code -v}. */
    boolean isAttached() throws IOException {
        return tellsAttached(Jltrace.read(errors));
    }

    private static boolean tellsAttached(String messages) {
        return messages.contains(" functions, ");
    }

    private void await(Path file, Predicate<String> wanted) throws IOException, InterruptedException {
        for (long waited = 0; waited < LIMIT_SECONDS * 1000; waited += 10) {
            boolean alive = process.isAlive() || file.equals(output);
            if (wanted.test(Jltrace.read(file))) {
                return;
            }
            if (!alive) {
                fail("jltrace ended before " + file.getFileName() + " was as wanted: " + Jltrace.read(errors));
            }
            Thread.sleep(10);
        }
        fail("waited for " + file.getFileName() + " in vain: " + Jltrace.read(file));
    }

    /** Sends a signal to jltrace alone. */
    void signal(String name) throws IOException, InterruptedException {
        Signals.send(name, process.pid());
    }

    /** Kills it, if it has not ended by itself. */
    void kill() {
        process.destroyForcibly();
    }

    /** Waits for its end. */
    TraceRun end() throws IOException, InterruptedException {
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.children().forEach(ProcessHandle::destroyForcibly);
            process.destroy();
            process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            fail("jltrace did not end; its trace so far:\n" + Jltrace.read(trace));
        }
        TraceRun run =
                new TraceRun(process.exitValue(), Jltrace.read(trace), Jltrace.read(output), Jltrace.read(errors));
        for (Path file : List.of(trace, output, errors)) {
            Files.deleteIfExists(file);
        }
        Files.deleteIfExists(trace.getParent());
        return run;
    }
}
