package jltrace;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jltrace.call.ProcessEnd;
import jltrace.sys.ProcessControl;
import jltrace.sys.SyscallException;
import jltrace.target.CommandLine;
import jltrace.target.Launcher;

/** The program that was started to be traced: this process's child, which has to wait for it. */
final class LaunchedProgram {
    private static final long EXIT_STATUS_SECONDS = 5;

    private final Launcher launcher;
    private final int pid;
    private final CompletableFuture<ProcessControl.WaitStatus> status = new CompletableFuture<>();
    private boolean runs;

    /** Starts it, and leaves it stopped before its first instruction. */
    LaunchedProgram(Launcher launcher, CommandLine command) throws IOException, InterruptedException {
        this.launcher = launcher;
        this.pid = launcher.start(command);
    }

    int pid() {
        return pid;
    }

    /**
     * Lets it run.
     *
     * @param whenOver called once, in another thread
     */
    void resume(Runnable whenOver) throws IOException, InterruptedException {
        launcher.resume(pid);
        runs = true;
        Thread waiter = new Thread(
                () -> {
                    try {
                        ProcessControl.WaitStatus changed;
                        do {
                            changed = launcher.awaitExit(pid);
                        } while (changed.stopped());
                        status.complete(changed);
                    } catch (SyscallException e) {
                        status.completeExceptionally(e);
                    }
                    whenOver.run();
                },
                "jltrace-waiter");
        waiter.setDaemon(true);
        waiter.start();
    }

    boolean isOver() {
        return status.isDone();
    }

    boolean runs() {
        return runs && !isOver();
    }

    /** How it ended; waits a little for the answer. */
    ProcessEnd end() {
        try {
            ProcessControl.WaitStatus last = status.get(EXIT_STATUS_SECONDS, TimeUnit.SECONDS);
            return last.exited()
                    ? new ProcessEnd(ProcessEnd.Kind.EXITED, last.exitCode())
                    : new ProcessEnd(ProcessEnd.Kind.KILLED, last.termSignal());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ProcessEnd.UNKNOWN;
        } catch (ExecutionException | TimeoutException e) {
            return ProcessEnd.UNKNOWN;
        }
    }

    /** Ends it if it was never let run. */
    void abandonUnlessResumed() throws IOException {
        if (!runs) {
            launcher.abandon(pid);
        }
    }
}
