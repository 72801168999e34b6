package jltrace;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import jltrace.call.CallAssembler;
import jltrace.call.ProcessEnd;
import jltrace.call.ProcessWatcher;
import jltrace.call.TracedProcess;
import jltrace.elf.ElfException;
import jltrace.perf.PerfSession;
import jltrace.plan.ProbePlan;
import jltrace.plan.ProbePlanner;
import jltrace.plan.ProbePoint;
import jltrace.sys.Errno;
import jltrace.sys.PerfEventAttr;
import jltrace.sys.ProcFs;
import jltrace.sys.SyscallException;
import jltrace.target.AddressSpace;
import jltrace.target.MemoryMapping;
import jltrace.target.ObjectFile;
import jltrace.target.ObjectImage;
import jltrace.target.ObjectTable;
import jltrace.target.ProcessImage;
import jltrace.target.ProgramLoader;
import org.jspecify.annotations.Nullable;

/** Follows what the traced processes map and become: plans for it, and opens the events on their threads. */
final class ProcessFollower implements ProcessWatcher {
    /** How the kernel calls the first thread's stack in the maps. */
    private static final String STACK = "[stack]";

    private final TraceOptions options;
    private final ProgramLoader loader;
    private final ProbePlanner planner;
    private final ProbeInstaller installer;
    private final List<String> notices;
    private final Function<TracedProcess, ProcessEnd> endOf;
    private final List<ProbePlan> plans = new ArrayList<>();
    private final Map<Integer, ProcessImage> images = new HashMap<>();
    private final List<Integer> eventIds = new ArrayList<>();
    private @Nullable PerfSession perf;
    private @Nullable CallAssembler assembler;
    private @Nullable EventRenewal renewal;

    /**
     * @param notices takes what the user should know of gaps
     * @param endOf tells how a process ended
     */
    ProcessFollower(
            TraceOptions options,
            ProgramLoader loader,
            ProbePlanner planner,
            ProbeInstaller installer,
            List<String> notices,
            Function<TracedProcess, ProcessEnd> endOf) {
        this.options = options;
        this.loader = loader;
        this.planner = planner;
        this.installer = installer;
        this.notices = notices;
        this.endOf = endOf;
    }

    /** To be called before anything is opened. */
    void begin(PerfSession session, CallAssembler callAssembler, EventRenewal eventRenewal) {
        perf = session;
        assembler = callAssembler;
        renewal = eventRenewal;
    }

    /** What was planned so far. */
    List<ProbePlan> plans() {
        return plans;
    }

    /** The objects of all processes seen. */
    Collection<ProcessImage> images() {
        return images.values();
    }

    /**
     * Plans for a process that is there.
     *
     * @param sink takes the points
     */
    ProbePlan plan(int pid, ProbePoint.Sink sink) throws IOException {
        ProcessImage image = loader.load(pid);
        images.put(pid, image);
        ProbePlan plan = planner.plan(image, image.objects(), usedByChildren(image), sink);
        plans.add(plan);
        return plan;
    }

    private List<ObjectImage> usedByChildren(ProcessImage image) {
        return options.followForks() ? loader.sharedWithChildren(image) : List.of();
    }

    /** Events to be opened on every thread from now on. */
    void add(List<Integer> ids) {
        eventIds.addAll(ids);
    }

    ProcessImage image(int pid) {
        return images.getOrDefault(pid, new ProcessImage());
    }

    private long inheritance() {
        return options.followForks()
                ? PerfEventAttr.FLAG_INHERIT
                : PerfEventAttr.FLAG_INHERIT | PerfEventAttr.FLAG_INHERIT_THREAD;
    }

    /**
     * Opens the side band and all events on all threads of a process that was planned for.
     *
     * @throws IOException if it has ended; the message says so
     */
    void trace(int pid) throws IOException {
        ProcessImage image = images.get(pid);
        List<Integer> threads = openOn(pid);
        if (image == null || threads.isEmpty()) {
            throw new IOException("process " + pid + " has ended");
        }
        TracedProcess process = assembler()
                .addProcess(
                        pid, new AddressSpace(), image.objects().get(0).file().number());
        for (int tid : threads) {
            assembler().addThread(process, tid);
        }
        // Whatever is mapped from now on comes as a record.
        readMappings(process);
    }

    /** The threads that the side band is open on; it tells of their ends. */
    private List<Integer> openOn(int pid) throws IOException {
        PerfSession session = session();
        List<Integer> known = new ArrayList<>();
        List<Integer> opened = new ArrayList<>();
        List<Integer> found = threadsOf(pid);
        boolean first = true;
        while (!found.isEmpty()) {
            session.reserve(eventIds.size() + 1, found.size());
            for (int tid : found) {
                if (!first) {
                    assembler().mayBeWatchedTwice(tid);
                }
                if (open(session, tid, eventIds, true)) {
                    opened.add(tid);
                }
            }
            known.addAll(found);
            found = threadsOf(pid);
            found.removeAll(known);
            first = false;
        }
        return opened;
    }

    private static List<Integer> threadsOf(int pid) {
        try {
            return ProcFs.threads(pid);
        } catch (IOException e) {
            // The process is gone, and its threads with it.
            return new ArrayList<>();
        }
    }

    /** Returns whether the thread was there when the first event was opened. */
    private boolean open(PerfSession session, int tid, List<Integer> ids, boolean sideBand) throws SyscallException {
        boolean opened = false;
        try {
            if (sideBand) {
                session.openSideBand(tid, inheritance());
                opened = true;
            }
            for (int id : ids) {
                session.openTracepoint(id, tid, inheritance());
                opened = true;
            }
        } catch (SyscallException e) {
            if (e.errno() != Errno.ESRCH) {
                throw e;
            }
        }
        return opened;
    }

    /** Takes over what a process has mapped before the side band was opened, and probes what came after it was planned for. */
    private void readMappings(TracedProcess process) {
        AddressSpace space = process.addressSpace();
        for (MemoryMapping mapping : ProgramLoader.mappings(process.pid())) {
            if (mapping.path().equals(STACK)) {
                space.stackEndsAt(mapping.end());
            } else if (mapping.executable()) {
                int object = mapping.path().startsWith("/")
                        ? mapped(process, mapping, false, System.nanoTime())
                        : ObjectTable.NO_OBJECT;
                space.map(mapping.start(), mapping.end(), mapping.fileOffset(), object);
            }
        }
    }

    @Override
    public int mapped(TracedProcess process, MemoryMapping mapping, boolean program, long nanos) {
        ProcessImage image = images.get(process.pid());
        try {
            if (program) {
                image = loader.loadProgram(process.pid(), mapping);
                images.put(process.pid(), image);
                extend(image, image.objects(), usedByChildren(image), mapping, nanos);
            } else if (image != null) {
                ObjectFile known = loader.find(process.pid(), mapping).orElse(null);
                if (known == null || !image.contains(known)) {
                    ObjectImage opened = loader.open(process.pid(), mapping);
                    image.add(List.of(opened));
                    // What was opened by dlopen(3) may be used through dlsym(3).
                    List<ObjectImage> whole = options.selection().libraries().isEmpty() ? List.of() : List.of(opened);
                    extend(image, List.of(opened), whole, mapping, nanos);
                }
            }
        } catch (IOException | ElfException e) {
            notices.add(ProgramLoader.notShown(mapping, e));
        }
        return loader.find(process.pid(), mapping).map(ObjectFile::number).orElse(ObjectTable.NO_OBJECT);
    }

    /**
     * Probes what objects that came later bring.
     *
     * @param wholeInterfaces those of which every exported function may be called
     */
    private void extend(
            ProcessImage image,
            List<ObjectImage> added,
            List<ObjectImage> wholeInterfaces,
            MemoryMapping mapping,
            long nanos)
            throws IOException {
        ProbePlan plan;
        List<ProbeInstaller.Installed> events;
        begun(renewal).finish();
        try (ProbeInstaller.Batch batch = installer.begin()) {
            plan = planner.plan(image, added, wholeInterfaces, batch);
            events = batch.finish();
        }
        if (events.isEmpty()) {
            return;
        }
        plans.add(plan);
        openOnLiveThreads(events);
        int functions = plan.functions().size() + plan.seenAgain();
        if (functions > 0) {
            notices.add(ObjectFile.fileName(mapping.path()) + " was mapped while the program ran; it brought "
                    + functions + " functions more, probed "
                    + (System.nanoTime() - nanos) / 1_000_000
                    + " ms later; calls of them before that are not shown");
        }
    }

    /** Opens events on the threads that there are, and on those yet to come. */
    void openOnLiveThreads(List<ProbeInstaller.Installed> events) throws IOException {
        List<Integer> ids =
                events.stream().map(ProbeInstaller.Installed::eventId).toList();
        PerfSession session = session();
        List<Integer> threads = liveThreads();
        session.reserve(ids.size(), threads.size());
        for (int tid : threads) {
            open(session, tid, ids, false);
        }
        eventIds.addAll(ids);
        List<Integer> born = liveThreads();
        born.removeAll(threads);
        for (int tid : born) {
            assembler().mayBeWatchedTwice(tid);
            open(session, tid, ids, false);
        }
    }

    /** Closes events on all threads. */
    void close(Set<Integer> ids) throws IOException {
        eventIds.removeAll(ids);
        session().close(ids);
    }

    private List<Integer> liveThreads() {
        List<Integer> threads = new ArrayList<>();
        for (TracedProcess process : assembler().processes()) {
            collectThreads(process.pid(), threads);
        }
        return threads;
    }

    private void collectThreads(int pid, List<Integer> threads) {
        try {
            for (int tid : ProcFs.threads(pid)) {
                if (threads.contains(tid)) {
                    continue;
                }
                threads.add(tid);
                if (options.followForks()) {
                    for (int child : ProcFs.children(pid, tid)) {
                        collectThreads(child, threads);
                    }
                }
            }
        } catch (IOException e) {
            // The process is gone, and its threads with it.
            return;
        }
    }

    @Override
    public void forked(TracedProcess parent, TracedProcess child) {
        ProcessImage image = images.get(parent.pid());
        if (image != null) {
            images.put(child.pid(), image);
        }
    }

    @Override
    public ProcessEnd ended(TracedProcess process) {
        images.remove(process.pid());
        return endOf.apply(process);
    }

    private PerfSession session() {
        return begun(perf);
    }

    private CallAssembler assembler() {
        return begun(assembler);
    }

    private static <T> T begun(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("tracing has not begun");
        }
        return part;
    }
}
