package jltrace.sys;

import com.sun.jna.LastErrorException;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The C functions that jltrace calls, directly mapped. Direct mapping takes no variable arguments: on x86-64 a variadic
 * function that takes integers is called like one with fixed parameters.
 */
final class LibC {
    static {
        GlobalScope.bind(LibC.class);
    }

    private LibC() {}

    /** Binds the functions, if nothing has yet. */
    static void load() {}

    static native long syscall(long number, byte[] attr, long tid, long cpu, long groupDescriptor, long flags)
            throws LastErrorException;

    static native long syscall(long number, int[] first, int[] second) throws LastErrorException;

    static native long syscall(long number, long first, int[] second) throws LastErrorException;

    static native long syscall(long number, long first, long second, long third) throws LastErrorException;

    static native int ioctl(int descriptor, long request, long argument) throws LastErrorException;

    static native int ioctl(int descriptor, long request, short[] argument) throws LastErrorException;

    static native Pointer mmap(
            @Nullable Pointer address, long length, int protection, int flags, int descriptor, long fileOffset)
            throws LastErrorException;

    static native int munmap(Pointer address, long length) throws LastErrorException;

    static native int close(int descriptor) throws LastErrorException;

    static native long read(int descriptor, byte[] destination, long length) throws LastErrorException;

    static native long write(int descriptor, byte[] source, long length) throws LastErrorException;

    static native int poll(Pointer polled, long count, int timeoutMillis) throws LastErrorException;

    static native int eventfd(int initial, int flags) throws LastErrorException;

    static native int prlimit(int pid, int resource, long @Nullable [] newLimit, long @Nullable [] oldLimit)
            throws LastErrorException;

    static native int setpriority(int which, int who, int priority) throws LastErrorException;

    static native int mount(String source, String target, String type, long flags, @Nullable Pointer data)
            throws LastErrorException;

    static native int geteuid();

    static native @Nullable Pointer getpwnam(String name);

    static native @Nullable Pointer getpwuid(int userId);

    static native int getgrouplist(Pointer user, int group, int[] groups, int[] count);

    static native int gettid();

    static native int kill(int pid, int signal) throws LastErrorException;

    static native int mkfifo(String path, int mode) throws LastErrorException;

    static native int waitpid(int pid, int[] status, int options) throws LastErrorException;

    static native long ptrace(long request, int pid, long address, long data) throws LastErrorException;

    static native Pointer signal(int number, Pointer handler) throws LastErrorException;

    static native int posix_spawn(
            int[] pid, String path, Pointer fileActions, Pointer attributes, Pointer argv, Pointer envp);

    static native int posix_spawn_file_actions_init(Pointer fileActions);

    static native int posix_spawn_file_actions_addopen(
            Pointer fileActions, int descriptor, String path, int flags, int mode);

    static native int posix_spawn_file_actions_addclose(Pointer fileActions, int descriptor);

    static native int posix_spawn_file_actions_destroy(Pointer fileActions);

    static native int posix_spawnattr_init(Pointer attributes);

    static native int posix_spawnattr_setflags(Pointer attributes, short flags);

    static native int posix_spawnattr_setsigmask(Pointer attributes, long[] mask);

    static native int posix_spawnattr_setsigdefault(Pointer attributes, long[] signals);

    static native int posix_spawnattr_destroy(Pointer attributes);

    static native @Nullable Pointer dlopen(String name, int flags);

    static native @Nullable Pointer dlsym(Pointer handle, String symbol);

    static native @Nullable Pointer dlvsym(Pointer handle, String symbol, String version);
}
