package jltrace.call;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jltrace.perf.PerfRecord;
import jltrace.plan.CallSelection;
import jltrace.plan.CallerResolver;
import jltrace.plan.CaptureShape;
import jltrace.plan.EventLayout;
import jltrace.plan.EventRecords;
import jltrace.plan.ProbeTable;
import jltrace.plan.ReturnStrategy;
import jltrace.plan.TracedFunction;
import jltrace.target.AddressSpace;
import jltrace.target.MemoryMapping;
import jltrace.target.ObjectTable;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls out of records that come in order of time. Entries and ends carry the stack pointer and the function's number;
 * those two pair them. Nothing is allocated for a call.
 */
public final class CallAssembler implements RecordOrderer.RecordHandler {
    /** Two stack pointers further apart than this are taken to be on different stacks. */
    private static final long STACK_SPAN = 8L << 20;

    private static final int PROT_EXEC = 4;
    private static final int SIGKILL = 9;
    private static final EventLayout NOTHING =
            new EventLayout(EventLayout.Kind.LEAVE, 0, 0, 0, 0, 0, CaptureShape.REGISTERS, 0);

    private final ProbeTable probes;
    private final CallSelection selection;
    private final CallerResolver resolver;
    private final ObjectTable objects;
    private final CallListener listener;
    private final ProcessWatcher watcher;
    private final boolean followForks;
    private final IntTable<TracedThread> threads = new IntTable<>();
    private final IntTable<TracedProcess> processes = new IntTable<>();
    private final IntTable<Boolean> watchedTwice = new IntTable<>();
    private final Capture capture = new Capture(NOTHING);
    private @Nullable Call call;
    private @Nullable TracedThread lastThread;
    private long serial;
    private long lostRecords;

    /** @param followForks whether child processes are traced */
    public CallAssembler(
            ProbeTable probes,
            CallSelection selection,
            CallerResolver resolver,
            ObjectTable objects,
            CallListener listener,
            ProcessWatcher watcher,
            boolean followForks) {
        this.probes = probes;
        this.selection = selection;
        this.resolver = resolver;
        this.objects = objects;
        this.listener = listener;
        this.watcher = watcher;
        this.followForks = followForks;
    }

    /**
     * Adds a process that is there when tracing begins.
     *
     * @param program the number of the file that it was started from
     */
    public TracedProcess addProcess(int pid, AddressSpace addressSpace, int program) {
        TracedProcess process = new TracedProcess(pid, addressSpace, program);
        processes.put(pid, process);
        return process;
    }

    /** Adds a thread that is there when tracing begins. */
    public void addThread(TracedProcess process, int tid) {
        if (threads.get(tid) == null) {
            TracedThread thread = new TracedThread(tid, process);
            threads.put(tid, thread);
            process.threadStarted();
            if (watchedTwice.get(tid) != null) {
                thread.mayBeWatchedTwice = true;
                watchedTwice.remove(tid);
            }
        }
    }

    /** The traced processes. */
    public List<TracedProcess> processes() {
        List<TracedProcess> all = new ArrayList<>(processes.size());
        processes.forEach(all::add);
        return all;
    }

    /** How many records the kernel said it dropped. */
    public long lostRecords() {
        return lostRecords;
    }

    @Override
    public void record(byte[] bytes, int record) {
        switch (PerfRecord.type(bytes, record)) {
            case PerfRecord.SAMPLE -> sample(bytes, record);
            case PerfRecord.MMAP2 -> mmap(bytes, record);
            case PerfRecord.COMM -> comm(bytes, record);
            case PerfRecord.FORK -> fork(bytes, record);
            case PerfRecord.EXIT -> exit(bytes, record);
            case PerfRecord.LOST -> lost(bytes, record);
            default -> {}
        }
    }

    private void sample(byte[] bytes, int record) {
        int event = PerfRecord.eventId(bytes, record);
        EventRecords meaning = probes.records(event);
        if (meaning == null) {
            return;
        }
        TracedThread thread = thread(PerfRecord.tid(bytes, record), PerfRecord.pid(bytes, record));
        if (thread == null) {
            return;
        }
        EventLayout layout = meaning.layout(bytes, record + PerfRecord.RAW_OFFSET);
        capture.moveTo(bytes, record, layout);
        if (thread.mayBeWatchedTwice && isRepeated(thread, layout, event)) {
            return;
        }
        long nanos = PerfRecord.timestampNanos(bytes, record);
        switch (layout.kind()) {
            case ENTRY -> entry(thread, nanos);
            case RETURN -> uretprobe(thread, nanos);
            case EXIT -> end(thread, nanos);
            case LEAVE -> leave(thread);
            case TAIL_CALL -> {
                thread.announceTailCall(capture.stackPointer(), probes.tailCall(capture.number()));
            }
            case SIGNAL -> signal(thread, nanos);
            case STATUS -> thread.process().exitStatusIs(capture.number());
        }
    }

    /**
     * A thread that was born while events were being opened may have inherited one and been given it again; it then reports
     * every hit twice in a row.
     */
    private boolean isRepeated(TracedThread thread, EventLayout layout, int event) {
        long stackPointer = layout.stackPointer() == 0 ? 0 : capture.stackPointer();
        boolean repeated = thread.lastEvent == event
                && thread.lastKind == layout.kind()
                && thread.lastStackPointer == stackPointer
                && thread.lastNumber == capture.number()
                && !thread.lastWasRepeated;
        thread.lastEvent = event;
        thread.lastKind = layout.kind();
        thread.lastStackPointer = stackPointer;
        thread.lastNumber = capture.number();
        thread.lastWasRepeated = repeated;
        return repeated;
    }

    /** Says that a thread may report its hits twice. */
    public void mayBeWatchedTwice(int tid) {
        TracedThread thread = threads.get(tid);
        if (thread != null) {
            thread.mayBeWatchedTwice = true;
        } else {
            watchedTwice.put(tid, Boolean.TRUE);
        }
    }

    private @Nullable TracedThread thread(int tid, int pid) {
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

    private void entry(TracedThread thread, long nanos) {
        TracedFunction function = probes.function(capture.number());
        long stackPointer = capture.stackPointer();
        long returnAddress = capture.returnAddress();
        ProbeTable.TailCall tailCall = thread.tailCallAt(stackPointer);
        if (tailCall != null && tailCall.function() != function.number()) {
            tailCall = null;
        }
        CallerCache cache = thread.process().callers();
        int found = cache.find(returnAddress, function.number());
        if (found == CallerCache.ABSENT) {
            found = resolve(thread.process(), returnAddress, function);
        }
        dropReplaced(thread, stackPointer, returnAddress, function, cache.certain(found) && tailCall == null, nanos);
        int caller = cache.caller(found);
        int name = cache.name(found);
        int below = thread.depth - 1;
        if (tailCall != null) {
            caller = tailCall.callerObject();
            name = nameFor(function, tailCall.name(), caller);
        } else if (below >= 0 && thread.stackPointers[below] == stackPointer) {
            // The call below has jumped here: the frame is the same.
            caller = probes.function(thread.functions[below]).object().number();
            name = nameFor(function, function.importedNames(caller).get(0), caller);
        }
        thread.passStackPointer(stackPointer);
        boolean shown = name != TracedFunction.NOT_SHOWN;
        thread.push(stackPointer, returnAddress, function.number(), nanos, caller, name, shown ? ++serial : 0);
        int top = thread.depth - 1;
        if (shown) {
            Call view = view(thread, top, nanos);
            view.returnAddress = returnAddress;
            listener.entered(view, capture);
        }
        if (function.strategy() == ReturnStrategy.NONE) {
            // What comes next in this thread may be in it or behind it.
            complete(thread, top, null, nanos);
        }
    }

    private int resolve(TracedProcess process, long returnAddress, TracedFunction function) {
        AddressSpace space = process.addressSpace();
        int object = space.objectAt(returnAddress);
        int caller = object;
        String seen = function.name();
        boolean certain = false;
        if (object != ObjectTable.NO_OBJECT) {
            CallerResolver.Caller resolved = resolver.callerAt(object, space.fileOffsetAt(returnAddress), function);
            caller = resolved.object();
            seen = resolved.name();
            certain = resolved.certain();
        }
        return process.callers()
                .put(returnAddress, function.number(), caller, nameFor(function, seen, caller), certain);
    }

    /** The index of the name under which a call is shown, or {@link TracedFunction#NOT_SHOWN}. */
    private int nameFor(TracedFunction function, String seen, int caller) {
        boolean shown = caller == ObjectTable.NO_OBJECT
                ? selection.showsUnknownCaller(function)
                : selection.shows(function, seen, objects.get(caller));
        return shown ? function.nameIndex(seen) : TracedFunction.NOT_SHOWN;
    }

    /**
     * Ends the calls whose frames a new call at a stack pointer shows to be gone.
     *
     * @param called whether the new call was certainly made by a call instruction, not by a jump out of the call below
     */
    private void dropReplaced(
            TracedThread thread,
            long stackPointer,
            long returnAddress,
            TracedFunction entered,
            boolean called,
            long nanos) {
        while (thread.depth > 0) {
            int top = thread.depth - 1;
            long topPointer = thread.stackPointers[top];
            TracedFunction function = probes.function(thread.functions[top]);
            if (topPointer == stackPointer) {
                // After a jump the return address is the same, unless the kernel has replaced it for a return probe.
                boolean sameFrame = !called
                        && (thread.returnAddresses[top] == returnAddress
                                || function.strategy() == ReturnStrategy.URETPROBE);
                if (sameFrame && function.number() != entered.number() && function.mayTailJump()) {
                    return;
                }
            } else if (topPointer > stackPointer || stackPointer - topPointer > STACK_SPAN) {
                return;
            }
            abandon(thread, top, CallListener.NoReturn.UNWOUND, nanos);
        }
    }

    private void uretprobe(TracedThread thread, long nanos) {
        int number = capture.number();
        long stackPointer = capture.stackPointer() - 8;
        thread.passStackPointer(stackPointer);
        for (int i = thread.depth - 1; i >= 0; i--) {
            if (thread.stackPointers[i] == stackPointer && thread.functions[i] == number) {
                abandonAbove(thread, i, stackPointer, nanos);
                complete(thread, i, capture, nanos);
                completeTailJumpers(thread, stackPointer, capture, nanos);
                return;
            }
        }
    }

    /** A return instruction: the call that it ends is the innermost one with its frame at this stack pointer. */
    private void end(TracedThread thread, long nanos) {
        long stackPointer = capture.stackPointer();
        int site = capture.number();
        thread.passStackPointer(stackPointer);
        for (int i = thread.depth - 1; i >= 0; i--) {
            if (thread.stackPointers[i] == stackPointer && endsAt(thread, i, site)) {
                abandonAbove(thread, i, stackPointer, nanos);
                completeTailJumpers(thread, stackPointer, capture, nanos);
                return;
            }
        }
    }

    private boolean endsAt(TracedThread thread, int index, int site) {
        return thread.leaving[index] || probes.isExitOf(site, thread.functions[index]);
    }

    /**
     * The calls whose frame was at this stack pointer end together: each jumped into the next. Those with a return probe of their
     * own have their own record.
     */
    private void completeTailJumpers(TracedThread thread, long stackPointer, @Nullable Capture exit, long nanos) {
        for (int i = thread.depth - 1; i >= 0 && thread.stackPointers[i] == stackPointer; i--) {
            if (probes.function(thread.functions[i]).strategy() == ReturnStrategy.SITES) {
                complete(thread, i, exit, nanos);
            }
        }
    }

    /** The innermost call jumps to code that is not watched. If that is a probed function after all, its end is the end. */
    private void leave(TracedThread thread) {
        int top = thread.depth - 1;
        if (top >= 0 && thread.stackPointers[top] == capture.stackPointer()) {
            thread.leaving[top] = true;
        }
    }

    /** Ends the calls nested in the one at an index, on the same stack: it returned, so they never will. */
    private void abandonAbove(TracedThread thread, int index, long stackPointer, long nanos) {
        for (int i = thread.depth - 1; i > index; i--) {
            long below = stackPointer - thread.stackPointers[i];
            if (below > 0 && below <= STACK_SPAN) {
                abandon(thread, i, CallListener.NoReturn.UNWOUND, nanos);
            }
        }
    }

    private void abandon(TracedThread thread, int index, CallListener.NoReturn reason, long nanos) {
        if (thread.leaving[index]) {
            complete(thread, index, null, nanos);
            return;
        }
        if (thread.serials[index] != 0) {
            listener.notReturned(view(thread, index, nanos), reason);
        }
        thread.remove(index);
    }

    private void complete(TracedThread thread, int index, @Nullable Capture exit, long nanos) {
        if (thread.serials[index] != 0) {
            listener.returned(view(thread, index, nanos), exit);
        }
        thread.remove(index);
    }

    private Call view(TracedThread thread, int index, long nanos) {
        TracedFunction function = probes.function(thread.functions[index]);
        Call view = call;
        if (view == null) {
            view = new Call(thread, function);
            call = view;
        }
        view.thread = thread;
        view.function = function;
        view.nameIndex = thread.names[index];
        view.caller = thread.callers[index];
        view.serial = thread.serials[index];
        view.entryNanos = thread.entryNanos[index];
        view.nowNanos = nanos;
        view.depth = thread.shownDepth - 1;
        view.returnAddress = 0;
        return view;
    }

    private void signal(TracedThread thread, long nanos) {
        int signal = capture.number();
        long handler = capture.returnAddress();
        if (handler == 0) {
            if (signal == SIGKILL) {
                thread.killed = true;
            } else {
                thread.process().fatalSignalIs(signal);
            }
        }
        listener.signal(thread, signal, nanos);
    }

    /** {@code u32 pid, tid; u64 addr, len, pgoff; u32 maj, min; u64 ino, ino_generation; u32 prot, flags; char filename[]}. */
    private void mmap(byte[] bytes, int record) {
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
            MemoryMapping mapping = new MemoryMapping(start, start + length, true, true, fileOffset, path);
            boolean program = process.awaitsProgram();
            object = watcher.mapped(process, mapping, program, PerfRecord.timestampNanos(bytes, record));
            if (program) {
                process.programIs(object);
            }
        }
        process.map(start, start + length, fileOffset, object);
    }

    /** {@code u32 pid, tid; char comm[]}. */
    private void comm(byte[] bytes, int record) {
        if ((PerfRecord.misc(bytes, record) & PerfRecord.MISC_COMM_EXEC) == 0) {
            return;
        }
        int body = record + PerfRecord.HEADER_SIZE;
        int pid = PerfRecord.u32(bytes, body);
        TracedThread thread = thread(PerfRecord.u32(bytes, body + 4), pid);
        if (thread == null) {
            return;
        }
        long nanos = PerfRecord.timestampNanos(bytes, record);
        threads.forEach(other -> {
            if (other != thread && other.process() == thread.process()) {
                // An exec ends all other threads; where one of them made it, it goes on under the leader's id.
                abandonAll(other, CallListener.NoReturn.EXEC, nanos);
                thread.mayBeWatchedTwice |= other.mayBeWatchedTwice;
                threads.remove(other.tid());
                thread.process().threadEnded(true);
            }
        });
        abandonAll(thread, CallListener.NoReturn.EXEC, nanos);
        thread.process().becomeAnotherProgram();
        listener.executed(thread, nanos);
    }

    /** {@code u32 pid, ppid, tid, ptid; u64 time}. */
    private void fork(byte[] bytes, int record) {
        int body = record + PerfRecord.HEADER_SIZE;
        int pid = PerfRecord.u32(bytes, body);
        int parentPid = PerfRecord.u32(bytes, body + 4);
        int tid = PerfRecord.u32(bytes, body + 8);
        TracedProcess parent = processes.get(parentPid);
        if (parent == null) {
            return;
        }
        long nanos = PerfRecord.timestampNanos(bytes, record);
        if (pid == parentPid) {
            // Added before its thread of the same number is taken away, so that the process does not end meanwhile.
            TracedThread child = new TracedThread(tid, parent);
            parent.threadStarted();
            child.mayBeWatchedTwice = forget(tid, nanos);
            threads.put(tid, child);
        } else if (followForks) {
            boolean watchedBefore = forget(tid, nanos);
            if (processes.get(pid) == null) {
                TracedProcess child = parent.fork(pid);
                processes.put(pid, child);
                addThread(child, tid);
                watcher.forked(parent, child);
                if (watchedBefore) {
                    mayBeWatchedTwice(tid);
                }
            }
        }
    }

    /**
     * The number of a thread belongs to a new one: the old one's exit was lost, or the new one was known already, from a list of the
     * process's threads. Returns whether it may report its hits twice.
     */
    private boolean forget(int tid, long nanos) {
        TracedThread old = threads.get(tid);
        if (old == null) {
            boolean announced = watchedTwice.get(tid) != null;
            watchedTwice.remove(tid);
            return announced;
        }
        ended(old, nanos);
        return old.mayBeWatchedTwice;
    }

    private void exit(byte[] bytes, int record) {
        int body = record + PerfRecord.HEADER_SIZE;
        int tid = PerfRecord.u32(bytes, body + 8);
        TracedThread thread = threads.get(tid);
        if (thread == null) {
            return;
        }
        ended(thread, PerfRecord.timestampNanos(bytes, record));
    }

    private void ended(TracedThread thread, long nanos) {
        abandonAll(thread, CallListener.NoReturn.EXIT, nanos);
        threads.remove(thread.tid());
        lastThread = null;
        TracedProcess process = thread.process();
        if (process.threadEnded(thread.killed)) {
            processes.remove(process.pid());
            listener.exited(process, watcher.ended(process), nanos);
        }
    }

    private void abandonAll(TracedThread thread, CallListener.NoReturn reason, long nanos) {
        for (int i = thread.depth - 1; i >= 0; i--) {
            abandon(thread, i, reason, nanos);
        }
    }

    /** Tracing ends: tells the calls that are still going on. */
    public void finish(long nanos) {
        threads.forEach(thread -> abandonAll(thread, CallListener.NoReturn.DETACHED, nanos));
    }

    /** {@code u64 id, lost}. */
    private void lost(byte[] bytes, int record) {
        long count = PerfRecord.u64(bytes, record + PerfRecord.HEADER_SIZE + 8);
        lostRecords += count;
        listener.lost(count, PerfRecord.timestampNanos(bytes, record));
    }

    private static String text(byte[] bytes, int start, int limit) {
        int end = start;
        while (end < limit && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }
}
