package jltrace.call;

import jltrace.target.AddressSpace;
import jltrace.target.ObjectTable;

/** A process under trace. */
public final class TracedProcess {
    private static final int SIGKILL = 9;

    private final int pid;
    private final AddressSpace addressSpace;
    private int program;
    private int threads;
    private int exitStatus = -1;
    private int fatalSignal;
    private boolean endedByItself;
    private boolean awaitsProgram;
    private final CallerCache callers = new CallerCache();

    TracedProcess(int pid, AddressSpace addressSpace, int program) {
        this.pid = pid;
        this.addressSpace = addressSpace;
        this.program = program;
    }

    public int pid() {
        return pid;
    }

    public AddressSpace addressSpace() {
        return addressSpace;
    }

    /** The number of the file that it was started from, or {@link ObjectTable#NO_OBJECT} while that is not known. */
    public int program() {
        return program;
    }

    /** What it gave to the kernel as its exit status, or -1 if that was not seen. */
    public int exitStatus() {
        return exitStatus;
    }

    /** The signal without a handler that reached it last, or 0. */
    public int fatalSignal() {
        return fatalSignal;
    }

    TracedProcess fork(int childPid) {
        return new TracedProcess(childPid, addressSpace.copy(), program);
    }

    /** Who called which function from where, in this address space. */
    CallerCache callers() {
        return callers;
    }

    void map(long start, long end, long fileOffset, int object) {
        addressSpace.map(start, end, fileOffset, object);
        callers.clear();
    }

    void becomeAnotherProgram() {
        addressSpace.clear();
        callers.clear();
        program = ObjectTable.NO_OBJECT;
        awaitsProgram = true;
        endedByItself = false;
    }

    /** Whether the next executable mapping is the program's. */
    boolean awaitsProgram() {
        return awaitsProgram;
    }

    void programIs(int object) {
        program = object;
        awaitsProgram = false;
    }

    void threadStarted() {
        threads++;
    }

    /**
     * Says that a thread ended.
     *
     * @param killed whether it got SIGKILL. When a process ends by itself the kernel sends that to all of its threads but the one
     *     that ended it; only if every thread got it was it a signal to the process.
     * @return whether it was the last
     */
    boolean threadEnded(boolean killed) {
        threads--;
        endedByItself |= !killed;
        if (threads <= 0 && !endedByItself) {
            fatalSignal = SIGKILL;
        }
        return threads <= 0;
    }

    void exitStatusIs(int status) {
        exitStatus = status & 0xff;
    }

    void fatalSignalIs(int signal) {
        fatalSignal = signal;
    }
}
