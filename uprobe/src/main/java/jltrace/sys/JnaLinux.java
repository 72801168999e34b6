package jltrace.sys;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteOrder;

/** {@link Linux} through the C library, directly mapped. */
public final class JnaLinux implements Linux {
    private static final int SYS_PERF_EVENT_OPEN = 298;
    private static final int PERF_FLAG_FD_CLOEXEC = 8;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final int EFD_CLOEXEC = 0x80000;
    private static final int RLIMIT_NOFILE = 7;
    /** With 0 for who, Linux takes it for the calling thread. */
    private static final int PRIO_PROCESS = 0;

    private static final short POLLIN = 1;
    private static final int POLLFD_SIZE = 8;

    /**
     * Does what the first call would do before it: binds the C library's functions.
     *
     * @throws LinkageError if they can't be bound; the first call will say so too
     */
    public static void load() {
        LibC.load();
    }

    @Override
    public int perfEventOpen(PerfEventAttr attr, int tid, int cpu) throws SyscallException {
        byte[] bytes = attr.toBytes();
        try {
            return (int) LibC.syscall(SYS_PERF_EVENT_OPEN, bytes, tid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
        } catch (LastErrorException e) {
            throw new SyscallException(
                    "perf_event_open(type " + attr.type() + ", config " + attr.config() + ", thread " + tid + ", cpu "
                            + cpu + ")",
                    e.getErrorCode());
        }
    }

    @Override
    public void ioctl(int descriptor, long request, long argument) throws SyscallException {
        try {
            LibC.ioctl(descriptor, request, argument);
        } catch (LastErrorException e) {
            throw new SyscallException("ioctl(0x" + Long.toHexString(request) + ")", e.getErrorCode());
        }
    }

    @Override
    public MappedMemory map(int descriptor, long lengthBytes) throws SyscallException {
        try {
            Pointer pointer = LibC.mmap(Pointer.NULL, lengthBytes, PROT_READ_WRITE, MAP_SHARED, descriptor, 0);
            return new MappedMemory(
                    Pointer.nativeValue(pointer),
                    pointer.getByteBuffer(0, lengthBytes).order(ByteOrder.LITTLE_ENDIAN));
        } catch (LastErrorException e) {
            throw new SyscallException("mmap(perf event, " + lengthBytes + " bytes)", e.getErrorCode());
        }
    }

    @Override
    public void unmap(MappedMemory memory) throws SyscallException {
        try {
            LibC.munmap(new Pointer(memory.address()), memory.buffer().capacity());
        } catch (LastErrorException e) {
            throw new SyscallException("munmap", e.getErrorCode());
        }
    }

    @Override
    public void close(int descriptor) throws SyscallException {
        try {
            LibC.close(descriptor);
        } catch (LastErrorException e) {
            throw new SyscallException("close(" + descriptor + ")", e.getErrorCode());
        }
    }

    @Override
    public int read(int descriptor, byte[] destination) throws SyscallException {
        while (true) {
            try {
                return (int) LibC.read(descriptor, destination, destination.length);
            } catch (LastErrorException e) {
                if (e.getErrorCode() != Errno.EINTR) {
                    throw new SyscallException("read(" + descriptor + ")", e.getErrorCode());
                }
            }
        }
    }

    @Override
    public void poll(int[] descriptors, int timeoutMillis) throws SyscallException {
        try (Memory polled = new Memory((long) POLLFD_SIZE * descriptors.length)) {
            for (int i = 0; i < descriptors.length; i++) {
                polled.setInt((long) POLLFD_SIZE * i, descriptors[i]);
                polled.setInt((long) POLLFD_SIZE * i + 4, POLLIN);
            }
            LibC.poll(polled, descriptors.length, timeoutMillis);
        } catch (LastErrorException e) {
            if (e.getErrorCode() != Errno.EINTR) {
                throw new SyscallException("poll", e.getErrorCode());
            }
        }
    }

    @Override
    public int eventDescriptor() throws SyscallException {
        try {
            return LibC.eventfd(0, EFD_CLOEXEC);
        } catch (LastErrorException e) {
            throw new SyscallException("eventfd", e.getErrorCode());
        }
    }

    @Override
    public void raise(int eventDescriptor) throws SyscallException {
        try {
            LibC.write(eventDescriptor, new byte[] {1, 0, 0, 0, 0, 0, 0, 0}, 8);
        } catch (LastErrorException e) {
            throw new SyscallException("write(eventfd)", e.getErrorCode());
        }
    }

    @Override
    public ResourceLimit descriptorLimit(int pid) throws SyscallException {
        long[] limits = new long[2];
        try {
            LibC.prlimit(pid, RLIMIT_NOFILE, null, limits);
        } catch (LastErrorException e) {
            throw new SyscallException("prlimit(" + pid + ")", e.getErrorCode());
        }
        return new ResourceLimit(limits[0], limits[1]);
    }

    @Override
    public void setDescriptorLimit(int pid, ResourceLimit limit) throws SyscallException {
        try {
            LibC.prlimit(pid, RLIMIT_NOFILE, new long[] {limit.soft(), limit.hard()}, null);
        } catch (LastErrorException e) {
            throw new SyscallException("prlimit(" + pid + ", " + limit.soft() + ")", e.getErrorCode());
        }
    }

    @Override
    public boolean setNice(int tid, int nice) {
        try {
            LibC.setpriority(PRIO_PROCESS, tid, nice);
            return true;
        } catch (LastErrorException e) {
            return false;
        }
    }

    @Override
    public void mountTracefs(String directory) throws SyscallException {
        try {
            LibC.mount("nodev", directory, "tracefs", 0, Pointer.NULL);
        } catch (LastErrorException e) {
            throw new SyscallException("mount(tracefs on " + directory + ")", e.getErrorCode());
        }
    }

    @Override
    public int effectiveUserId() {
        return LibC.geteuid();
    }
}
