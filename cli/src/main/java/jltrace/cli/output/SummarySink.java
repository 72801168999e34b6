package jltrace.cli.output;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import jltrace.call.Call;
import jltrace.call.CallListener;
import jltrace.call.Capture;
import jltrace.call.Loss;
import jltrace.call.MissedCalls;
import jltrace.call.ProcessEnd;
import jltrace.call.TracedProcess;
import jltrace.call.TracedThread;
import org.jspecify.annotations.Nullable;

/** Counts calls and adds up their times ({@code -c}), and prints a table as ltrace does. A call's time includes those within it. */
public final class SummarySink implements CallListener {
    private static final long MICRO = 1000;
    private static final String RULE = "------ ----------- ----------- --------- --------------------";

    private final IdentityHashMap<byte[], Row> rows = new IdentityHashMap<>();
    private final SymbolNames names;
    private long lost;
    /** Whether what was lost is known for each function. */
    private boolean counted;

    /** @param names how functions are called in the table */
    public SummarySink(SymbolNames names) {
        this.names = names;
    }

    /** A function's figures. */
    private static final class Row {
        final String name;
        long calls;
        /** Those of which the time is known. */
        long timed;

        long nanos;
        /** Whether there were more of them, it is not known how many. */
        boolean moreCalls;

        Row(String name) {
            this.name = name;
        }
    }

    /** The row of a call; the bytes of a function's name are always the same array. */
    private Row row(Call call) {
        return row(call.nameBytes());
    }

    private Row row(byte[] name) {
        Row row = rows.get(name);
        if (row == null) {
            row = new Row(names.of(new String(name, StandardCharsets.UTF_8)));
            rows.put(name, row);
        }
        return row;
    }

    @Override
    public void entered(Call call, Capture entry) {
        row(call).calls++;
    }

    @Override
    public void returned(Call call, @Nullable Capture exit) {
        Row row = row(call);
        row.timed++;
        row.nanos += call.nowNanos() - call.entryNanos();
    }

    @Override
    public void notReturned(Call call, NoReturn reason) {}

    @Override
    public void signal(TracedThread thread, int signal, long nanos) {}

    @Override
    public void executed(TracedThread thread, long nanos) {}

    @Override
    public void exited(TracedProcess process, ProcessEnd end, long nanos) {}

    @Override
    public void lost(Loss loss) {
        lost += loss.records();
    }

    /** Takes what the kernel counted beyond the calls that were seen, of all functions. */
    public void missed(List<MissedCalls> all) {
        counted = true;
        all.forEach(this::add);
    }

    private void add(MissedCalls missed) {
        List<byte[]> names = missed.function().names();
        boolean exact = missed.exact() && names.size() == 1;
        for (byte[] name : names) {
            Row row = row(name);
            row.calls += exact ? missed.calls() : 0;
            row.moreCalls |= !exact;
        }
    }

    @Override
    public void idle() {}

    /** Writes the table, the functions that took most time first. */
    public void print(OutputStream stream) {
        Map<String, Row> byName = new HashMap<>();
        long totalNanos = 0;
        long totalCalls = 0;
        boolean moreCalls = false;
        long totalTimed = 0;
        for (Row row : rows.values()) {
            Row sum = byName.computeIfAbsent(row.name, Row::new);
            sum.calls += row.calls;
            sum.timed += row.timed;
            sum.nanos += row.nanos;
            sum.moreCalls |= row.moreCalls;
            moreCalls |= row.moreCalls;
            totalTimed += row.timed;
            totalNanos += row.nanos;
            totalCalls += row.calls;
        }
        List<Row> sorted = new ArrayList<>(byName.values());
        sorted.sort(Comparator.comparingLong((Row row) -> -row.nanos).thenComparing(row -> row.name));
        TextBuffer out = new TextBuffer(stream);
        out.append("% time     seconds  usecs/call     calls      function\n");
        out.append(RULE);
        out.append('\n');
        for (Row row : sorted) {
            line(out, row, totalNanos);
        }
        out.append(RULE);
        out.append('\n');
        out.append("100.00 ");
        seconds(out, totalNanos);
        boolean moreTime = isMoreTime(totalTimed, totalCalls, moreCalls);
        out.append(mark(moreTime));
        out.append("            ");
        out.padded(totalCalls, 9, ' ');
        out.append(mark(moreCalls));
        out.append("total\n");
        if (lost > 0) {
            out.append("the kernel dropped ");
            out.decimal(lost);
            out.append(
                    !counted
                            ? " records: the figures above are lower bounds\n"
                            : moreCalls || moreTime
                                    ? " records: figures with a + are lower bounds, the others are exact\n"
                                    : " records, none of a call\n");
        }
        out.flush();
    }

    /** After a loss, the end of any call of which no time is known may be among what was lost. */
    private boolean isMoreTime(long timed, long calls, boolean moreCalls) {
        return lost > 0 && (moreCalls || timed < calls);
    }

    /** What stands behind a figure. */
    private static char mark(boolean lowerBound) {
        return lowerBound ? '+' : ' ';
    }

    private void line(TextBuffer out, Row row, long totalNanos) {
        long hundredths = totalNanos == 0 ? 0 : Math.round(10_000.0 * row.nanos / totalNanos);
        out.padded(hundredths / 100, 3, ' ');
        out.append('.');
        out.padded(hundredths % 100, 2, '0');
        out.append(' ');
        seconds(out, row.nanos);
        out.append(mark(isMoreTime(row.timed, row.calls, row.moreCalls)));
        out.padded(row.nanos / MICRO / Math.max(1, row.timed), 11, ' ');
        out.append(' ');
        out.padded(row.calls, 9, ' ');
        out.append(mark(row.moreCalls));
        byte[] name = row.name.getBytes(StandardCharsets.UTF_8);
        out.escaped(name, 0, name.length, '\0');
        out.append('\n');
    }

    private static void seconds(TextBuffer out, long nanos) {
        out.padded(nanos / 1_000_000_000, 4, ' ');
        out.append('.');
        out.padded(nanos / MICRO % 1_000_000, 6, '0');
    }
}
