package jltrace.cli.output;

/** Names and descriptions of Linux's signals on x86-64, signal(7) and strsignal(3). */
final class SignalNames {
    private static final String[] NAMES = {
        "HUP|Hangup",
        "INT|Interrupt",
        "QUIT|Quit",
        "ILL|Illegal instruction",
        "TRAP|Trace/breakpoint trap",
        "ABRT|Aborted",
        "BUS|Bus error",
        "FPE|Floating point exception",
        "KILL|Killed",
        "USR1|User defined signal 1",
        "SEGV|Segmentation fault",
        "USR2|User defined signal 2",
        "PIPE|Broken pipe",
        "ALRM|Alarm clock",
        "TERM|Terminated",
        "STKFLT|Stack fault",
        "CHLD|Child exited",
        "CONT|Continued",
        "STOP|Stopped (signal)",
        "TSTP|Stopped",
        "TTIN|Stopped (tty input)",
        "TTOU|Stopped (tty output)",
        "URG|Urgent I/O condition",
        "XCPU|CPU time limit exceeded",
        "XFSZ|File size limit exceeded",
        "VTALRM|Virtual timer expired",
        "PROF|Profiling timer expired",
        "WINCH|Window changed",
        "IO|I/O possible",
        "PWR|Power failure",
        "SYS|Bad system call"
    };

    private static final int FIRST_REAL_TIME = 34;

    private SignalNames() {}

    /** {@code SIGTERM}; for real-time signals {@code SIGRT_N}, N from 0. */
    static String name(int signal) {
        if (signal >= 1 && signal <= NAMES.length) {
            return "SIG" + part(signal, 0);
        }
        return signal >= FIRST_REAL_TIME ? "SIGRT_" + (signal - FIRST_REAL_TIME) : "SIG_" + signal;
    }

    /** {@code Terminated}. */
    static String description(int signal) {
        if (signal >= 1 && signal <= NAMES.length) {
            return part(signal, 1);
        }
        return signal >= FIRST_REAL_TIME
                ? "Real-time signal " + (signal - FIRST_REAL_TIME)
                : "Unknown signal " + signal;
    }

    private static String part(int signal, int index) {
        return NAMES[signal - 1].split("\\|", -1)[index];
    }
}
