package jltrace.sys;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a process may do of what tracing needs (capabilities(7), perf_event_open(2), {@code kernel/events/core.c}).
 *
 * @param capabilities the effective ones, bit N for capability number N
 * @param perfEventParanoid {@code kernel.perf_event_paranoid}; -1 allows everybody everything
 * @param lockableBytes memory for rings that a user has without CAP_IPC_LOCK: {@code kernel.perf_event_mlock_kb} for each CPU,
 *     and what RLIMIT_MEMLOCK allows
 * @param lockedDown whether the kernel is locked down so that nobody may trace (kernel_lockdown(7), confidentiality)
 */
public record Privileges(long capabilities, int perfEventParanoid, long lockableBytes, boolean lockedDown) {
    private static final int CAP_SETGID = 6;
    private static final int CAP_SETUID = 7;
    private static final int CAP_IPC_LOCK = 14;
    private static final int CAP_SYS_PTRACE = 19;
    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_PERFMON = 38;

    /** Those of this process. */
    public static Privileges own() throws IOException {
        int cpus = SysFs.onlineCpus().length;
        long limit = ProcFs.ownLockedMemoryLimit();
        long allowance = cpus * (ProcFs.perfEventMlockKilobytes() << 10);
        return new Privileges(
                ProcFs.statusMask(ProcFs.ownPid(), "CapEff"),
                ProcFs.perfEventParanoid(),
                limit > Long.MAX_VALUE - allowance ? Long.MAX_VALUE : limit + allowance,
                SysFs.isLockedDown());
    }

    private boolean has(int capability) {
        return ((capabilities >> capability) & 1) != 0;
    }

    /**
     * What of the kernel's settings and capabilities is missing, in words.
     *
     * @param ringBytes the size of all rings together
     */
    public List<String> missing(long ringBytes) {
        List<String> missing = new ArrayList<>();
        if (lockedDown) {
            missing.add("a kernel that is not locked down (/sys/kernel/security/lockdown says confidentiality)");
        }
        if (perfEventParanoid > -1) {
            if (!has(CAP_PERFMON) && !has(CAP_SYS_ADMIN)) {
                missing.add("CAP_PERFMON");
            }
            if (!has(CAP_IPC_LOCK) && ringBytes > lockableBytes) {
                missing.add(String.format(
                        Locale.ROOT,
                        "CAP_IPC_LOCK (the rings take %d KB, %d KB are allowed without; see -m)",
                        ringBytes >> 10,
                        lockableBytes >> 10));
            }
        }
        return missing;
    }

    /** Whether this process may start programs as other users. */
    public boolean mayBecomeOthers() {
        return has(CAP_SETUID) && has(CAP_SETGID);
    }

    /** Whether programs that are set-user-ID keep their owner's rights although this process stops them at their start (execve(2)). */
    public boolean keepsSetuid() {
        return has(CAP_SYS_PTRACE);
    }
}
