package jltrace.call;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import jltrace.perf.PerfRecord;
import jltrace.perf.RecordBuilder;
import jltrace.plan.ArgumentPlan;
import jltrace.plan.CallSelection;
import jltrace.plan.CallerResolver;
import jltrace.plan.CaptureLimits;
import jltrace.plan.CaptureShape;
import jltrace.plan.ControlFlow;
import jltrace.plan.EventLayout;
import jltrace.plan.ExitSites;
import jltrace.plan.ProbeTable;
import jltrace.plan.ReturnStrategy;
import jltrace.plan.TracedFunction;
import jltrace.target.AddressSpace;
import jltrace.target.FileIdentity;
import jltrace.target.MemoryMapping;
import jltrace.target.ObjectFile;
import jltrace.target.ObjectTable;
import jltrace.type.FunctionSignature;
import org.jspecify.annotations.Nullable;

/**
 * A program with two libraries, whose hits are written down one by one; what the assembler makes of them is a list of sentences.
 * Calls into a library are shown for whoever is outside of it.
 */
public final class Scenario implements CallListener, ProcessWatcher {
    static final int PID = 100;
    static final int CPU = 3;
    /** A return address in the program. */
    static final long IN_MAIN = 0x401234;
    /** A return address in the first library. */
    static final long IN_LIBRARY = 0x7f0000001234L;
    /** A return address in code that belongs to no file. */
    static final long IN_NOTHING = 0x10;
    /** A stack pointer; calls go down from here. */
    static final long STACK = 0x7ffffff00000L;

    private static final int ENTRY = 1;
    private static final int RETURN = 2;
    private static final int EXIT = 3;
    private static final int LEAVE = 4;
    private static final int TAIL_CALL = 5;
    private static final int SIGNAL = 6;
    private static final int STATUS = 7;
    private static final int STUB = 8;
    private static final int BEHIND_CALL = 9;
    /** What is added to the ids of entries and returns in the events that take the place of the first ones. */
    private static final int SUCCESSOR = 100;

    final List<String> heard = new ArrayList<>();
    final ObjectTable objects = new ObjectTable();
    final ObjectFile program = objects.add(new FileIdentity(1, 1), "/bin/prog", true, "prog");
    final ObjectFile library = objects.add(new FileIdentity(1, 2), "/lib/liba.so", false, "liba.so");
    final ObjectFile other = objects.add(new FileIdentity(1, 3), "/lib/libb.so", false, "libb.so");
    final ProbeTable probes = new ProbeTable();
    public final CallAssembler assembler;

    private final RecordBuilder builder = new RecordBuilder();
    private int done;
    private int added;
    private long previousNanos;
    private @Nullable Loss lastLoss;
    private Optional<CallerResolver.Caller> jumper = Optional.empty();
    private boolean showsUnknown = true;
    private boolean certain;
    ProcessEnd end = ProcessEnd.UNKNOWN;

    Scenario() {
        this(false);
    }

    public Scenario(boolean followForks) {
        CallSelection selection = new CallSelection() {
            @Override
            public boolean shows(TracedFunction function, String importedName, ObjectFile caller) {
                return caller.number() != function.object().number();
            }

            @Override
            public boolean showsUnknownCaller(TracedFunction function) {
                return showsUnknown;
            }
        };
        CallerResolver resolver = (object, returnFileOffset, function) ->
                jumper.orElse(new CallerResolver.Caller(object, function.name(), certain));
        assembler = new CallAssembler(probes, selection, resolver, objects, this, this, followForks);
        CaptureShape shape = CaptureShape.REGISTERS;
        probes.addEvent(ENTRY, new EventLayout(EventLayout.Kind.ENTRY, 8, 12, 20, 28, 0, shape, 0));
        probes.addEvent(RETURN, new EventLayout(EventLayout.Kind.RETURN, 8, 12, 0, 20, 0, shape, 0));
        probes.addEvent(EXIT, new EventLayout(EventLayout.Kind.EXIT, 8, 12, 0, 20, 0, shape, 0));
        probes.addEvent(LEAVE, new EventLayout(EventLayout.Kind.LEAVE, 8, 12, 0, 0, 0, shape, 0));
        probes.addEvent(TAIL_CALL, new EventLayout(EventLayout.Kind.TAIL_CALL, 8, 12, 0, 0, 0, shape, 0));
        probes.addEvent(SIGNAL, new EventLayout(EventLayout.Kind.SIGNAL, 8, 0, 12, 20, 0, shape, 0));
        probes.addEvent(STATUS, new EventLayout(EventLayout.Kind.STATUS, 8, 0, 0, 8, 0, shape, 0));
        probes.addEvent(STUB, new EventLayout(EventLayout.Kind.STUB, 8, 12, 20, 28, 0, shape, 0));
        probes.addEvent(BEHIND_CALL, new EventLayout(EventLayout.Kind.BEHIND_CALL, 8, 12, 0, 20, 0, shape, 0));
        AddressSpace space = new AddressSpace();
        space.map(0x400000, 0x500000, 0, program.number());
        space.map(0x7f0000000000L, 0x7f0000100000L, 0, library.number());
        space.map(0x7f1000000000L, 0x7f1000100000L, 0, other.number());
        assembler.addThread(assembler.addProcess(PID, space, program.number()), PID);
        builder.task(PID, PID).at(1000);
    }

    // What the program is made of.

    TracedFunction function(String name, ReturnStrategy strategy) {
        return function(name, library, strategy, false);
    }

    TracedFunction function(String name, ObjectFile object, ReturnStrategy strategy, boolean entersAnother) {
        return function(name, object, strategy, new ControlFlow(entersAnother, false));
    }

    TracedFunction function(String name, ObjectFile object, ReturnStrategy strategy, ControlFlow flow) {
        TracedFunction function = new TracedFunction(
                probes.nextFunction(),
                object,
                name,
                new ArgumentPlan(FunctionSignature.guessed(name), CaptureLimits.DEFAULT),
                strategy,
                false,
                () -> flow);
        probes.addFunction(function);
        return function;
    }

    int exitSite(TracedFunction... functions) {
        int[] numbers = new int[functions.length];
        for (int i = 0; i < functions.length; i++) {
            numbers[i] = functions[i].number();
        }
        return ExitSites.add(probes, numbers);
    }

    int tailCallSite(TracedFunction target, ObjectFile caller) {
        return probes.addImportCall(new ProbeTable.ImportCall(target.number(), caller.number(), target.name(), false));
    }

    /** The program's stub that leads to a function. */
    int stubOf(TracedFunction target) {
        return tailCallSite(target, program);
    }

    /** One whose calls are seen to end behind the call instructions. */
    int stubThatIsReturnedFrom(TracedFunction target) {
        return probes.addImportCall(new ProbeTable.ImportCall(target.number(), program.number(), target.name(), true));
    }

    /** Other events take the place of those of entries and returns. */
    void replaceEvents() {
        for (int event : new int[] {ENTRY, RETURN}) {
            probes.addEvent(event + SUCCESSOR, Objects.requireNonNull(probes.records(event)));
            probes.replace(List.of(event), List.of(event + SUCCESSOR));
        }
    }

    /** The hits that follow are reported by the events that took the others' place. */
    Scenario bySuccessors() {
        added = SUCCESSOR;
        return this;
    }

    /** The hits that follow are reported by the first events. */
    Scenario byReplaced() {
        added = 0;
        return this;
    }

    /** The code in front of every return address says that this caller jumped. */
    void jumped(ObjectFile caller, String name) {
        jumper = Optional.of(new CallerResolver.Caller(caller.number(), name, false));
    }

    /** The code in front of every return address from now on is a call of the very function that is entered. */
    void called() {
        certain = true;
    }

    void hideUnknownCallers() {
        showsUnknown = false;
    }

    /** The hits that follow are reported by events that were opened for the how manieth time, counted from 0. */
    Scenario byOpening(int opening) {
        builder.opening(opening);
        return this;
    }

    // What happens.

    Scenario task(int pid, int tid) {
        builder.task(pid, tid);
        return this;
    }

    Scenario at(long nanos) {
        builder.at(nanos);
        return this;
    }

    Scenario enter(TracedFunction function, long stackPointer) {
        return enter(function, stackPointer, IN_MAIN);
    }

    Scenario enter(TracedFunction function, long stackPointer, long returnAddress) {
        return called(ENTRY + added, function.number(), stackPointer, returnAddress);
    }

    /** A stub that leads to a function is entered. */
    Scenario stub(int stub, long stackPointer, long returnAddress) {
        return called(STUB, stub, stackPointer, returnAddress);
    }

    private Scenario called(int event, int number, long stackPointer, long returnAddress) {
        builder.sample(event, fields -> {
            fields.putInt(number).putLong(stackPointer).putLong(returnAddress);
            for (int i = 0; i < 6; i++) {
                fields.putLong(i);
            }
        });
        return flush();
    }

    /** A return that was seen through the replaced return address: the stack pointer is 8 above the entry's. */
    Scenario uretprobe(TracedFunction function, long entryStackPointer, long result) {
        return returned(RETURN + added, function, entryStackPointer, result);
    }

    /** The instruction behind a call of a stub is about to run: the stack pointer is 8 above the entry's. */
    Scenario behindCall(TracedFunction function, long entryStackPointer, long result) {
        return returned(BEHIND_CALL, function, entryStackPointer, result);
    }

    private Scenario returned(int event, TracedFunction function, long entryStackPointer, long result) {
        builder.sample(
                event,
                fields -> fields.putInt(function.number())
                        .putLong(entryStackPointer + 8)
                        .putLong(result));
        return flush();
    }

    /** A return instruction is about to run. */
    Scenario ret(int exitSite, long stackPointer, long result) {
        builder.sample(
                EXIT, fields -> fields.putInt(exitSite).putLong(stackPointer).putLong(result));
        return flush();
    }

    /** A function is about to jump to code that is not watched. */
    Scenario leave(TracedFunction function, long stackPointer) {
        builder.sample(LEAVE, fields -> fields.putInt(function.number()).putLong(stackPointer));
        return flush();
    }

    Scenario announceTailCall(int site, long stackPointer) {
        builder.sample(TAIL_CALL, fields -> fields.putInt(site).putLong(stackPointer));
        return flush();
    }

    Scenario signal(int number, long handler) {
        return signal(number, handler, 0);
    }

    Scenario signal(int number, long handler, long flags) {
        builder.sample(SIGNAL, fields -> fields.putInt(number).putLong(handler).putLong(flags));
        return flush();
    }

    Scenario exitStatus(int status) {
        builder.sample(STATUS, fields -> fields.putInt(status));
        return flush();
    }

    Scenario fork(int childPid, int childTid) {
        builder.fork(childPid, childTid);
        return flush();
    }

    Scenario exec() {
        builder.comm("name", true);
        return flush();
    }

    Scenario rename() {
        builder.comm("name", false);
        return flush();
    }

    Scenario map(long start, long length, String path) {
        builder.map(start, length, 0, path);
        return flush();
    }

    Scenario map(long start, long length, int protection, String path) {
        builder.map(start, length, 0, protection, path);
        return flush();
    }

    Scenario exit() {
        builder.exit();
        return flush();
    }

    Scenario lost(long count) {
        builder.lost(count);
        return flush();
    }

    Scenario finish() {
        assembler.finish(1);
        return this;
    }

    private Scenario flush() {
        byte[] bytes = builder.bytes();
        while (done < bytes.length) {
            assembler.record(bytes, done, CPU, previousNanos);
            previousNanos = PerfRecord.timestampNanos(bytes, done);
            done += PerfRecord.size(bytes, done);
        }
        return this;
    }

    /** The last loss that was told. */
    @Nullable Loss lastLoss() {
        return lastLoss;
    }

    /** What was heard since this was called last. */
    List<String> news() {
        List<String> news = List.copyOf(heard);
        heard.clear();
        return news;
    }

    // What is heard: TID is left out for the first thread.

    private static String who(TracedThread thread) {
        return thread.tid() == PID ? "" : thread.tid() + ": ";
    }

    private String name(Call call) {
        return who(call.thread()) + new String(call.nameBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void entered(Call call, Capture entry) {
        String caller = call.caller() == ObjectTable.NO_OBJECT
                ? "?"
                : objects.get(call.caller()).name();
        heard.add(name(call) + " from " + caller + (call.depth() > 0 ? " in " + call.depth() : ""));
    }

    @Override
    public void returned(Call call, @Nullable Capture exit) {
        heard.add(name(call) + " = " + (exit == null ? "?" : PerfRecord.u64(exit.bytes(), exit.resultStart())));
    }

    @Override
    public void notReturned(Call call, NoReturn reason) {
        heard.add(name(call) + " " + reason);
    }

    @Override
    public void signal(TracedThread thread, int signal, long nanos) {
        heard.add(who(thread) + "signal " + signal);
    }

    @Override
    public void executed(TracedThread thread, long nanos) {
        heard.add(who(thread) + "exec");
    }

    @Override
    public void exited(TracedProcess process, ProcessEnd processEnd, long nanos) {
        heard.add("end of " + process.pid() + " " + processEnd.kind() + " " + processEnd.number());
    }

    @Override
    public void lost(Loss loss) {
        heard.add("lost " + loss.records());
        lastLoss = loss;
    }

    @Override
    public void idle() {}

    @Override
    public int mapped(TracedProcess process, MemoryMapping mapping, boolean isProgram, long nanos) {
        heard.add((isProgram ? "program " : "mapped ") + mapping.path());
        return List.of(program, library, other).stream()
                .filter(file -> file.path().equals(mapping.path()))
                .map(ObjectFile::number)
                .findFirst()
                .orElse(ObjectTable.NO_OBJECT);
    }

    @Override
    public void forked(TracedProcess parent, TracedProcess child) {
        heard.add(parent.pid() + " forked " + child.pid());
    }

    @Override
    public ProcessEnd ended(TracedProcess process) {
        return end;
    }
}
