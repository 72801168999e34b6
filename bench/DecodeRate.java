import java.io.OutputStream;
import java.util.List;
import jltrace.call.Call;
import jltrace.call.Capture;
import jltrace.call.Captures;
import jltrace.call.FakeMemory;
import jltrace.call.SampleCalls;
import jltrace.call.TracedThread;
import jltrace.cli.output.Colors;
import jltrace.cli.output.SymbolNames;
import jltrace.cli.output.TextSink;
import jltrace.cli.output.TextStyle;
import jltrace.plan.CaptureLimits;
import jltrace.plan.ReturnStrategy;
import jltrace.plan.TracedFunction;
import jltrace.prototype.PrototypeSearchPath;
import jltrace.prototype.Prototypes;
import jltrace.target.FileIdentity;
import jltrace.target.ObjectFile;
import jltrace.target.ObjectTable;
import jltrace.type.FunctionSignature;
import jltrace.value.FunctionNames;
import jltrace.value.MemoryProbe;
import jltrace.value.ValueDecoder;

/** Measures how many calls a second one core turns from records into lines; bench/decode runs it. */
final class DecodeRate {
    private static final String TEXT = "/usr/share/locale/en_US.UTF-8/LC_MESSAGES/coreutils.mo";
    private static final int ROUND = 2_000_000;

    private final ObjectTable objects = new ObjectTable();
    private final ObjectFile libc = objects.add(new FileIdentity(1, 1), "/usr/lib/libc.so.6", false, "libc.so.6");
    private final TracedThread thread = SampleCalls.thread(SampleCalls.process(100), 100);
    private final TextSink sink = new TextSink(
            OutputStream.nullOutputStream(),
            new TextStyle(TextStyle.Time.NONE, false, false, false, false, true, 50, 0, true, Colors.NONE, true),
            new ValueDecoder(
                    CaptureLimits.DEFAULT, (pid, address, stack) -> MemoryProbe.Presence.MAPPED, FunctionNames.NONE),
            objects,
            SymbolNames.AS_THEY_ARE);

    private record Sample(Call call, Capture entry, Capture exit) {}

    private Sample sample(Prototypes prototypes, String name, long... slots) {
        FakeMemory memory = new FakeMemory()
                .text(0x1000, TEXT)
                .text(0x2000, "%s: %d of %lu\n")
                .put(0x3000, 5, 1_000_000)
                .put(0x4000, 0x1000, 0x2000, 0);
        FunctionSignature signature = prototypes.find("libc.so.6", name).signature();
        TracedFunction function = SampleCalls.function(signature, libc, ReturnStrategy.URETPROBE, false);
        Call call = SampleCalls.call(thread, function, 0, 1);
        return new Sample(
                call,
                Captures.entry(function.arguments(), memory, slots),
                Captures.exit(function.arguments(), memory, 0x1000, 0));
    }

    private void run() throws Exception {
        Prototypes prototypes = new PrototypeSearchPath().prototypes(List.of());
        List<Sample> samples = List.of(
                sample(prototypes, "malloc", 40),
                sample(prototypes, "free", 0x5555_5555_0000L),
                sample(prototypes, "strlen", 0x1000),
                sample(prototypes, "strcmp", 0x1000, 0x2000),
                sample(prototypes, "memcpy", 0x5555_5555_0000L, 0x1000, 64),
                sample(prototypes, "open", 0x1000, 02000101, 0644),
                sample(prototypes, "read", 3, 0x5555_5555_0000L, 4096),
                sample(prototypes, "write", 1, 0x1000, 4096),
                sample(prototypes, "mmap", 0, 8192, 3, 0x22, -1, 0),
                sample(prototypes, "printf", 0x2000, 0x1000, 5, 17),
                sample(prototypes, "nanosleep", 0x3000, 0),
                sample(prototypes, "getenv", 0x1000));
        for (int round = 0; round < 6; round++) {
            long started = cpuNanos();
            long allocated = allocated();
            for (int i = 0; i < ROUND; i++) {
                show(samples.get(i % samples.size()));
            }
            report("all", cpuNanos() - started, allocated() - allocated);
        }
        for (Sample sample : samples) {
            long started = cpuNanos();
            long allocated = allocated();
            for (int i = 0; i < ROUND; i++) {
                show(sample);
            }
            report(sample.call().function().name(), cpuNanos() - started, allocated() - allocated);
        }
    }

    private void show(Sample sample) {
        sink.entered(sample.call(), sample.entry());
        sink.returned(sample.call(), sample.exit());
    }

    private static void report(String what, long nanos, long allocatedBytes) {
        System.out.printf(
                "%-10s %,10d calls/s, %.2f bytes allocated a call%n",
                what, ROUND * 1_000_000_000L / nanos, (double) allocatedBytes / ROUND);
    }

    /** Other programs run beside it: what counts is the time on the core. */
    private static long cpuNanos() {
        return java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }

    public static void main(String[] args) throws Exception {
        new DecodeRate().run();
    }
}
