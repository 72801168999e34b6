package jltrace.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import jltrace.call.Call;
import jltrace.call.CallListener.NoReturn;
import jltrace.call.Loss;
import jltrace.call.MissedCalls;
import jltrace.call.SampleCalls;
import jltrace.call.TracedThread;
import jltrace.plan.ReturnStrategy;
import jltrace.plan.TracedFunction;
import jltrace.target.FileIdentity;
import jltrace.target.ObjectFile;
import jltrace.target.ObjectTable;
import jltrace.type.FunctionSignature;
import jltrace.type.VoidType;
import org.junit.jupiter.api.Test;

/** The table is that of {@code ltrace -c}. */
class SummarySinkTest {
    private final SummarySink sink = new SummarySink(SymbolNames.AS_THEY_ARE);
    private final ObjectFile libc =
            new ObjectTable().add(new FileIdentity(1, 1), "/usr/lib/libc.so.6", false, "libc.so.6");
    private final TracedThread thread = SampleCalls.thread(SampleCalls.process(1), 1);
    private long serial;

    private TracedFunction function(String name) {
        return SampleCalls.function(
                new FunctionSignature(name, VoidType.VOID, List.of(), false, false),
                libc,
                ReturnStrategy.URETPROBE,
                false);
    }

    private Call call(TracedFunction function, long micros) {
        return SampleCalls.at(SampleCalls.call(thread, function, 0, ++serial), 1000, 1000 + micros * 1000);
    }

    private void complete(TracedFunction function, long micros) {
        Call call = call(function, micros);
        sink.entered(call, SampleCalls.entry(call, new byte[0]));
        sink.returned(call, SampleCalls.exit(call, 0));
    }

    private String table() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        sink.print(out);
        return out.toString(StandardCharsets.US_ASCII);
    }

    @Test
    void functionsAreSortedByTheTimeSpentInThem() {
        TracedFunction usleep = function("usleep");
        TracedFunction malloc = function("malloc");
        complete(malloc, 10);
        complete(usleep, 1265);
        complete(malloc, 20);
        complete(malloc, 30);
        complete(function("puts"), 2850);
        assertThat(table()).isEqualTo("""
                % time     seconds  usecs/call     calls      function
                ------ ----------- ----------- --------- --------------------
                 68.26    0.002850        2850         1 puts
                 30.30    0.001265        1265         1 usleep
                  1.44    0.000060          20         3 malloc
                ------ ----------- ----------- --------- --------------------
                100.00    0.004175                     5 total
                """);
    }

    @Test
    void callsWithoutAReturnAreCounted() {
        Call exit = call(function("exit"), 5);
        sink.entered(exit, SampleCalls.entry(exit, new byte[0]));
        sink.notReturned(exit, NoReturn.THREAD_EXIT);
        assertThat(table()).containsPattern("\n  0\\.00 +0\\.000000 +0 +1 exit\n");
    }

    @Test
    void functionsOfOneNameAreOneRow() {
        complete(function("malloc"), 10);
        complete(function("malloc"), 30);
        assertThat(table())
                .containsPattern("100\\.00 +0\\.000040 +20 +2 malloc\n")
                .containsPattern(" 2 total\n");
    }

    @Test
    void nothingIsATableToo() {
        assertThat(table()).contains("total").hasLineCount(4);
    }

    @Test
    void lossesMakeTheFiguresLowerBounds() {
        sink.lost(Loss.somewhere(3, 1));
        assertThat(table()).endsWith("the kernel dropped 3 records: the figures above are lower bounds\n");
    }

    @Test
    void whatTheKernelCountedIsAddedWhereItIsCertainAndMarkedWhereNot() {
        TracedFunction all = function("all");
        TracedFunction some = function("some");
        TracedFunction none = function("none");
        complete(all, 3000);
        complete(some, 2000);
        complete(none, 1000);
        sink.lost(Loss.somewhere(9, 1));
        sink.missed(List.of(new MissedCalls(all, 4, true), new MissedCalls(some, 5, false)));
        assertThat(table()).isEqualTo("""
                % time     seconds  usecs/call     calls      function
                ------ ----------- ----------- --------- --------------------
                 50.00    0.003000+       3000         5 all
                 33.33    0.002000+       2000         1+some
                 16.67    0.001000        1000         1 none
                ------ ----------- ----------- --------- --------------------
                100.00    0.006000+                    7+total
                the kernel dropped 9 records: figures with a + are lower bounds, the others are exact
                """);
    }

    @Test
    void theTimeOfACallWhoseReturnWasLostIsNotKnown() {
        Call lost = call(function("malloc"), 5);
        sink.entered(lost, SampleCalls.entry(lost, new byte[0]));
        sink.notReturned(lost, NoReturn.LOST);
        sink.lost(Loss.somewhere(1, 1));
        sink.missed(List.of());
        assertThat(table()).contains("  0.00    0.000000+          0         1 malloc\n");
    }

    /** The last records are lost without a record that says where: what was going on then ends as if tracing had ended first. */
    @Test
    void afterALossACallThatWasGoingOnAtTheEndMayHaveReturned() {
        Call open = call(function("malloc"), 5);
        sink.entered(open, SampleCalls.entry(open, new byte[0]));
        sink.notReturned(open, NoReturn.DETACHED);
        sink.lost(Loss.somewhere(1, 1));
        sink.missed(List.of());
        assertThat(table()).contains("  0.00    0.000000+          0         1 malloc\n");
    }

    @Test
    void aFunctionOfWhichEveryRecordWasLostHasARow() {
        sink.lost(Loss.somewhere(2, 1));
        sink.missed(List.of(new MissedCalls(function("malloc"), 2, true)));
        assertThat(table()).contains("  0.00    0.000000+          0         2 malloc\n");
    }
}
