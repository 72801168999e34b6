package jltrace.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import jltrace.call.CallAssembler;
import jltrace.call.ProcessEnd;
import jltrace.call.ProcessWatcher;
import jltrace.call.RecordOrderer;
import jltrace.call.TracedProcess;
import jltrace.cli.output.Colors;
import jltrace.cli.output.SymbolNames;
import jltrace.cli.output.TextSink;
import jltrace.cli.output.TextStyle;
import jltrace.perf.RingSegment;
import jltrace.plan.ArgumentPlan;
import jltrace.plan.CallerResolver;
import jltrace.plan.CaptureLimits;
import jltrace.plan.ControlFlow;
import jltrace.plan.LibraryPattern;
import jltrace.plan.ProbeTable;
import jltrace.plan.ReturnStrategy;
import jltrace.plan.TraceSelection;
import jltrace.plan.TracedFunction;
import jltrace.prototype.PrototypeFileException;
import jltrace.prototype.PrototypeSearchPath;
import jltrace.prototype.Prototypes;
import jltrace.target.AddressSpace;
import jltrace.target.FileIdentity;
import jltrace.target.MemoryMapping;
import jltrace.target.ObjectFile;
import jltrace.target.ObjectTable;
import jltrace.value.FunctionNames;
import jltrace.value.MemoryProbe;
import jltrace.value.ValueDecoder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How many records a second one core takes out of a ring, and turns into lines. A call is two records. What differs from a real trace is
 * that one function is called again and again, and that nobody writes the lines to a disk.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC"})
public class RecordBenchmark {
    private static final int CALLS = 256;
    private static final int RECORDS = 2 * CALLS;
    private static final String LIBRARY = "libc.so.6";

    /** From no memory to much: a number, a string, a string and flags, a format. */
    @Param({"malloc", "strlen", "open", "printf"})
    String function = "";

    private final RingSegment segment = new RingSegment();
    private final LineCounter lines = new LineCounter();

    @SuppressWarnings("NullAway.Init")
    private SampleRing ring;

    @SuppressWarnings("NullAway.Init")
    private RecordOrderer orderer;

    /** Prepares a trace of one function. */
    @Setup
    public void prepare() throws IOException, PrototypeFileException {
        ObjectTable objects = new ObjectTable();
        ObjectFile program = objects.add(new FileIdentity(1, 1), "/usr/bin/prog", true, "prog");
        ObjectFile library = objects.add(new FileIdentity(1, 2), "/usr/lib/" + LIBRARY, false, LIBRARY);
        Prototypes prototypes = new PrototypeSearchPath().prototypes(List.of());
        ArgumentPlan arguments =
                new ArgumentPlan(prototypes.find(LIBRARY, function).signature(), CaptureLimits.DEFAULT);
        ProbeTable probes = new ProbeTable();
        probes.addFunction(new TracedFunction(
                probes.nextFunction(),
                library,
                function,
                arguments,
                ReturnStrategy.URETPROBE,
                false,
                () -> new ControlFlow(false, false)));
        probes.addEvent(SampleRing.ENTRY, SampleRing.entryLayout(arguments.shape()));
        probes.addEvent(SampleRing.RETURN, SampleRing.returnLayout(arguments.returnShape()));
        ring = new SampleRing(CALLS, arguments.shape(), arguments.returnShape());

        TextSink sink = new TextSink(
                lines,
                new TextStyle(TextStyle.Time.NONE, false, false, false, false, true, 50, 0, true, Colors.NONE, true),
                new ValueDecoder(
                        CaptureLimits.DEFAULT,
                        (process, address, stack) -> MemoryProbe.Presence.MAPPED,
                        FunctionNames.NONE),
                objects,
                SymbolNames.AS_THEY_ARE);
        CallAssembler assembler = new CallAssembler(
                probes,
                new TraceSelection(
                        List.of(LibraryPattern.of(LIBRARY)), Optional.empty(), Optional.empty(), List.of(), true),
                (object, returnFileOffset, called) -> new CallerResolver.Caller(object, called.name(), true),
                objects,
                sink,
                new Alone(),
                false);
        AddressSpace space = new AddressSpace();
        space.map(0x400000, 0x500000, 0, program.number());
        assembler.addThread(assembler.addProcess(SampleRing.PROCESS, space, program.number()), SampleRing.PROCESS);
        orderer = new RecordOrderer(new int[] {0}, assembler, used -> {});
        show();
        sink.idle();
        if (lines.count != CALLS) {
            throw new IllegalStateException(CALLS + " calls became " + lines.count + " lines");
        }
    }

    /** Takes records out of the ring. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public RingSegment read() {
        ring.moveTo(segment);
        return segment;
    }

    /** Takes records out of the ring, makes calls of them, and lines of the calls. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public RecordOrderer show() {
        ring.moveTo(segment);
        orderer.add(segment);
        orderer.finish();
        return orderer;
    }

    /** Where the lines end. */
    private static final class LineCounter extends OutputStream {
        private long count;

        @Override
        public void write(int octet) {
            count += octet == '\n' ? 1 : 0;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            // After the check in prepare, to look at each byte would be most of the work.
            for (int i = offset; count < CALLS && i < offset + length; i++) {
                write(bytes[i]);
            }
        }
    }

    /** Watches over a process that does nothing but call. */
    private static final class Alone implements ProcessWatcher {
        @Override
        public int mapped(TracedProcess process, MemoryMapping mapping, boolean program, long nanos) {
            return ObjectTable.NO_OBJECT;
        }

        @Override
        public void forked(TracedProcess parent, TracedProcess child) {}

        @Override
        public ProcessEnd ended(TracedProcess process) {
            return ProcessEnd.UNKNOWN;
        }
    }
}
