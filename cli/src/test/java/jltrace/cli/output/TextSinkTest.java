package jltrace.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import jltrace.call.Call;
import jltrace.call.CallListener.NoReturn;
import jltrace.call.Loss;
import jltrace.call.ProcessEnd;
import jltrace.call.SampleCalls;
import jltrace.call.TracedProcess;
import jltrace.call.TracedThread;
import jltrace.plan.CaptureLimits;
import jltrace.plan.ReturnStrategy;
import jltrace.target.FileIdentity;
import jltrace.target.ObjectFile;
import jltrace.target.ObjectTable;
import jltrace.type.CType;
import jltrace.type.FunctionSignature;
import jltrace.type.IntegerType;
import jltrace.type.Parameter;
import jltrace.type.StringType;
import jltrace.type.VoidType;
import jltrace.value.FunctionNames;
import jltrace.value.MemoryProbe;
import jltrace.value.ValueDecoder;
import org.junit.jupiter.api.Test;

/** The lines are those that ltrace 0.7.3 was seen to print. */
class TextSinkTest {
    private static final TextStyle PLAIN =
            new TextStyle(TextStyle.Time.NONE, false, false, false, false, true, 50, 0, false, Colors.NONE, false);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ObjectTable objects = new ObjectTable();
    private final ObjectFile program = objects.add(new FileIdentity(1, 1), "/usr/bin/prog", true, "prog");
    private final ObjectFile libc = objects.add(new FileIdentity(1, 2), "/usr/lib/libc.so.6", false, "libc.so.6");
    private final TracedProcess process = SampleCalls.process(100);
    private final TracedThread first = SampleCalls.thread(process, 100);
    private final TracedThread second = SampleCalls.thread(process, 11021);
    private TextSink sink = sink(PLAIN);
    private long serial;

    private TextSink sink(TextStyle style) {
        out.reset();
        sink = new TextSink(
                out,
                style,
                new ValueDecoder(
                        CaptureLimits.DEFAULT,
                        (pid, address, stack) -> MemoryProbe.Presence.MAPPED,
                        FunctionNames.NONE),
                objects,
                SymbolNames.AS_THEY_ARE);
        return sink;
    }

    private String lines() {
        sink.idle();
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private Call call(TracedThread thread, String name, CType result, CType... parameters) {
        FunctionSignature signature = new FunctionSignature(
                name,
                result,
                java.util.Arrays.stream(parameters).map(Parameter::of).toList(),
                false,
                false);
        return SampleCalls.call(
                thread,
                SampleCalls.function(signature, libc, ReturnStrategy.URETPROBE, false),
                program.number(),
                ++serial);
    }

    private Call malloc(TracedThread thread) {
        return call(
                thread,
                "malloc",
                IntegerType.UNSIGNED_LONG.shownAs(jltrace.type.Display.HEXADECIMAL),
                IntegerType.LONG);
    }

    private void enter(Call call, long... registers) {
        sink.entered(call, SampleCalls.entry(call, new byte[0], registers));
    }

    private void leave(Call call, long result) {
        sink.returned(call, SampleCalls.exit(call, result));
    }

    @Test
    void aCallIsALineWithItsResultInAColumn() {
        Call call = malloc(first);
        enter(call, 40);
        leave(call, 0x55cf14a0c2a0L);
        assertThat(lines()).isEqualTo("malloc(40)                                       = 0x55cf14a0c2a0\n");
    }

    @Test
    void aLongLineKeepsABlankBeforeTheResult() {
        Call call = call(first, "f", IntegerType.INT, StringType.C_STRING, IntegerType.INT);
        sink.entered(
                call, SampleCalls.entry(call, "x".repeat(39).getBytes(StandardCharsets.US_ASCII), 0x1000, 123456789));
        leave(call, -1);
        assertThat(lines()).isEqualTo("f(\"" + "x".repeat(32) + "\"..., 123456789) = -1\n");
    }

    @Test
    void aFunctionWithoutAResultIsVoid() {
        Call call = call(first, "free", VoidType.VOID, IntegerType.INT);
        enter(call, 1);
        leave(call, 0);
        assertThat(lines()).isEqualTo("free(1)                                          = <void>\n");
    }

    @Test
    void anUnknownResultIsAQuestionMark() {
        Call call = call(first, "setjmp", IntegerType.INT, IntegerType.INT);
        enter(call, 1);
        sink.returned(call, null);
        assertThat(lines()).isEqualTo("setjmp(1)                                        = ?\n");
    }

    @Test
    void aNestedCallCutsTheLineOfTheOuterOne() {
        sink(style(TextStyle.Time.NONE, false, false, false, 0, false));
        Call qsort = call(first, "qsort", VoidType.VOID, IntegerType.INT);
        Call strcmp = call(first, "strcmp", IntegerType.INT, IntegerType.INT);
        enter(qsort, 3);
        enter(strcmp, 1);
        leave(strcmp, -2);
        leave(qsort, 0);
        assertThat(lines().replaceAll(" +=", " =")).isEqualTo("""
                        qsort(3 <unfinished ...>
                        strcmp(1) = -2
                        <... qsort resumed> ) = <void>
                        """);
    }

    private static TextStyle style(
            TextStyle.Time time,
            boolean duration,
            boolean returnAddress,
            boolean caller,
            int indentation,
            boolean toFile) {
        return new TextStyle(
                time, duration, returnAddress, caller, false, true, 50, indentation, toFile, Colors.NONE, false);
    }

    @Test
    void nestingIsIndentedIfAskedFor() {
        sink(style(TextStyle.Time.NONE, false, false, false, 2, false));
        Call outer = call(first, "outer", VoidType.VOID);
        Call inner = SampleCalls.depth(call(first, "inner", VoidType.VOID), 1);
        enter(outer);
        enter(inner);
        leave(inner, 0);
        leave(outer, 0);
        assertThat(lines().lines().map(line -> line.replaceAll(" +=", " =")))
                .containsExactly("outer( <unfinished ...>", "  inner() = <void>", "<... outer resumed> ) = <void>");
    }

    @Test
    void severalTasksAreNamedOnTheTerminal() {
        Call one = malloc(first);
        Call two = malloc(second);
        enter(one, 1);
        enter(two, 10);
        leave(one, 0x1000);
        leave(two, 0x2000);
        assertThat(lines().lines().map(line -> line.replaceAll(" +=", " =")))
                .containsExactly(
                        "malloc(1 <unfinished ...>",
                        "[pid 11021] malloc(10 <unfinished ...>",
                        "[pid 100] <... malloc resumed> ) = 0x1000",
                        "[pid 11021] <... malloc resumed> ) = 0x2000");
    }

    @Test
    void inAFileTheTaskIsABareNumber() {
        sink(style(TextStyle.Time.NONE, false, false, true, 0, true));
        leaveAtOnce(malloc(first));
        leaveAtOnce(malloc(second));
        leaveAtOnce(malloc(first));
        assertThat(lines().lines().map(line -> line.replaceAll(" +=", " =")))
                .containsExactly(
                        "prog->malloc(5) = 0x10", "11021 prog->malloc(5) = 0x10", "100 prog->malloc(5) = 0x10");
    }

    private void leaveAtOnce(Call call) {
        enter(call, 5);
        leave(call, 0x10);
    }

    @Test
    void theCallerIsNamedIfAskedForAndUnknownOnesAreMarked() {
        sink(style(TextStyle.Time.NONE, false, false, true, 0, false));
        Call call = call(first, "f", VoidType.VOID);
        Call unknown = SampleCalls.call(first, call.function(), ObjectTable.NO_OBJECT, ++serial);
        enter(unknown);
        leave(unknown, 0);
        assertThat(lines()).startsWith("?->f()");
    }

    @Test
    void aFunctionThatWasAskedForByItsOwnNameShowsItsLibrary() {
        FunctionSignature signature = new FunctionSignature("malloc", VoidType.VOID, List.of(), false, false);
        Call inLibrary = SampleCalls.call(
                first, SampleCalls.function(signature, libc, ReturnStrategy.URETPROBE, true), 0, ++serial);
        Call inProgram = SampleCalls.call(
                first, SampleCalls.function(signature, program, ReturnStrategy.URETPROBE, true), 0, ++serial);
        enter(inLibrary);
        leave(inLibrary, 0);
        enter(inProgram);
        leave(inProgram, 0);
        assertThat(lines().lines().map(line -> line.replaceAll(" +=", " =")))
                .containsExactly("malloc@libc.so.6() = <void>", "malloc() = <void>");
    }

    @Test
    void theReturnAddressStandsInFront() {
        sink(style(TextStyle.Time.NONE, false, true, true, 0, false));
        leaveAtOnce(malloc(first));
        assertThat(lines()).startsWith("[0x401234] prog->malloc(5)");
    }

    @Test
    void theTimeSpentStandsAtTheEnd() {
        sink(style(TextStyle.Time.NONE, true, false, false, 0, false));
        Call call = SampleCalls.at(malloc(first), 1_000_000_000L, 3_001_350_999L);
        leaveAtOnce(call);
        assertThat(lines()).endsWith("= 0x10 <2.001350>\n");
    }

    @Test
    void relativeTimesAreThoseSinceTheLineBefore() {
        sink(style(TextStyle.Time.RELATIVE, false, false, false, 0, false));
        leaveAtOnce(SampleCalls.at(malloc(first), 5_000_000_000L, 5_000_000_000L));
        leaveAtOnce(SampleCalls.at(malloc(first), 5_000_410_000L, 5_000_410_000L));
        leaveAtOnce(SampleCalls.at(malloc(first), 17_500_410_000L, 17_500_410_000L));
        assertThat(lines().lines().map(line -> line.substring(0, 11)))
                .containsExactly("  0.000000 ", "  0.000410 ", " 12.500000 ");
    }

    @Test
    void timesOfDayAreThoseOfTheClock() {
        sink(style(TextStyle.Time.OF_DAY_PRECISE, false, false, false, 0, false));
        LocalTime before = LocalTime.now(ZoneId.systemDefault()).minusSeconds(1);
        leaveAtOnce(SampleCalls.at(malloc(first), System.nanoTime(), System.nanoTime()));
        String line = lines();
        assertThat(line).matches("(?s)\\d\\d:\\d\\d:\\d\\d\\.\\d{6} malloc.*");
        LocalTime time = LocalTime.parse(line.substring(0, 15));
        LocalTime after = LocalTime.now(ZoneId.systemDefault()).plusSeconds(1);
        if (before.isBefore(after)) {
            assertThat(time).isBetween(before, after);
        }
        sink(style(TextStyle.Time.OF_DAY, false, false, false, 0, false));
        leaveAtOnce(SampleCalls.at(malloc(first), System.nanoTime(), System.nanoTime()));
        assertThat(lines()).matches("(?s)\\d\\d:\\d\\d:\\d\\d malloc.*");
        sink(style(TextStyle.Time.EPOCH, false, false, false, 0, false));
        leaveAtOnce(SampleCalls.at(malloc(first), System.nanoTime(), System.nanoTime()));
        double seconds = Double.parseDouble(lines().substring(0, lines().indexOf(' ')));
        assertThat(seconds).isCloseTo(System.currentTimeMillis() / 1000.0, org.assertj.core.data.Offset.offset(5.0));
    }

    @Test
    void aSignalCutsTheLine() {
        Call raise = call(first, "raise", IntegerType.INT, IntegerType.INT);
        enter(raise, 10);
        sink.signal(first, 10, 1);
        leave(raise, 0);
        assertThat(lines().lines().map(line -> line.replaceAll(" +=", " =")))
                .containsExactly(
                        "raise(10 <unfinished ...>",
                        "--- SIGUSR1 (User defined signal 1) ---",
                        "<... raise resumed> ) = 0");
    }

    @Test
    void signalsCanBeLeftOut() {
        sink(new TextStyle(TextStyle.Time.NONE, false, false, false, false, false, 50, 0, false, Colors.NONE, false));
        sink.signal(first, 10, 1);
        leaveAtOnce(malloc(first));
        assertThat(lines()).startsWith("malloc(5)");
    }

    @Test
    void theEndOfAProcessIsTold() {
        sink.exited(process, new ProcessEnd(ProcessEnd.Kind.EXITED, 3), 1);
        assertThat(lines()).isEqualTo("+++ exited (status 3) +++\n");
    }

    @Test
    void anExecIsTold() {
        sink.executed(first, 1);
        assertThat(lines()).isEqualTo("--- Called exec() ---\n");
    }

    @Test
    void aFatalSignalThatWasNotDeliveredIsToldBeforeTheEnd() {
        sink.exited(process, new ProcessEnd(ProcessEnd.Kind.KILLED, 15), 1);
        assertThat(lines()).isEqualTo("--- SIGTERM (Terminated) ---\n+++ killed by SIGTERM +++\n");
        sink(PLAIN);
        sink.exited(process, new ProcessEnd(ProcessEnd.Kind.KILLED, 9), 1);
        assertThat(lines()).isEqualTo("+++ killed by SIGKILL +++\n");
    }

    @Test
    void aCallWithoutAReturnIsToldSo() {
        Call call = malloc(first);
        enter(call, 1);
        sink.notReturned(call, NoReturn.UNWOUND);
        assertThat(lines()).isEqualTo("malloc(1 <no return ...>\n");
    }

    @Test
    void lossesAreTold() {
        sink.lost(Loss.somewhere(3, 1));
        sink.lost(new Loss(4, 2, 1_000_000, 1_431_000, 77, "usleep"));
        sink.lost(new Loss(5, 0, 0, 1_431_000, 77, ""));
        assertThat(lines()).isEqualTo("""
                        --- LOST 3 records: entries and returns of calls here are missing ---
                        --- LOST 4 records of CPU 2 within 431 us, last of thread 77 in usleep: entries and returns of calls here are missing ---
                        --- LOST 5 records of CPU 0, last of thread 77: entries and returns of calls here are missing ---
                        """);
    }

    @Test
    void noByteOfTheTargetReachesTheTerminalRaw() {
        ObjectFile odd = objects.add(new FileIdentity(1, 3), "/tmp/a\033[31m\n\u00e9", false, "a\033[31m\n\u00e9");
        FunctionSignature signature = new FunctionSignature(
                "f\033\n\u0141", VoidType.VOID, List.of(Parameter.of(StringType.C_STRING)), false, false);
        sink(style(TextStyle.Time.NONE, false, false, true, 0, false));
        Call call = SampleCalls.call(
                first, SampleCalls.function(signature, odd, ReturnStrategy.URETPROBE, true), odd.number(), ++serial);
        byte[] bytes = new byte[33];
        for (int i = 1; i <= 32; i++) {
            bytes[i - 1] = (byte) i;
        }
        sink.entered(call, SampleCalls.entry(call, bytes, 0x1000));
        leave(call, 0);
        assertThat(lines().chars().filter(c -> (c < ' ' && c != '\n') || c >= 0x7f))
                .isEmpty();
        assertThat(lines()).hasLineCount(1);
        assertThat(lines()).as("UTF-8, not cut to a byte").contains("f\\033\\n\\305\\201");
    }

    @Test
    void colorsDoNotMoveTheResult() {
        Call call = malloc(first);
        enter(call, 40);
        leave(call, 0x10);
        String plain = lines();
        sink(new TextStyle(TextStyle.Time.NONE, false, false, false, false, true, 50, 0, false, Colors.ANSI, false));
        Call again = malloc(first);
        enter(again, 40);
        leave(again, 0x10);
        assertThat(lines()).contains("\033[").isNotEqualTo(plain);
        assertThat(lines().replaceAll("\033\\[[0-9;]*m", "")).isEqualTo(plain);
    }
}
