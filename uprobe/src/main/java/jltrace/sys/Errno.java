package jltrace.sys;

/** Error numbers of Linux on x86-64 ({@code asm-generic/errno-base.h}, {@code errno.h}) with their names and texts. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int ENOEXEC = 8;
    public static final int ECHILD = 10;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int EINVAL = 22;
    public static final int EMFILE = 24;
    public static final int ENOTSUPP = 524;

    private static final String[] TEXTS = {
        "EPERM|operation not permitted",
        "ENOENT|no such file or directory",
        "ESRCH|no such process",
        "EINTR|interrupted system call",
        "EIO|input/output error",
        "ENXIO|no such device or address",
        "E2BIG|argument list too long",
        "ENOEXEC|exec format error",
        "EBADF|bad file descriptor",
        "ECHILD|no child processes",
        "EAGAIN|resource temporarily unavailable",
        "ENOMEM|cannot allocate memory",
        "EACCES|permission denied",
        "EFAULT|bad address",
        "ENOTBLK|block device required",
        "EBUSY|device or resource busy",
        "EEXIST|file exists",
        "EXDEV|invalid cross-device link",
        "ENODEV|no such device",
        "ENOTDIR|not a directory",
        "EISDIR|is a directory",
        "EINVAL|invalid argument",
        "ENFILE|too many open files in system",
        "EMFILE|too many open files",
        "ENOTTY|inappropriate ioctl for device",
        "ETXTBSY|text file busy",
        "EFBIG|file too large",
        "ENOSPC|no space left on device",
        "ESPIPE|illegal seek",
        "EROFS|read-only file system",
        "EMLINK|too many links",
        "EPIPE|broken pipe"
    };

    private Errno() {}

    /** The error's symbolic name, {@code EBUSY}, or {@code errno N} for one without a name here. */
    public static String name(int errno) {
        if (errno == ENOTSUPP) {
            return "ENOTSUPP";
        }
        return errno > 0 && errno <= TEXTS.length
                ? TEXTS[errno - 1].substring(0, TEXTS[errno - 1].indexOf('|'))
                : "errno " + errno;
    }

    /** What strerror(3) says of the error, in lower case. */
    public static String text(int errno) {
        if (errno == ENOTSUPP) {
            return "operation is not supported";
        }
        return errno > 0 && errno <= TEXTS.length
                ? TEXTS[errno - 1].substring(TEXTS[errno - 1].indexOf('|') + 1)
                : "errno " + errno;
    }
}
