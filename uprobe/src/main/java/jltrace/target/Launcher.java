package jltrace.target;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jltrace.sys.Errno;
import jltrace.sys.ProcFs;
import jltrace.sys.ProcessControl;
import jltrace.sys.SyscallException;
import jltrace.sys.UserAccount;
import org.jspecify.annotations.Nullable;

/**
 * Starts a program and stops it before its first instruction, so that probes can be placed on it.
 *
 * <p>The new process waits at a FIFO that posix_spawn(3) has it open, until it is under ptrace; it then becomes the program
 * and stops at that. No shell is in between: the program sees the arguments, environment, descriptors and signals that
 * jltrace was given. ptrace(2) ends before the program's first instruction.
 */
public final class Launcher implements AutoCloseable {
    private static final int FIRST_FREE_DESCRIPTOR = 3;
    private static final int OPENED_MEANWHILE = 64;
    private static final int SIGPIPE = 13;
    private static final int SIGXFSZ = 25;
    private static final long POLL_MILLIS = 1;

    private final ProcessControl control;
    private final InheritedState inherited;
    /** Whose programs they are; null for this process's user. */
    private final @Nullable UserAccount user;
    /** All ptrace calls must come from one thread. */
    private final ExecutorService tracer = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "jltrace-launcher");
        thread.setDaemon(true);
        return thread;
    });

    /** Starts programs as this process's user. */
    public Launcher(ProcessControl control, InheritedState inherited) {
        this(control, inherited, null);
    }

    /**
     * Starts programs as a user.
     *
     * @param user null for this process's
     */
    public Launcher(ProcessControl control, InheritedState inherited, @Nullable UserAccount user) {
        this.control = control;
        this.inherited = inherited;
        this.user = user;
    }

    /**
     * Starts the program and leaves it stopped.
     *
     * @return its process id
     * @throws LaunchException if the kernel can't execute it
     */
    public int start(CommandLine command) throws IOException, InterruptedException {
        return await(tracer.submit(() -> startStopped(command)));
    }

    /** Lets the stopped program run. */
    public void resume(int pid) throws IOException, InterruptedException {
        await(tracer.submit(() -> {
            control.detach(pid);
            return pid;
        }));
    }

    /** Ends a program that has not run yet. */
    public void abandon(int pid) throws IOException {
        control.kill(pid, ProcessControl.SIGKILL);
        ProcessControl.WaitStatus status;
        do {
            status = control.waitFor(pid);
        } while (status.stopped());
    }

    /** Waits until the program ends. */
    public ProcessControl.WaitStatus awaitExit(int pid) throws SyscallException {
        return control.waitFor(pid);
    }

    @Override
    public void close() {
        tracer.shutdown();
    }

    private int startStopped(CommandLine command) throws IOException, InterruptedException {
        Path directory = PrivateFolder.create();
        Path gate = directory.resolve("gate");
        try {
            control.makeFifo(gate.toString());
            if (user != null) {
                // The user's group may pass through the folder, not write there, so the gate stays what it is.
                Files.setAttribute(gate, "unix:uid", user.userId());
                Files.setAttribute(directory, "unix:gid", user.groupId());
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x---"));
            }
            return startBehind(gate, command);
        } finally {
            Files.deleteIfExists(gate);
            Files.delete(directory);
        }
    }

    private int startBehind(Path gate, CommandLine command) throws IOException, InterruptedException {
        int gateDescriptor = FIRST_FREE_DESCRIPTOR;
        while (inherited.descriptors().contains(gateDescriptor)) {
            gateDescriptor++;
        }
        for (int signal : new int[] {SIGPIPE, SIGXFSZ}) {
            // The JVM handles these two itself; ignoring them changes nothing for it.
            if (((inherited.ignoredSignals() >> (signal - 1)) & 1) != 0) {
                control.ignoreSignal(signal);
            }
        }
        ProcessControl.Start start = new ProcessControl.Start(
                command.path(),
                command.arguments(),
                user == null ? command.environment() : user.environment(command.environment()),
                ProcFs.statusMask(ProcFs.ownPid(), "SigBlk"),
                inherited.ignoredSignals(),
                gate.toString(),
                gateDescriptor,
                closedDescriptors(gateDescriptor));

        CompletableFuture<Integer> spawnerThreadId = new CompletableFuture<>();
        CompletableFuture<Integer> spawned = new CompletableFuture<>();
        Thread spawner = new Thread(
                () -> {
                    spawnerThreadId.complete(control.threadId());
                    try {
                        if (inherited.lentCapabilities() != 0) {
                            control.giveUp(inherited.lentCapabilities());
                        }
                        if (user != null) {
                            control.become(user);
                        }
                        spawned.complete(control.spawn(start));
                    } catch (SyscallException e) {
                        spawned.completeExceptionally(e);
                    }
                },
                "jltrace-spawner");
        spawner.setDaemon(true);
        spawner.start();

        int pid = awaitChild(await(spawnerThreadId), spawned, command);
        try {
            control.seizeUntilExec(pid);
        } catch (SyscallException e) {
            // It would wait at the gate for ever.
            control.kill(pid, ProcessControl.SIGKILL);
            throw new LaunchException(
                    "cannot stop " + command.path() + " at its start: " + e.getMessage()
                            + "; jltrace can't run under strace -f or another tracer of its children",
                    LaunchException.NOT_EXECUTABLE);
        }
        try (FileOutputStream opened = new FileOutputStream(gate.toFile())) {
            opened.flush();
        }
        ProcessControl.WaitStatus status = awaitExec(pid, spawned, command);
        if (!status.stoppedAtExec()) {
            awaitSpawn(spawned, command);
            throw new LaunchException(command.path() + " ended before it began", LaunchException.NOT_EXECUTABLE);
        }
        return pid;
    }

    /**
     * What this process has open beside what it was given, and numbers behind that: until the new process is there, other threads open
     * files, the one that waits for it among them, and the JVM does not mark them as its own.
     */
    private List<Integer> closedDescriptors(int gateDescriptor) throws IOException {
        int highest = FIRST_FREE_DESCRIPTOR;
        for (int descriptor : ProcFs.ownDescriptors()) {
            highest = Math.max(highest, descriptor);
        }
        List<Integer> closed = new ArrayList<>();
        for (int descriptor = 0; descriptor <= highest + OPENED_MEANWHILE; descriptor++) {
            if (descriptor != gateDescriptor && !inherited.descriptors().contains(descriptor)) {
                closed.add(descriptor);
            }
        }
        return closed;
    }

    private ProcessControl.WaitStatus awaitExec(int pid, Future<Integer> spawned, CommandLine command)
            throws IOException, InterruptedException {
        try {
            return control.waitFor(pid);
        } catch (SyscallException e) {
            if (e.errno() == Errno.ECHILD) {
                // posix_spawn(3) itself has waited for a child that could not become the program.
                awaitSpawn(spawned, command);
            }
            throw e;
        }
    }

    /** The process that the spawner's thread is making, which does not return until it is the program. */
    private int awaitChild(int spawnerThreadId, Future<Integer> spawned, CommandLine command)
            throws IOException, InterruptedException {
        while (true) {
            List<Integer> children = ProcFs.childrenOfOwnThread(spawnerThreadId);
            if (!children.isEmpty()) {
                return children.get(0);
            }
            if (spawned.isDone()) {
                awaitSpawn(spawned, command);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static int awaitSpawn(Future<Integer> spawned, CommandLine command)
            throws IOException, InterruptedException {
        try {
            return await(spawned);
        } catch (SyscallException e) {
            throw switch (e.errno()) {
                case Errno.ENOENT ->
                    new LaunchException(
                            "cannot run " + command.path() + ": it, or the interpreter that it names, does not exist",
                            LaunchException.NOT_FOUND);
                case Errno.ENOEXEC ->
                    new LaunchException(
                            "cannot run " + command.path() + ": not a program for this machine, or a script without #!",
                            LaunchException.NOT_EXECUTABLE);
                default ->
                    new LaunchException(
                            "cannot run " + command.path() + ": " + Errno.text(e.errno()),
                            LaunchException.NOT_EXECUTABLE);
            };
        }
    }

    private static <T> T await(Future<T> future) throws IOException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            if (e.getCause() instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
