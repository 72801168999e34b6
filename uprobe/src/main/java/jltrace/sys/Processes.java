package jltrace.sys;

/** What the kernel says of processes without {@code /proc}. */
public final class Processes {
    private Processes() {}

    /** Whether there is a process with this pid, of whichever user; a zombie is one. */
    public static boolean exists(int pid) {
        try {
            new JnaProcessControl().kill(pid, 0);
            return true;
        } catch (SyscallException e) {
            return e.errno() != Errno.ESRCH;
        }
    }
}
