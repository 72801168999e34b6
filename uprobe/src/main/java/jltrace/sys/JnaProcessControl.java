package jltrace.sys;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.List;

/** {@link ProcessControl} through the C library. */
public final class JnaProcessControl implements ProcessControl {
    private static final int O_RDONLY = 0;
    private static final int WALL = 0x40000000;
    private static final long SYS_SETGROUPS = 116;
    private static final long SYS_SETRESUID = 117;
    private static final long SYS_SETRESGID = 119;
    private static final long SYS_CAPGET = 125;
    private static final long SYS_CAPSET = 126;
    private static final long PTRACE_DETACH = 17;
    private static final int RLIMIT_NOFILE = 7;
    private static final long PTRACE_SEIZE = 0x4206;
    private static final long PTRACE_O_TRACEEXEC = 1 << 4;
    private static final long PTRACE_O_EXITKILL = 1 << 20;
    private static final short POSIX_SPAWN_SETSIGMASK = 0x08;
    private static final short POSIX_SPAWN_SETSIGDEF = 0x04;
    /** More than glibc's posix_spawnattr_t (336 bytes) and posix_spawn_file_actions_t (80 bytes). */
    private static final int OPAQUE_SIZE = 512;

    private static final int SIGSET_WORDS = 16;
    /** SIGCANCEL and SIGSETXID, 32 and 33: posix_spawn(3) leaves them ignored in the child unless they are named here. */
    private static final long INTERNAL_SIGNALS = 3L << 31;

    @Override
    public int spawn(Start start) throws SyscallException {
        int[] pid = new int[1];
        long limit = descriptorLimit();
        long[] mask = new long[SIGSET_WORDS];
        mask[0] = start.blockedSignals();
        long[] defaults = new long[SIGSET_WORDS];
        defaults[0] = INTERNAL_SIGNALS & ~start.ignoredSignals();
        try (Memory actions = new Memory(OPAQUE_SIZE);
                Memory attributes = new Memory(OPAQUE_SIZE);
                StringVector argv = new StringVector(start.arguments());
                StringVector envp = new StringVector(start.environment())) {
            LibC.posix_spawn_file_actions_init(actions);
            LibC.posix_spawnattr_init(attributes);
            LibC.posix_spawn_file_actions_addopen(actions, start.gateDescriptor(), start.gate(), O_RDONLY, 0);
            LibC.posix_spawn_file_actions_addclose(actions, start.gateDescriptor());
            for (int descriptor : start.closedDescriptors()) {
                // One that can't be open would make posix_spawn(3) fail.
                if (descriptor < limit) {
                    LibC.posix_spawn_file_actions_addclose(actions, descriptor);
                }
            }
            LibC.posix_spawnattr_setflags(attributes, (short) (POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
            LibC.posix_spawnattr_setsigdefault(attributes, defaults);
            LibC.posix_spawnattr_setsigmask(attributes, mask);
            int errno = LibC.posix_spawn(pid, start.path(), actions, attributes, argv.pointers(), envp.pointers());
            LibC.posix_spawn_file_actions_destroy(actions);
            LibC.posix_spawnattr_destroy(attributes);
            if (errno != 0) {
                throw new SyscallException("cannot run " + start.path(), errno);
            }
        }
        return pid[0];
    }

    private static long descriptorLimit() throws SyscallException {
        long[] limits = new long[2];
        try {
            LibC.prlimit(0, RLIMIT_NOFILE, null, limits);
        } catch (LastErrorException e) {
            throw new SyscallException("prlimit", e.getErrorCode());
        }
        return limits[0] < 0 ? Long.MAX_VALUE : limits[0];
    }

    @Override
    public void become(UserAccount user) throws SyscallException {
        int[] groups = user.groups().stream().mapToInt(Integer::intValue).toArray();
        int group = user.groupId();
        int id = user.userId();
        try {
            // Not the C library's functions, which change all threads; the kernel keeps these ids for each thread.
            LibC.syscall(SYS_SETGROUPS, groups.length, groups);
            LibC.syscall(SYS_SETRESGID, group, group, group);
            LibC.syscall(SYS_SETRESUID, id, id, id);
        } catch (LastErrorException e) {
            throw new SyscallException("cannot become user " + user.name(), e.getErrorCode());
        }
    }

    @Override
    public void giveUp(long capabilities) throws SyscallException {
        // struct __user_cap_header_struct: version 3, this thread. Then low and high words of effective, permitted,
        // inheritable.
        int[] header = {0x20080522, 0};
        int[] sets = new int[6];
        try {
            LibC.syscall(SYS_CAPGET, header, sets);
            for (int i = 0; i < sets.length; i++) {
                sets[i] &= ~(int) (i < sets.length / 2 ? capabilities : capabilities >>> Integer.SIZE);
            }
            // What is not inheritable is not ambient either, capabilities(7).
            LibC.syscall(SYS_CAPSET, header, sets);
        } catch (LastErrorException e) {
            throw new SyscallException("capset", e.getErrorCode());
        }
    }

    @Override
    public int threadId() {
        return LibC.gettid();
    }

    @Override
    public void makeFifo(String path) throws SyscallException {
        try {
            LibC.mkfifo(path, 0600);
        } catch (LastErrorException e) {
            throw new SyscallException("mkfifo(" + path + ")", e.getErrorCode());
        }
    }

    @Override
    public void ignoreSignal(int signal) {
        LibC.signal(signal, new Pointer(1));
    }

    @Override
    public void seizeUntilExec(int pid) throws SyscallException {
        ptrace("PTRACE_SEIZE", PTRACE_SEIZE, pid, PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
    }

    @Override
    public void detach(int pid) throws SyscallException {
        ptrace("PTRACE_DETACH", PTRACE_DETACH, pid, 0);
    }

    private static void ptrace(String name, long request, int pid, long data) throws SyscallException {
        try {
            LibC.ptrace(request, pid, 0, data);
        } catch (LastErrorException e) {
            throw new SyscallException("ptrace(" + name + ", " + pid + ")", e.getErrorCode());
        }
    }

    @Override
    public WaitStatus waitFor(int pid) throws SyscallException {
        int[] status = new int[1];
        while (true) {
            try {
                return new WaitStatus(LibC.waitpid(pid, status, WALL), status[0]);
            } catch (LastErrorException e) {
                if (e.getErrorCode() != Errno.EINTR) {
                    throw new SyscallException("waitpid(" + pid + ")", e.getErrorCode());
                }
            }
        }
    }

    @Override
    public void kill(int pid, int signal) throws SyscallException {
        try {
            LibC.kill(pid, signal);
        } catch (LastErrorException e) {
            throw new SyscallException("kill(" + pid + ", " + signal + ")", e.getErrorCode());
        }
    }

    /** A null-terminated array of C strings. */
    private static final class StringVector implements AutoCloseable {
        private final Memory pointers;
        private final Memory characters;

        StringVector(List<byte[]> strings) {
            long size = 1;
            for (byte[] string : strings) {
                size += string.length + 1;
            }
            characters = new Memory(size);
            characters.clear();
            pointers = new Memory(8L * (strings.size() + 1));
            pointers.clear();
            long at = 0;
            for (int i = 0; i < strings.size(); i++) {
                byte[] bytes = strings.get(i);
                characters.write(at, bytes, 0, bytes.length);
                pointers.setPointer(8L * i, characters.share(at));
                at += bytes.length + 1;
            }
        }

        Pointer pointers() {
            return pointers;
        }

        @Override
        public void close() {
            pointers.close();
            characters.close();
        }
    }
}
