package jltrace.call;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jltrace.perf.PerfRecord;
import jltrace.target.AddressSpace;
import jltrace.target.FileIdentity;
import jltrace.target.MemoryMapping;
import jltrace.target.ObjectTable;
import org.jspecify.annotations.Nullable;

/**
 * The threads and processes under trace, kept up to date by the records that tell of forks, execs, exits and new mappings
 * (perf_event_open(2)).
 */
final class TaskTable {
    private static final int PROT_EXEC = 4;
    /** A thread that has inherited the side band, and was given it once more, reports each birth twice; no number is used again so soon. */
    private static final long TOLD_AGAIN_NANOS = 10_000_000;

    /** Takes what the end of a thread, or of its program, means for the calls that it is in. */
    interface OpenCalls {
        /** None of a thread's calls will return. */
        void abandon(TracedThread thread, CallListener.NoReturn reason, long nanos);
    }

    private final CallListener listener;
    private final ProcessWatcher watcher;
    private final OpenCalls openCalls;
    private final boolean followForks;
    private final IntTable<TracedThread> threads = new IntTable<>();
    private final IntTable<TracedProcess> processes = new IntTable<>();
    private boolean keepsParents;
    private @Nullable TracedThread lastThread;

    /** @param followForks whether child processes are traced */
    TaskTable(CallListener listener, ProcessWatcher watcher, OpenCalls openCalls, boolean followForks) {
        this.listener = listener;
        this.watcher = watcher;
        this.openCalls = openCalls;
        this.followForks = followForks;
    }

    TracedProcess addProcess(int pid, AddressSpace addressSpace, int program) {
        TracedProcess process = new TracedProcess(pid, addressSpace, program);
        processes.put(pid, process);
        return process;
    }

    void addThread(TracedProcess process, int tid) {
        if (threads.get(tid) == null) {
            add(new TracedThread(tid, process, TracedThread.UNKNOWN, null));
        }
    }

    private void add(TracedThread thread) {
        threads.put(thread.tid(), thread);
        thread.process().threadStarted();
    }

    List<TracedProcess> processes() {
        List<TracedProcess> all = new ArrayList<>(processes.size());
        processes.forEach(all::add);
        return all;
    }

    List<TracedThread> threads() {
        List<TracedThread> all = new ArrayList<>(threads.size());
        threads.forEach(all::add);
        return all;
    }

    /** The process with a number, or null. */
    @Nullable TracedProcess process(int pid) {
        return processes.get(pid);
    }

    /** The thread with a number, or null. */
    @Nullable TracedThread thread(int tid) {
        return threads.get(tid);
    }

    /** Says whether threads that are born know their parents; what was known is forgotten if not. */
    void keepParents(boolean keeps) {
        keepsParents = keeps;
        if (!keeps) {
            threads.forEach(TracedThread::forgetParent);
        }
    }

    /** The thread with a number, or null if it is of no process under trace. */
    @Nullable TracedThread thread(int tid, int pid) {
        TracedThread last = lastThread;
        if (last != null && last.tid() == tid) {
            return last;
        }
        TracedThread thread = threads.get(tid);
        if (thread == null) {
            // A thread whose birth was lost.
            TracedProcess process = processes.get(pid);
            if (process == null) {
                return null;
            }
            addThread(process, tid);
            thread = threads.get(tid);
        }
        lastThread = thread;
        return thread;
    }

    /** {@code u32 pid, tid; u64 addr, len, pgoff; u32 maj, min; u64 ino, ino_generation; u32 prot, flags; char filename[]}. */
    void mapped(byte[] bytes, int record) {
        int body = record + PerfRecord.HEADER_SIZE;
        TracedProcess process = processes.get(PerfRecord.u32(bytes, body));
        if (process == null) {
            return;
        }
        long start = PerfRecord.u64(bytes, body + 8);
        long length = PerfRecord.u64(bytes, body + 16);
        int protection = PerfRecord.u32(bytes, body + 56);
        String path = text(bytes, body + 64, record + PerfRecord.size(bytes, record) - 16);
        if ((protection & PROT_EXEC) == 0) {
            return;
        }
        long fileOffset = PerfRecord.u64(bytes, body + 24);
        int object = ObjectTable.NO_OBJECT;
        if (path.startsWith("/") && !path.startsWith("//")) {
            FileIdentity file = FileIdentity.of(
                    PerfRecord.u32(bytes, body + 32),
                    PerfRecord.u32(bytes, body + 36),
                    PerfRecord.u64(bytes, body + 40));
            MemoryMapping mapping = new MemoryMapping(start, start + length, true, true, fileOffset, file, path);
            boolean program = process.awaitsProgram();
            object = watcher.mapped(process, mapping, program, PerfRecord.timestampNanos(bytes, record));
            if (program) {
                process.programIs(object);
            }
        }
        process.map(start, start + length, fileOffset, object);
    }

    /** {@code u32 pid, tid; char comm[]}. */
    void named(byte[] bytes, int record) {
        if ((PerfRecord.misc(bytes, record) & PerfRecord.MISC_COMM_EXEC) == 0) {
            return;
        }
        int body = record + PerfRecord.HEADER_SIZE;
        int pid = PerfRecord.u32(bytes, body);
        TracedThread thread = thread(PerfRecord.u32(bytes, body + 4), pid);
        if (thread == null || thread.process().awaitsProgram()) {
            return; // Nobody's, or told for the second time.
        }
        long nanos = PerfRecord.timestampNanos(bytes, record);
        threads.forEach(other -> {
            if (other != thread && other.process() == thread.process()) {
                // An exec ends all other threads; where one of them made it, it goes on under the leader's id.
                openCalls.abandon(other, CallListener.NoReturn.EXEC, nanos);
                thread.reportsRepeatedly |= other.reportsRepeatedly;
                threads.remove(other.tid());
                thread.process().threadEnded(true);
            }
        });
        openCalls.abandon(thread, CallListener.NoReturn.EXEC, nanos);
        thread.process().becomeAnotherProgram();
        listener.executed(thread, nanos);
    }

    /** {@code u32 pid, ppid, tid, ptid; u64 time}. */
    void forked(byte[] bytes, int record) {
        int body = record + PerfRecord.HEADER_SIZE;
        int pid = PerfRecord.u32(bytes, body);
        int parentPid = PerfRecord.u32(bytes, body + 4);
        int tid = PerfRecord.u32(bytes, body + 8);
        TracedProcess parent = processes.get(parentPid);
        if (parent == null) {
            return;
        }
        long nanos = PerfRecord.timestampNanos(bytes, record);
        TracedThread old = threads.get(tid);
        if (old != null && nanos - TOLD_AGAIN_NANOS < old.bornNanos()) {
            return;
        }
        TracedThread maker = keepsParents ? threads.get(PerfRecord.u32(bytes, body + 12)) : null;
        if (pid == parentPid) {
            // Added before its thread of the same number is taken away, so that the process does not end meanwhile.
            TracedThread child = new TracedThread(tid, parent, nanos, maker);
            parent.threadStarted();
            forget(old, nanos);
            threads.put(tid, child);
        } else if (followForks) {
            forget(old, nanos);
            if (processes.get(pid) == null) {
                TracedProcess child = parent.fork(pid);
                processes.put(pid, child);
                add(new TracedThread(tid, child, nanos, maker));
                watcher.forked(parent, child);
            }
        }
    }

    /**
     * The number of a thread belongs to a new one: the old one's exit was lost, or the new one was known already, from a list of the
     * process's threads.
     */
    private void forget(@Nullable TracedThread old, long nanos) {
        if (old != null) {
            ended(old, nanos);
        }
    }

    /** As {@link #forked}. */
    void exited(byte[] bytes, int record) {
        TracedThread thread = threads.get(PerfRecord.u32(bytes, record + PerfRecord.HEADER_SIZE + 8));
        if (thread != null) {
            ended(thread, PerfRecord.timestampNanos(bytes, record));
        }
    }

    private void ended(TracedThread thread, long nanos) {
        boolean killed = thread.killed || thread.process().fatalSignal() > 0;
        openCalls.abandon(thread, killed ? CallListener.NoReturn.KILLED : CallListener.NoReturn.THREAD_EXIT, nanos);
        threads.remove(thread.tid());
        lastThread = null;
        TracedProcess process = thread.process();
        if (process.threadEnded(thread.killed)) {
            processes.remove(process.pid());
            listener.exited(process, watcher.ended(process), nanos);
        }
    }

    private static String text(byte[] bytes, int start, int limit) {
        int end = start;
        while (end < limit && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }
}
