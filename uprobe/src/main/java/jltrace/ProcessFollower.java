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
    private @Nullable ThreadCoverage coverage;
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
        coverage = new ThreadCoverage(session, callAssembler, options.followForks(), notices);
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

    /**
     * Opens the side band and all events on all threads of a process that was planned for.
     *
     * @param runs whether threads may be born meanwhile
     * @throws IOException if it has ended; the message says so
     */
    void trace(int pid, boolean runs) throws IOException {
        ProcessImage image = images.get(pid);
        List<Integer> threads = coverage().openOn(pid, eventIds, runs);
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
        begun(renewal).forgetUnwatched();
        try (ProbeInstaller.Batch batch = installer.begin()) {
            plan = planner.plan(image, added, wholeInterfaces, batch);
            events = batch.finish();
        }
        if (events.isEmpty()) {
            return;
        }
        plans.add(plan);
        openOnLiveThreads(events, ObjectFile.fileName(mapping.path()));
        int functions = plan.functions().size() + plan.seenAgain();
        if (functions > 0) {
            notices.add(ObjectFile.fileName(mapping.path()) + " was mapped while the program ran; it brought "
                    + functions + " functions more, probed "
                    + (System.nanoTime() - nanos) / 1_000_000
                    + " ms later; calls of them before that are not shown");
        }
    }

    /**
     * Opens events on the threads that there are, and on those yet to come.
     *
     * @param gap what they probe, if its calls are not seen otherwise meanwhile
     */
    void openOnLiveThreads(List<ProbeInstaller.Installed> events, @Nullable String gap) throws IOException {
        List<Integer> ids =
                events.stream().map(ProbeInstaller.Installed::eventId).toList();
        coverage().openOnAll(ids, gap);
        eventIds.addAll(ids);
    }

    /** Closes events on all threads. */
    void close(Set<Integer> ids) throws IOException {
        eventIds.removeAll(ids);
        coverage().close(ids);
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

    /** Opens events on threads that may not have inherited them; to be called often, with the time up to which all records were handled. */
    void look(long handledNanos) throws IOException {
        coverage().look(handledNanos);
    }

    /** Tracing ends: tells what is to be told of gaps. */
    void finish() {
        coverage().finish();
    }

    /** Whether every thread has all events. */
    boolean areCovered() {
        return coverage().isComplete();
    }

    private ThreadCoverage coverage() {
        return begun(coverage);
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
