package jltrace.sys;

import java.io.IOException;

/** A system call failed: which, on what, and with which error number. */
public final class SyscallException extends IOException {
    private final int errno;

    /**
     * @param call the call with what it was asked, {@code perf_event_open(event 1234, pid 17, cpu 0)}
     * @param errno the error number, positive
     */
    public SyscallException(String call, int errno) {
        super(call + ": " + Errno.text(errno));
        this.errno = errno;
    }

    /** The error number, one of {@link Errno}'s. */
    public int errno() {
        return errno;
    }
}
