package jltrace.call;

import jltrace.target.AddressSpace;
import jltrace.target.ObjectTable;

/** A process under trace. */
public final class TracedProcess {
    private final int pid;
    private final AddressSpace addressSpace;
    private int program;
    private int threads;
    private int exitStatus = -1;
    private int fatalSignal;
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

    /** Returns whether it was the last. */
    boolean threadEnded() {
        return --threads <= 0;
    }

    void exitStatusIs(int status) {
        exitStatus = status & 0xff;
    }

    void fatalSignalIs(int signal) {
        fatalSignal = signal;
    }
}
