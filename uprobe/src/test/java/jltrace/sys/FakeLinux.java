package jltrace.sys;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A kernel without events of its own. It knows what is open and mapped, and crashes like the real one: when a probe's definition is
 * removed from its {@code uprobe_events} while anything that may hold the probe is open.
 */
public final class FakeLinux implements Linux {
    /** One call that was made of it. */
    public record Call(String name, int descriptor, long argument) {}

    /** What a descriptor is. */
    public record Opened(int type, long config, long flags, int tid, int cpu) {}

    private final Path probes;
    private final Map<Integer, Opened> open = new LinkedHashMap<>();
    private final Map<Long, MappedMemory> mapped = new HashMap<>();
    private final Set<Integer> raised = new HashSet<>();
    private final Set<Thread> readers = new HashSet<>();
    private final List<Call> calls = new ArrayList<>();
    private final Map<Integer, byte[]> readable = new HashMap<>();
    private Predicate<Call> failing = call -> false;
    private int errno;
    private String crash = "";
    private int nextDescriptor = 100;
    private final Map<Integer, Integer> nices = new HashMap<>();
    private boolean mayRaise = true;
    private long nextAddress = 0x10000;
    private ResourceLimit limit = new ResourceLimit(1024, 4096);
    private boolean knowsLost = true;
    private boolean knowsInheritedRead = true;
    private long checkedSize = -1;
    private boolean checkedRemoved;

    /** @param probes the file in which definitions are made and removed */
    public FakeLinux(Path probes) {
        this.probes = probes;
    }

    /** Lets calls fail. */
    public synchronized void failIf(Predicate<Call> predicate, int failingErrno) {
        failing = predicate;
        errno = failingErrno;
    }

    /** Lets the n-th call from now fail, counted from 1. */
    public synchronized void failAt(int ordinal, int failingErrno) {
        int last = calls.size() + ordinal;
        failIf(call -> calls.size() == last, failingErrno);
    }

    /** Behaves like Linux before 6.0: no {@code PERF_FORMAT_LOST}. */
    public synchronized void forgetLostFormat() {
        knowsLost = false;
    }

    /** From now on an inherited event that samples its value is refused, as before Linux 6.12. */
    public synchronized void forgetInheritedRead() {
        knowsInheritedRead = false;
    }

    /** What reading the descriptor gives. */
    public synchronized void readGives(int descriptor, byte[] bytes) {
        readable.put(descriptor, bytes.clone());
    }

    public synchronized void limitIs(ResourceLimit newLimit) {
        limit = newLimit;
    }

    public synchronized ResourceLimit limit() {
        return limit;
    }

    public synchronized List<Call> calls() {
        return List.copyOf(calls);
    }

    /** What is open, in the order of opening; event descriptors included. */
    public synchronized Map<Integer, Opened> open() {
        return new LinkedHashMap<>(open);
    }

    /** The memory that is mapped, in the order of mapping. */
    public synchronized List<MappedMemory> mapped() {
        return mapped.values().stream()
                .sorted((a, b) -> Long.compare(a.address(), b.address()))
                .toList();
    }

    /** Why the machine is down; empty if it runs. */
    public synchronized String crash() {
        check("at the end");
        return crash;
    }

    /** Whether lines that remove something are in the file. */
    public synchronized boolean definitionsAreRemoved() {
        try {
            if (!Files.isRegularFile(probes)) {
                return false;
            }
            long size = Files.size(probes);
            if (size == checkedSize) {
                return checkedRemoved;
            }
            checkedSize = size;
            checkedRemoved = false;
            for (String line :
                    Files.readString(probes, StandardCharsets.ISO_8859_1).split("\n", -1)) {
                checkedRemoved |= line.startsWith("-:");
            }
            return checkedRemoved;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void check(String when) {
        boolean held = !mapped.isEmpty() || open.values().stream().anyMatch(opened -> opened.type() >= 0);
        if (crash.isEmpty() && held && definitionsAreRemoved()) {
            crash = "a definition was removed (seen " + when + ") while " + open.size() + " descriptors and "
                    + mapped.size() + " mappings were open";
        }
    }

    private void enter(String name, int descriptor, long argument) throws SyscallException {
        Call call = new Call(name, descriptor, argument);
        calls.add(call);
        check("at " + call);
        if (failing.test(call)) {
            throw new SyscallException(name, errno);
        }
    }

    @Override
    public synchronized int perfEventOpen(PerfEventAttr attr, int tid, int cpu) throws SyscallException {
        enter("perf_event_open", -1, attr.config());
        byte[] bytes = attr.toBytes();
        if (!knowsLost && (bytes[32] & PerfEventAttr.FORMAT_LOST) != 0) {
            throw new SyscallException("perf_event_open", Errno.EINVAL);
        }
        boolean inherits = (attr.flags() & PerfEventAttr.FLAG_INHERIT) != 0;
        if (!knowsInheritedRead && inherits && (bytes[24] & PerfEventAttr.SAMPLE_READ) != 0) {
            throw new SyscallException("perf_event_open", Errno.EINVAL);
        }
        open.put(nextDescriptor, new Opened(attr.type(), attr.config(), attr.flags(), tid, cpu));
        return nextDescriptor++;
    }

    @Override
    public synchronized void ioctl(int descriptor, long request, long argument) throws SyscallException {
        enter("ioctl " + Long.toHexString(request), descriptor, argument);
        requireOpen(descriptor);
        if (request == PERF_EVENT_IOC_SET_OUTPUT) {
            requireOpen((int) argument);
        }
    }

    private void requireOpen(int descriptor) throws SyscallException {
        if (!open.containsKey(descriptor)) {
            throw new SyscallException("descriptor " + descriptor, 9);
        }
    }

    @Override
    public synchronized MappedMemory map(int descriptor, long lengthBytes) throws SyscallException {
        enter("mmap", descriptor, lengthBytes);
        requireOpen(descriptor);
        MappedMemory memory = new MappedMemory(
                nextAddress, ByteBuffer.allocateDirect((int) lengthBytes).order(ByteOrder.LITTLE_ENDIAN));
        nextAddress += lengthBytes;
        mapped.put(memory.address(), memory);
        return memory;
    }

    @Override
    public synchronized void unmap(MappedMemory memory) throws SyscallException {
        for (Thread reader : readers) {
            if (reader.isAlive()) {
                crash = "memory was unmapped while thread " + reader.getName() + " may read it";
            }
        }
        enter("munmap", -1, memory.address());
        if (mapped.remove(memory.address()) == null) {
            throw new SyscallException("munmap", Errno.EINVAL);
        }
    }

    /** A failing close leaves the descriptor open, the worst case. */
    @Override
    public synchronized void close(int descriptor) throws SyscallException {
        enter("close", descriptor, 0);
        requireOpen(descriptor);
        open.remove(descriptor);
        notifyAll();
    }

    @Override
    public synchronized int read(int descriptor, byte[] destination) throws SyscallException {
        enter("read", descriptor, destination.length);
        requireOpen(descriptor);
        raised.remove(descriptor);
        byte[] bytes = readable.getOrDefault(descriptor, new byte[destination.length]);
        int length = Math.min(bytes.length, destination.length);
        System.arraycopy(bytes, 0, destination, 0, length);
        return length;
    }

    @Override
    public synchronized void poll(int[] descriptors, int timeoutMillis) throws SyscallException {
        readers.add(Thread.currentThread());
        enter("poll", -1, timeoutMillis);
        long end = System.nanoTime() + timeoutMillis * 1_000_000L;
        try {
            while (!isRaised(descriptors) && System.nanoTime() < end) {
                wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isRaised(int[] descriptors) throws SyscallException {
        for (int descriptor : descriptors) {
            requireOpen(descriptor);
            if (raised.contains(descriptor)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public synchronized int eventDescriptor() throws SyscallException {
        enter("eventfd", -1, 0);
        open.put(nextDescriptor, new Opened(-1, 0, 0, 0, 0));
        return nextDescriptor++;
    }

    @Override
    public synchronized void raise(int eventDescriptor) throws SyscallException {
        enter("write", eventDescriptor, 1);
        requireOpen(eventDescriptor);
        raised.add(eventDescriptor);
        notifyAll();
    }

    @Override
    public synchronized ResourceLimit descriptorLimit(int pid) throws SyscallException {
        enter("getrlimit", -1, pid);
        return limit;
    }

    @Override
    public synchronized void setDescriptorLimit(int pid, ResourceLimit newLimit) throws SyscallException {
        enter("setrlimit", -1, newLimit.soft());
        limit = newLimit;
    }

    @Override
    public synchronized void mountTracefs(String directory) throws SyscallException {
        enter("mount", -1, 0);
    }

    @Override
    public synchronized boolean setNice(int tid, int nice) {
        if (nice < nices.getOrDefault(tid, 0) && !mayRaise) {
            return false;
        }
        nices.put(tid, nice);
        return true;
    }

    /** The nice values that were set, by thread. */
    public synchronized Map<Integer, Integer> nices() {
        return Map.copyOf(nices);
    }

    /** Threads may only be made to go later. */
    public void forbidRaising() {
        mayRaise = false;
    }

    @Override
    public int effectiveUserId() {
        return 0;
    }
}
