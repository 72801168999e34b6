package jltrace;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jltrace.cache.BuildCache;
import jltrace.cache.ObjectFacts;
import jltrace.call.CallAssembler;
import jltrace.call.CallListener;
import jltrace.call.MissedCalls;
import jltrace.call.ProcessEnd;
import jltrace.call.RecordOrderer;
import jltrace.call.TracedProcess;
import jltrace.code.FunctionMap;
import jltrace.code.UprobeRules;
import jltrace.elf.DebugFiles;
import jltrace.perf.PerfSession;
import jltrace.perf.RingReader;
import jltrace.perf.RingSegment;
import jltrace.perf.SegmentQueue;
import jltrace.plan.CaptureShape;
import jltrace.plan.DebugSignatures;
import jltrace.plan.EntryMode;
import jltrace.plan.EventLayout;
import jltrace.plan.ProbePlan;
import jltrace.plan.ProbePlanner;
import jltrace.plan.ProbePoint;
import jltrace.plan.ProbeTable;
import jltrace.sys.Linux;
import jltrace.sys.ProcFs;
import jltrace.sys.SysFs;
import jltrace.sys.SyscallException;
import jltrace.target.CommandLine;
import jltrace.target.Damages;
import jltrace.target.Launcher;
import jltrace.target.ObjectTable;
import jltrace.target.ProgramLoader;
import jltrace.tracefs.Leftovers;
import jltrace.tracefs.Owner;
import jltrace.tracefs.ProbeRegistry;
import jltrace.tracefs.TraceFs;
import org.jspecify.annotations.Nullable;

/**
 * One tracing session: starts a program or attaches to running ones, places probes, and tells a listener of the calls until the
 * programs end or {@link #detach} is called. Close it whatever happens: it takes all probes away again, in the order that the
 * kernel needs.
 */
public final class Tracer implements AutoCloseable {
    private static final long IDLE_MILLIS = 30;
    /** Where the points of a plan go that is only told of. */
    private static final ProbePoint.Sink NOWHERE = (type, point) -> {};

    private final TraceOptions options;
    private final Linux linux;
    private final Launcher launcher;
    private final CallListener listener;
    private final ProbeTable table = new ProbeTable();
    private final Damages damages = new Damages();
    private final ProgramLoader loader;
    private final DebugSignatures debugSignatures;
    private final ProbePlanner planner;
    private final ProbeRegistry registry;
    private final ProbeInstaller installer;
    private final CallAssembler assembler;
    private final ProcessFollower processes;
    private final EventRenewal renewal;
    private final List<String> notices = new ArrayList<>();
    private final TraceFs traceFs;
    private @Nullable PerfSession perf;
    private @Nullable SegmentQueue queue;
    private @Nullable RingReader reader;
    private @Nullable LaunchedProgram launched;
    private volatile boolean detaching;

    /**
     * Prepares a session, and removes what dead sessions left.
     *
     * @param objects takes the files that are seen
     * @param debugFiles where their debug files are
     * @throws IOException if tracing is not possible here; the message says why
     */
    public Tracer(
            TraceOptions options,
            TraceFs traceFs,
            Linux linux,
            Launcher launcher,
            ObjectTable objects,
            DebugFiles debugFiles,
            CallListener listener)
            throws IOException {
        this.loader = new ProgramLoader(objects, damages);
        this.options = options;
        this.traceFs = traceFs;
        this.linux = linux;
        this.launcher = launcher;
        this.listener = listener;
        new Leftovers(traceFs).sweep();
        this.registry = new ProbeRegistry(traceFs, Owner.self().group(nextSession()));
        BuildCache cache = BuildCache.ofUser(System.getenv());
        this.debugSignatures = new DebugSignatures(debugFiles, cache);
        this.planner = new ProbePlanner(
                options.selection(),
                options.prototypes(),
                options.returnFacts(),
                options.entryMode(),
                options.returnMode(),
                kernelRules(),
                options.limits(),
                table,
                debugFiles,
                debugSignatures,
                ObjectFacts.foundBy(cache, FunctionMap.class, ProbePlanner.class),
                damages);
        this.installer = new ProbeInstaller(registry, table, () -> detaching);
        this.processes = new ProcessFollower(options, loader, planner, installer, notices, this::ended);
        this.assembler = new CallAssembler(
                table, options.selection(), planner.callers(), objects, listener, processes, options.followForks());
        this.renewal = new EventRenewal(table, processes, assembler);
    }

    private static int sessions;

    private static synchronized int nextSession() {
        return sessions++;
    }

    private static UprobeRules kernelRules() {
        String[] release = System.getProperty("os.version", "6.1").split("[.-]", 3);
        try {
            return UprobeRules.ofRelease(Integer.parseInt(release[0]), Integer.parseInt(release[1]));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return UprobeRules.ofRelease(5, 5);
        }
    }

    /** What was planned so far. */
    public List<ProbePlan> plans() {
        return processes.plans();
    }

    /** How many events the kernel has for this session. */
    public int events() {
        return installer.events();
    }

    /** What the user should know of gaps, in the order in which it was found. */
    public List<String> notices() {
        List<String> all = new ArrayList<>(debugSignatures.problems());
        all.addAll(damages.notices());
        all.addAll(notices);
        SegmentQueue waiting = queue;
        if (waiting != null) {
            waiting.problem()
                    .ifPresent(problem -> all.add(
                            "what waited to be decoded found no room in memory and could not be spilled to a file: "
                                    + problem));
        }
        return all;
    }

    /** How many records the kernel dropped, as far as it is known yet. */
    public long lostRecords() {
        return assembler.lostRecords();
    }

    /**
     * Plans for a program without running it or placing anything: the program is started, stopped before its first instruction,
     * and ended.
     */
    public void explain(CommandLine command) throws IOException, InterruptedException {
        int pid = launcher.start(command);
        try {
            processes.plan(pid, NOWHERE);
        } finally {
            launcher.abandon(pid);
        }
    }

    /** Plans for running processes, without placing anything. */
    public void explain(List<Integer> pids) throws IOException {
        for (int pid : pids) {
            processes.plan(pid, NOWHERE);
        }
    }

    /** Starts a program and places the probes before its first instruction; it runs when {@link #run} is called. */
    public void launch(CommandLine command) throws IOException, InterruptedException {
        LaunchedProgram program = new LaunchedProgram(launcher, command);
        launched = program;
        place(List.of(program.pid()));
    }

    /** Places probes on running processes. */
    public void attach(List<Integer> pids) throws IOException {
        place(pids);
    }

    private void place(List<Integer> pids) throws IOException {
        List<Integer> eventIds = new ArrayList<>();
        List<ProbePlan> planned = new ArrayList<>();
        for (int pid : pids) {
            try (ProbeInstaller.Batch batch = installer.begin()) {
                planned.add(processes.plan(pid, batch));
                if (options.followForks() || launched == null) {
                    // Of the launched program the exit status is known from waiting for it.
                    planner.planExitStatus(processes.image(pid), batch);
                }
                batch.finish().forEach(event -> eventIds.add(event.eventId()));
            } catch (IOException e) {
                passOver(pid, pids, e);
            }
        }
        checkSelection(planned);
        PerfSession session = new PerfSession(linux, SysFs.onlineCpus(), options.ringBytes(), registry);
        perf = session;
        processes.begin(session, assembler, renewal);
        eventIds.add(kernelEvent("signal", "signal_deliver", EventLayout.Kind.SIGNAL));
        processes.add(eventIds);
        for (int pid : pids) {
            try {
                processes.trace(pid, launched == null);
            } catch (IOException e) {
                passOver(pid, pids, e);
            }
        }
        if (options.followForks() && !session.canPreventExchange()) {
            notices.add(
                    "this kernel is older than 6.12: when one of the followed processes ends, others may lose probes");
        }
        // Of the memory that the JVM may use, the other half is for the rest.
        queue = new SegmentQueue(
                session.rings().size(),
                Math.min(options.memoryBytes(), Runtime.getRuntime().maxMemory() / 2));
        reader = new RingReader(linux, session.rings(), session.ringDescriptors(), queue);
    }

    /** Of several processes, one that ends meanwhile does not keep the others from being traced. */
    private void passOver(int pid, List<Integer> pids, IOException failure) throws IOException {
        if (pids.size() == 1 || !ProcFs.hasEnded(pid)) {
            throw failure;
        }
        String notice = "process " + pid + " has ended before it could be traced";
        if (!notices.contains(notice)) {
            notices.add(notice);
        }
    }

    /**
     * Says so if nothing is there to trace.
     *
     * @throws TraceException if nothing will be there later either
     */
    private void checkSelection(List<ProbePlan> planned) throws TraceException {
        boolean found = false;
        boolean foundSymbol = options.selection().symbols().isEmpty();
        for (ProbePlan plan : planned) {
            found |= !plan.functions().isEmpty();
            foundSymbol |= plan.answersForSymbols();
        }
        if (found && foundSymbol) {
            return;
        }
        EmptySelection nothing = new EmptySelection(options.selection(), processes.images(), damages);
        if (!nothing.mayFill() && !options.followForks()) {
            List<String> damaged = damages.notices();
            throw new TraceException(
                    damaged.isEmpty() ? nothing.reason() : String.join("; ", damaged) + "; " + nothing.reason());
        }
        notices.add(nothing.reason());
    }

    private int kernelEvent(String group, String event, EventLayout.Kind kind) throws IOException {
        var format = traceFs.format(group, event);
        table.addEvent(format.id(), EventLayout.of(kind, CaptureShape.REGISTERS, format));
        return format.id();
    }

    /**
     * Asks {@link #run} to end soon; the programs run on. {@link #launch} and {@link #attach} then fail with {@link
     * InterruptedIOException} while they place probes. May be called from any thread.
     */
    public void detach() {
        detaching = true;
    }

    /**
     * Lets a launched program run, and tells the listener of everything until the programs end or {@link #detach} is called.
     *
     * @return how the launched program ended; {@link ProcessEnd#UNKNOWN} after attaching or detaching
     */
    public ProcessEnd run() throws IOException, InterruptedException {
        DecodingPriority priority = new DecodingPriority(linux);
        priority.begin();
        try {
            return run(priority);
        } finally {
            priority.end();
        }
    }

    private ProcessEnd run(DecodingPriority priority) throws IOException, InterruptedException {
        RingReader ringReader = reader;
        PerfSession session = perf;
        if (ringReader == null || session == null) {
            throw new IllegalStateException("nothing was launched or attached to");
        }
        RecordOrderer orderer = new RecordOrderer(session.cpus(), assembler, ringReader::recycle);
        ringReader.start();
        LaunchedProgram program = launched;
        if (program != null) {
            program.resume(ringReader::wake);
        }
        // A child that becomes another program would import functions that are not seen any more.
        boolean moves = options.entryMode() == EntryMode.AUTO && !options.followForks();
        ProbeTuner tuner = new ProbeTuner(planner, installer, renewal, assembler.counts(), moves, notices);
        boolean stopping = false;
        while (true) {
            long complete = ringReader.completeNanos();
            RingSegment segment = ringReader.next(IDLE_MILLIS);
            if (segment != null) {
                orderer.add(segment);
            } else if (stopping && ringReader.finished()) {
                break;
            } else {
                orderer.completeBefore(complete);
                listener.idle();
            }
            priority.look(orderer.handledNanos(), System.nanoTime());
            processes.look(orderer.handledNanos());
            tuner.look(orderer.handledNanos());
            if (!stopping && (detaching || isOver())) {
                ringReader.stop();
                stopping = true;
            }
        }
        ringReader.close();
        orderer.finish();
        assembler.finish(System.nanoTime());
        processes.finish();
        return detaching || program == null ? ProcessEnd.UNKNOWN : program.end();
    }

    /** How a traced process ended. */
    private ProcessEnd ended(TracedProcess process) {
        LaunchedProgram program = launched;
        if (program != null && process.pid() == program.pid()) {
            return program.end();
        }
        if (process.exitStatus() >= 0) {
            return new ProcessEnd(ProcessEnd.Kind.EXITED, process.exitStatus());
        }
        return process.fatalSignal() > 0
                ? new ProcessEnd(ProcessEnd.Kind.KILLED, process.fatalSignal())
                : ProcessEnd.UNKNOWN;
    }

    private boolean isOver() {
        LaunchedProgram program = launched;
        boolean launchedIsOver = program == null || program.isOver();
        boolean othersCount = program == null || options.followForks();
        return launchedIsOver && (!othersCount || assembler.processes().isEmpty());
    }

    /** Takes everything away as {@link #close} does, and waits for the launched program's end until {@link #detach} is called. */
    public void detachAndAwait() throws IOException, InterruptedException {
        close();
        LaunchedProgram program = launched;
        while (program != null && program.runs() && !detaching) {
            Thread.sleep(IDLE_MILLIS);
        }
    }

    /** How many records each event's counters say were dropped, beyond those that were told on the way. */
    public long untoldLosses() throws SyscallException {
        PerfSession session = perf;
        if (session == null) {
            return 0;
        }
        long lost = 0;
        for (PerfSession.Counts counts : session.counts()) {
            lost += counts.lost();
        }
        return Math.max(0, lost - assembler.lostRecords());
    }

    /**
     * The functions of which the kernel counted more entries than records came; to be asked for after {@link #run}.
     *
     * @return empty if the kernel's counters can't be read
     */
    public Optional<List<MissedCalls>> missedCalls() throws IOException {
        PerfSession session = perf;
        return session == null
                ? Optional.empty()
                : new HitCounts(registry, table, assembler).missed(session, options.selection());
    }

    /**
     * Takes everything away: the reader of the rings first, then descriptors, then rings, then the probes' definitions. If a step
     * fails, those behind it are left out: the definitions stay until a later sweep.
     */
    @Override
    public void close() throws IOException {
        try {
            closeEvents();
            registry.remove();
        } finally {
            try {
                LaunchedProgram program = launched;
                if (program != null) {
                    program.abandonUnlessResumed();
                }
            } finally {
                launcher.close();
            }
        }
    }

    private void closeEvents() throws IOException {
        RingReader ringReader = reader;
        if (ringReader != null) {
            try {
                ringReader.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted; the probes stay until this process has ended");
            }
        }
        PerfSession session = perf;
        if (session != null) {
            session.close();
        }
    }
}
