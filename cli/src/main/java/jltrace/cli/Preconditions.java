package jltrace.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import jltrace.plan.EntryMode;
import jltrace.sys.Linux;
import jltrace.sys.Privileges;
import jltrace.sys.ProcFs;
import jltrace.sys.SysFs;
import jltrace.tracefs.TraceFs;

/** What has to be so before anything is traced: arguments that go together, privileges, processes that are there. */
final class Preconditions {
    /** The kernel maps rings of whole pages, and of powers of two. */
    private static final long SMALLEST_RING = 4096;

    private static final long LARGEST_RING = 1 << 30;

    private final TraceArguments arguments;
    private final Linux linux;

    Preconditions(TraceArguments arguments, Linux linux) {
        this.arguments = arguments;
        this.linux = linux;
    }

    /**
     * Checks all of it.
     *
     * @throws Failure that says what is wrong, and what to do
     */
    void check() throws Failure, IOException {
        if (arguments.command.isEmpty() && arguments.pids.isEmpty()) {
            throw new Failure("nothing to trace: give a COMMAND or -p PID; see jltrace --help", Main.FAILED);
        }
        if (!arguments.command.isEmpty() && !arguments.pids.isEmpty()) {
            throw new Failure("give a COMMAND or -p PID, not both", Main.FAILED);
        }
        if (!arguments.user.isEmpty() && arguments.command.isEmpty()) {
            throw new Failure("-u is for a COMMAND; the processes of -p run already", Main.FAILED);
        }
        if (arguments.stringSize < 0) {
            throw new Failure("-s takes a number from 0, not " + arguments.stringSize, Main.FAILED);
        }
        if (arguments.arraySize < 0) {
            throw new Failure("-A takes a number from 0, not " + arguments.arraySize, Main.FAILED);
        }
        if (arguments.ringSize.bytes() < SMALLEST_RING || arguments.ringSize.bytes() > LARGEST_RING) {
            throw new Failure("-m takes a size from 4K to 1G", Main.FAILED);
        }
        if (arguments.followForks && arguments.entries == EntryMode.PLT) {
            throw new Failure(
                    "--entries plt does not go with -f: a program that a child becomes may call functions in other ways",
                    Main.FAILED);
        }
        checkPrivileges(Privileges.own());
        for (int pid : arguments.pids) {
            if (!ProcFs.exists(pid)) {
                throw new Failure("no process " + pid, Main.FAILED);
            }
            if (!ProcFs.mayLookInto(pid)) {
                throw new Failure(
                        "process " + pid + " is another user's, or has rights that this user has not; use sudo",
                        Main.FAILED);
            }
            if (pid == ProcFs.ownPid()) {
                throw new Failure("process " + pid + " is jltrace itself", Main.FAILED);
            }
            int process = processOf(pid);
            if (process != pid) {
                throw new Failure(
                        pid + " is a thread of process " + process + "; all of its threads are traced with -p "
                                + process,
                        Main.FAILED);
            }
        }
    }

    private static int processOf(int pid) throws Failure {
        try {
            return ProcFs.processOf(pid);
        } catch (IOException e) {
            throw new Failure("no process " + pid, Main.FAILED);
        }
    }

    private void checkPrivileges(Privileges own) throws Failure, IOException {
        long ringBytes = (long) arguments.ringBytes() * SysFs.onlineCpus().length;
        List<String> missing = new ArrayList<>(own.missing(ringBytes));
        TraceFs.missingAccess().ifPresent(missing::add);
        if (!missing.isEmpty()) {
            String lacking = "lacks " + String.join(", ", missing);
            throw new Failure(
                    linux.effectiveUserId() == 0
                            ? "root " + lacking + "; a container is given capabilities by --cap-add"
                            : "this user " + lacking
                                    + "; use sudo, or let root run bin/grant GROUP once, which lets a group trace",
                    Main.FAILED);
        }
        if (!arguments.user.isEmpty() && !own.mayBecomeOthers()) {
            throw new Failure("-u needs CAP_SETUID and CAP_SETGID; use sudo", Main.FAILED);
        }
    }
}
