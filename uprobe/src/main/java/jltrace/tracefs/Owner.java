package jltrace.tracefs;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import jltrace.sys.ProcFs;
import jltrace.sys.Processes;

/**
 * Whose a group of events is. The group's name carries it, so that a later jltrace can tell whether the owner is gone:
 * {@code jltrace_PID_START_NAMESPACE_N}.
 *
 * @param pid in its own pid namespace
 * @param startTimeTicks field 22 of {@code /proc/PID/stat}: tells a process from a later one with the same pid
 * @param pidNamespace the inode number of its pid namespace: elsewhere the pid means another process
 */
public record Owner(int pid, long startTimeTicks, long pidNamespace) {
    private static final String PREFIX = "jltrace";

    /** Whether an owner is still there. */
    public enum Life {
        ALIVE,
        GONE,
        /** Its pid belongs to another pid namespace, or its start time is hidden, so it can't be told. */
        UNKNOWN
    }

    /** This process. */
    public static Owner self() throws IOException {
        int pid = ProcFs.ownPid();
        if (!ProcFs.isOfOwnPidNamespace()) {
            throw new IOException("/proc shows the processes of another pid namespace; mount this one's there");
        }
        OptionalLong start = ProcFs.startTimeTicks(pid);
        if (start.isEmpty()) {
            throw new IOException("cannot read the start time of this process; is /proc mounted?");
        }
        return new Owner(pid, start.getAsLong(), ProcFs.pidNamespace(pid));
    }

    /** The name of this owner's group with the given number. */
    public String group(int number) {
        return PREFIX + "_" + pid + "_" + startTimeTicks + "_" + pidNamespace + "_" + number;
    }

    /** The owner that a group's name tells, if it is one of jltrace's. */
    public static Optional<Owner> ofGroup(String group) {
        String[] parts = group.split("_", -1);
        if (parts.length != 5 || !parts[0].equals(PREFIX)) {
            return Optional.empty();
        }
        try {
            Integer.parseUnsignedInt(parts[4]);
            return Optional.of(
                    new Owner(Integer.parseInt(parts[1]), Long.parseLong(parts[2]), Long.parseLong(parts[3])));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether it is still there, as seen from this process. Any doubt is {@link Life#UNKNOWN}. */
    public Life life() {
        try {
            if (!ProcFs.isOfOwnPidNamespace() || ProcFs.pidNamespace(ProcFs.ownPid()) != pidNamespace) {
                return Life.UNKNOWN;
            }
            OptionalLong start = ProcFs.startTimeTicks(pid);
            if (start.isPresent()) {
                return start.getAsLong() == startTimeTicks ? Life.ALIVE : Life.GONE;
            }
        } catch (IOException e) {
            return Life.UNKNOWN;
        }
        // /proc may hide other users' processes (hidepid); the kernel does not deny that they exist.
        return Processes.exists(pid) ? Life.UNKNOWN : Life.GONE;
    }
}
