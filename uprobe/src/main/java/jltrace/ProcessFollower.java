package jltrace;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import jltrace.target.MemoryMapping;
import jltrace.target.ObjectFile;
import jltrace.target.ObjectImage;
import jltrace.target.ObjectTable;
import jltrace.target.ProcessImage;
import jltrace.target.ProgramLoader;
import org.jspecify.annotations.Nullable;

/** Follows what the traced processes map and become: plans for it, and opens the events on their threads. */
final class ProcessFollower implements ProcessWatcher {
    private final TraceOptions options;
    private final ProgramLoader loader;
    private final ObjectTable objects;
    private final ProbePlanner planner;
    private final ProbeInstaller installer;
    private final List<String> notices;
    private final Function<TracedProcess, ProcessEnd> endOf;
    private final List<ProbePlan> plans = new ArrayList<>();
    private final Map<Integer, ProcessImage> images = new HashMap<>();
    private final List<Integer> eventIds = new ArrayList<>();
    private final Set<String> replaced = new HashSet<>();
    private @Nullable PerfSession perf;
    private @Nullable CallAssembler assembler;

    /**
     * @param notices takes what the user should know of gaps
     * @param endOf tells how a process ended
     */
    ProcessFollower(
            TraceOptions options,
            ProgramLoader loader,
            ObjectTable objects,
            ProbePlanner planner,
            ProbeInstaller installer,
            List<String> notices,
            Function<TracedProcess, ProcessEnd> endOf) {
        this.options = options;
        this.loader = loader;
        this.objects = objects;
        this.planner = planner;
        this.installer = installer;
        this.notices = notices;
        this.endOf = endOf;
    }

    /** To be called before anything is opened. */
    void begin(PerfSession session, CallAssembler callAssembler) {
        perf = session;
        assembler = callAssembler;
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
        List<ObjectImage> whole = options.followForks() ? loader.sharedWithChildren(image) : List.of();
        ProbePlan plan = planner.plan(image, image.objects(), whole, sink);
        plans.add(plan);
        return plan;
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

    /** Opens the side band and all events on all threads of a process. */
    void openOn(TracedProcess process) throws IOException {
        PerfSession session = session();
        List<Integer> known = new ArrayList<>();
        List<Integer> found = ProcFs.threads(process.pid());
        boolean first = true;
        while (!found.isEmpty()) {
            session.reserve(eventIds.size() + 1, found.size());
            for (int tid : found) {
                if (!first) {
                    assembler().mayBeWatchedTwice(tid);
                }
                assembler().addThread(process, tid);
                open(session, tid, eventIds, true);
            }
            known.addAll(found);
            found = ProcFs.threads(process.pid());
            found.removeAll(known);
            first = false;
        }
    }

    private void open(PerfSession session, int tid, List<Integer> ids, boolean sideBand) throws SyscallException {
        try {
            if (sideBand) {
                session.openSideBand(tid, inheritance());
            }
            for (int id : ids) {
                session.openTracepoint(id, tid, inheritance());
            }
        } catch (SyscallException e) {
            if (e.errno() != Errno.ESRCH) {
                throw e;
            }
        }
    }

    @Override
    public int mapped(TracedProcess process, MemoryMapping mapping, boolean program, long nanos) {
        ProcessImage image = images.get(process.pid());
        try {
            if (program) {
                image = loader.loadProgram(process.pid(), mapping.path());
                images.put(process.pid(), image);
                extend(image, image.objects(), mapping, nanos);
            } else if (wasReplaced(mapping.path())) {
                return ObjectTable.NO_OBJECT;
            } else if (image != null) {
                ObjectFile known = objects.find(mapping.path()).orElse(null);
                if (known == null || !image.contains(known)) {
                    ObjectImage opened = loader.open(mapping.path());
                    image.add(List.of(opened));
                    extend(image, List.of(opened), mapping, nanos);
                }
            }
        } catch (IOException | ElfException e) {
            notices.add(mapping.path() + ": calls into it are not shown: " + e.getMessage());
        }
        return objects.find(mapping.path()).map(ObjectFile::number).orElse(ObjectTable.NO_OBJECT);
    }

    /** Whether what is known of a path is about a file that another has taken the place of. The user is told once. */
    private boolean wasReplaced(String path) {
        Optional<ObjectImage> known = objects.find(path).flatMap(file -> objects.image(file.number()));
        if (known.isEmpty() || known.get().elf().isAt(known.get().path())) {
            return false;
        }
        if (replaced.add(path)) {
            notices.add(path + ": another file took its place; calls into that one are not shown");
        }
        return true;
    }

    /** Probes what objects that came later bring. */
    private void extend(ProcessImage image, List<ObjectImage> added, MemoryMapping mapping, long nanos)
            throws IOException {
        // What was opened by dlopen(3) may be used through dlsym(3).
        List<ObjectImage> whole = options.selection().libraries().isEmpty() ? List.of() : added;
        ProbePlan plan;
        List<Integer> ids;
        try (ProbeInstaller.Batch batch = installer.begin()) {
            plan = planner.plan(image, added, whole, batch);
            ids = batch.finish();
        }
        if (ids.isEmpty()) {
            return;
        }
        PerfSession session = session();
        plans.add(plan);
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
        if (!plan.functions().isEmpty()) {
            notices.add(ObjectFile.fileName(mapping.path()) + " was mapped while the program ran; it brought "
                    + plan.functions().size() + " functions more, probed "
                    + (System.nanoTime() - nanos) / 1_000_000
                    + " ms later; calls of them before that are not shown");
        }
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
