package jltrace.call;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
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
import jltrace.target.ObjectTable;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls out of records that come in order of time: finds the thread and who called whom, and has {@link CallPairing} find what
 * ends which call. Nothing is allocated for a call.
 */
public final class CallAssembler implements RecordOrderer.RecordHandler {
    private static final int SIGKILL = 9;
    private static final long SA_ONSTACK = 0x08000000;
    private static final EventLayout NOTHING =
            new EventLayout(EventLayout.Kind.LEAVE, 0, 0, 0, 0, 0, CaptureShape.REGISTERS, 0);

    private final ProbeTable probes;
    private final CallSelection selection;
    private final CallerResolver resolver;
    private final ObjectTable objects;
    private final CallListener listener;
    private final TaskTable tasks;
    private final Capture capture = new Capture(NOTHING);
    private final CallPairing pairing;
    private long serial;
    private long lostRecords;
    private final EntryCounts counts = new EntryCounts();

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
        this.pairing = new CallPairing(probes, listener);
        this.tasks = new TaskTable(listener, watcher, pairing::abandonAll, followForks);
    }

    /**
     * Adds a process that is there when tracing begins.
     *
     * @param program the number of the file that it was started from
     */
    public TracedProcess addProcess(int pid, AddressSpace addressSpace, int program) {
        return tasks.addProcess(pid, addressSpace, program);
    }

    /** Adds a thread that is there when tracing begins. */
    public void addThread(TracedProcess process, int tid) {
        tasks.addThread(process, tid);
    }

    /** The traced processes. */
    public List<TracedProcess> processes() {
        return tasks.processes();
    }

    /** The traced threads. */
    public List<TracedThread> threads() {
        return tasks.threads();
    }

    /** Whether a process is traced. */
    public boolean isTraced(int pid) {
        return tasks.process(pid) != null;
    }

    /** The traced thread with a number, or null. */
    public @Nullable TracedThread thread(int tid) {
        return tasks.thread(tid);
    }

    /** Says whether threads that are born know their parents; what was known is forgotten if not. */
    public void keepParents(boolean keeps) {
        tasks.keepParents(keeps);
    }

    /** How many records the kernel said it dropped. */
    public long lostRecords() {
        return lostRecords;
    }

    /** How often functions were entered so far. */
    public EntryCounts counts() {
        return counts;
    }

    /**
     * Looks whether some thread is in a call of one of some functions that was entered before its callers' stubs were probed.
     *
     * @param functions their numbers
     */
    public boolean isIn(Set<Integer> functions) {
        for (TracedThread thread : tasks.threads()) {
            if (pairing.isIn(thread, functions)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Says that the ends of calls that go on are not seen any more, but for those that were seen in their callers' stubs.
     *
     * @param functions the numbers of the functions
     */
    public void endsAreNotSeen(Set<Integer> functions) {
        tasks.threads().forEach(thread -> pairing.endsAreNotSeen(thread, functions));
    }

    @Override
    public void record(byte[] bytes, int record, int cpu, long previousNanos) {
        switch (PerfRecord.type(bytes, record)) {
            case PerfRecord.SAMPLE -> sample(bytes, record);
            case PerfRecord.MMAP2 -> tasks.mapped(bytes, record);
            case PerfRecord.COMM -> tasks.named(bytes, record);
            case PerfRecord.FORK -> tasks.forked(bytes, record);
            case PerfRecord.EXIT -> tasks.exited(bytes, record);
            case PerfRecord.LOST -> lost(bytes, record, cpu, previousNanos);
            default -> {}
        }
    }

    private void sample(byte[] bytes, int record) {
        int event = PerfRecord.eventId(bytes, record);
        EventRecords meaning = probes.records(event);
        if (meaning == null) {
            return;
        }
        TracedThread thread = tasks.thread(PerfRecord.tid(bytes, record), PerfRecord.pid(bytes, record));
        if (thread == null) {
            return;
        }
        EventLayout layout = meaning.layout(bytes, record + PerfRecord.RAW_OFFSET);
        capture.moveTo(bytes, record, layout);
        if (layout.kind() == EventLayout.Kind.ENTRY) {
            counts.entered(capture.number());
        } else if (layout.kind() == EventLayout.Kind.STUB) {
            counts.entered(probes.importCall(capture.number()).function());
        }
        long nanos = PerfRecord.timestampNanos(bytes, record);
        thread.hitNanos = nanos;
        int opening = PerfRecord.opening(bytes, record);
        thread.reportsRepeatedly |= opening > 0;
        if ((thread.reportsRepeatedly || probes.hasReplaced()) && isRepeated(thread, layout, event, 1 << opening)) {
            return;
        }
        switch (layout.kind()) {
            case ENTRY -> entry(thread, probes.function(capture.number()), null, nanos);
            case STUB -> {
                ProbeTable.ImportCall stub = probes.importCall(capture.number());
                entry(thread, probes.function(stub.function()), stub, nanos);
            }
            case RETURN, BEHIND_CALL -> pairing.returned(thread, capture, nanos);
            case EXIT -> pairing.exit(thread, capture, nanos);
            case LEAVE -> pairing.leave(thread, capture, nanos);
            case TAIL_CALL -> {
                thread.announceTailCall(capture.stackPointer(), probes.importCall(capture.number()));
            }
            case SIGNAL -> signal(thread, nanos);
            case STATUS -> thread.process().exitStatusIs(capture.status());
        }
    }

    /**
     * A thread that was born while events were being opened may have inherited one and been given it once more; it then reports every
     * hit several times in a row. So do two events of which one takes the place of the other, as long as both are open.
     *
     * @param opening a bit that tells for the how manieth time the event had been opened
     */
    private boolean isRepeated(TracedThread thread, EventLayout layout, int event, int opening) {
        long stackPointer = layout.stackPointer() == 0 ? 0 : capture.stackPointer();
        boolean alike = thread.lastKind == layout.kind()
                && thread.lastStackPointer == stackPointer
                && thread.lastNumber == capture.number();
        boolean repeated = alike && thread.lastEvent == event && (thread.lastOpenings & opening) == 0;
        boolean reported = alike && probes.isSuccessor(thread.lastEvent, event);
        thread.lastEvent = event;
        thread.lastKind = layout.kind();
        thread.lastStackPointer = stackPointer;
        thread.lastNumber = capture.number();
        thread.lastOpenings = repeated ? thread.lastOpenings | opening : opening;
        return repeated || reported;
    }

    /**
     * A function is entered.
     *
     * @param stub the stub that leads to it, if the call is seen there
     */
    private void entry(TracedThread thread, TracedFunction function, ProbeTable.@Nullable ImportCall stub, long nanos) {
        long stackPointer = capture.stackPointer();
        long returnAddress = capture.returnAddress();
        if (stub == null
                && (thread.wasSeenInStub(function.number(), stackPointer)
                        || pairing.isJumpToOwnEntry(thread, function, stackPointer, returnAddress))) {
            return;
        }
        ProbeTable.ImportCall tailCall = thread.tailCallAt(stackPointer);
        if (tailCall != null && tailCall.function() != function.number()) {
            tailCall = null;
        }
        CallerCache cache = thread.process().callers();
        int found = cache.find(returnAddress, function.number());
        if (found == CallerCache.ABSENT) {
            found = resolve(thread.process(), returnAddress, function);
        }
        pairing.dropReplaced(
                thread, stackPointer, returnAddress, function, cache.certain(found) && tailCall == null, nanos);
        int caller = cache.caller(found);
        int name = cache.name(found);
        int below = thread.depth - 1;
        ProbeTable.ImportCall place = stub == null ? tailCall : stub;
        if (place != null) {
            caller = place.callerObject();
            name = nameFor(function, place.name(), caller);
        } else if (below >= 0 && thread.stackPointers[below] == stackPointer) {
            // The call below has jumped here: the frame is the same.
            caller = probes.function(thread.functions[below]).object().number();
            name = nameFor(function, function.importedNames(caller).get(0), caller);
            counts.needed(function.number());
        } else if (name != TracedFunction.NOT_SHOWN && !cache.certain(found)) {
            counts.needed(function.number());
        }
        thread.passStackPointer(stackPointer);
        if (function.strategy() == ReturnStrategy.LONGJMP) {
            thread.interruptedDepth = 0;
        }
        boolean shown = name != TracedFunction.NOT_SHOWN;
        thread.push(stackPointer, returnAddress, function.number(), nanos, caller, name, shown ? ++serial : 0);
        int top = thread.depth - 1;
        thread.throughStub[top] = stub != null;
        thread.entryFollows[top] = stub != null;
        // A stub that was not called by a call instruction, but by a jump or a pointer: it ends somewhere else.
        thread.leaving[top] = stub != null && stub.endsBehindCall() && !cache.certain(found);
        if (shown) {
            counts.shown(function.number());
            Call view = pairing.view(thread, top, nanos);
            view.returnAddress = returnAddress;
            listener.entered(view, capture);
        }
        if (function.strategy() == ReturnStrategy.NONE) {
            // What comes next in this thread may be in it or behind it.
            pairing.complete(thread, top, null, nanos);
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

    private void signal(TracedThread thread, long nanos) {
        int signal = capture.number();
        long handler = capture.returnAddress();
        if (handler == 0) {
            if (signal == SIGKILL) {
                thread.killed = true;
            } else {
                thread.process().fatalSignalIs(signal);
            }
        } else if ((capture.signalFlags() & SA_ONSTACK) != 0) {
            // What the handler's stack pointer says of the calls before is not known.
            thread.interruptedDepth = thread.depth;
        }
        listener.signal(thread, signal, nanos);
    }

    /** Tracing ends: tells the calls that are still going on. */
    public void finish(long nanos) {
        tasks.threads().forEach(thread -> pairing.abandonAll(thread, CallListener.NoReturn.DETACHED, nanos));
    }

    /** {@code u64 id, lost}. */
    private void lost(byte[] bytes, int record, int cpu, long previousNanos) {
        long count = PerfRecord.u64(bytes, record + PerfRecord.HEADER_SIZE + 8);
        lostRecords += count;
        tasks.threads().forEach(thread -> Arrays.fill(thread.uncertain, 0, thread.depth, true));
        int tid = PerfRecord.tid(bytes, record);
        TracedThread thread = tasks.thread(tid, PerfRecord.pid(bytes, record));
        String function = thread == null || thread.depth == 0
                ? ""
                : probes.function(thread.functions[thread.depth - 1]).name();
        listener.lost(new Loss(
                count,
                cpu,
                previousNanos,
                PerfRecord.timestampNanos(bytes, record),
                thread == null ? Loss.UNKNOWN : tid,
                function));
    }
}
