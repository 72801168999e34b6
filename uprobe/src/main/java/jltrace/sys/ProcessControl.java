package jltrace.sys;

import java.util.List;

/**
 * Starting, stopping at exec, and waiting for the traced program. The ptrace calls must all come from one thread; none
 * of them is used once the program runs.
 */
public interface ProcessControl {
    int SIGKILL = 9;

    /** What waitpid(2) reported. */
    record WaitStatus(int pid, int status) {
        public boolean exited() {
            return (status & 0x7f) == 0;
        }

        public int exitCode() {
            return (status >> 8) & 0xff;
        }

        public int termSignal() {
            return status & 0x7f;
        }

        public boolean stopped() {
            return (status & 0xff) == 0x7f;
        }

        /** Whether this is the stop that PTRACE_O_TRACEEXEC asks for. */
        public boolean stoppedAtExec() {
            return stopped() && status >> 8 == (5 | 4 << 8);
        }
    }

    /**
     * What a new process starts with.
     *
     * @param path the program's file
     * @param arguments from argv[0] on, as bytes: a program's arguments need not be text in any encoding
     * @param environment {@code NAME=value} entries, in the order in which the program shall see them
     * @param blockedSignals signal mask, bit N - 1 for signal N
     * @param ignoredSignals signals of the C library's own that are ignored, bit N - 1 for signal N; others are as in this process
     * @param gate a FIFO that the new process opens for reading, and so waits at, before it becomes the program
     * @param gateDescriptor a descriptor number that the program does not inherit
     * @param closedDescriptors other numbers that it does not inherit, open or not
     */
    record Start(
            String path,
            List<byte[]> arguments,
            List<byte[]> environment,
            long blockedSignals,
            long ignoredSignals,
            String gate,
            int gateDescriptor,
            List<Integer> closedDescriptors) {}

    /**
     * posix_spawn(3). Blocks until the new process is the program, so another thread has to open the gate.
     *
     * @return the process id
     */
    int spawn(Start start) throws SyscallException;

    /**
     * Makes the calling thread, and the processes that it starts from now on, a user's: ids, groups, and what capabilities are left. The
     * other threads stay as they are, so the thread should do nothing else afterwards.
     */
    void become(UserAccount user) throws SyscallException;

    /**
     * Takes capabilities from the calling thread, and so from the programs that it starts.
     *
     * @param capabilities bit N for capability number N, up to 63
     */
    void giveUp(long capabilities) throws SyscallException;

    /** The calling thread's id. */
    int threadId();

    void makeFifo(String path) throws SyscallException;

    /** Leaves a signal ignored in this process, and so in programs that it starts. */
    void ignoreSignal(int signal);

    /** PTRACE_SEIZE with a stop at the next exec; until it is detached from, the process does not outlive this one. */
    void seizeUntilExec(int pid) throws SyscallException;

    /** PTRACE_DETACH of a stopped process. */
    void detach(int pid) throws SyscallException;

    /** Waits for a state change of a child or traced process. */
    WaitStatus waitFor(int pid) throws SyscallException;

    void kill(int pid, int signal) throws SyscallException;
}
