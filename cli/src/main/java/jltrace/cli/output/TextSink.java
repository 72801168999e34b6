package jltrace.cli.output;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import jltrace.call.Call;
import jltrace.call.CallListener;
import jltrace.call.Capture;
import jltrace.call.Loss;
import jltrace.call.ProcessEnd;
import jltrace.call.TracedProcess;
import jltrace.call.TracedThread;
import jltrace.target.ObjectTable;
import jltrace.value.ValueDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Writes a line for each call, in ltrace's format. A call's line stays open until something else happens: its return ends it in
 * place, anything else cuts it short, and the return gets a line of its own.
 */
public final class TextSink implements CallListener {
    private static final int SIGKILL = 9;
    private static final long SECOND = 1_000_000_000;
    private static final long DAY_SECONDS = 86_400;

    private final TextStyle style;
    private final TextBuffer out;
    private final TextValues values;
    private final ValueDecoder decoder;
    private final ObjectTable objects;
    private final SymbolNames names;
    /** What to add to a monotonic time to get the time since 1970, in nanoseconds. */
    private final long epochOffsetNanos;

    /** Read when it is first needed: the JDK's whole list of zones comes with it. */
    private @Nullable ZoneRules zone;

    private boolean severalTasks;
    private int firstTask;
    /** The call whose line is open, or 0. */
    private long openCall;

    private long lastLineNanos;

    public TextSink(OutputStream out, TextStyle style, ValueDecoder decoder, ObjectTable objects, SymbolNames names) {
        this.out = new TextBuffer(out, style.utf8());
        this.style = style;
        this.values = new TextValues(this.out, style.colors());
        this.decoder = decoder;
        this.objects = objects;
        this.names = names;
        this.severalTasks = style.tasks();
        Instant now = Instant.now();
        this.epochOffsetNanos = now.getEpochSecond() * SECOND + now.getNano() - System.nanoTime();
    }

    @Override
    public void entered(Call call, Capture entry) {
        cut();
        beginLine(call.thread().tid(), call.entryNanos());
        if (style.returnAddress()) {
            out.append('[');
            out.hexadecimal(call.returnAddress());
            out.append("] ");
        }
        indent(call.depth());
        if (style.caller()) {
            caller(call.caller());
        }
        style.colors().name(out);
        name(call);
        style.colors().end(out);
        if (call.function().shownForAnyCaller() && !call.function().object().program()) {
            out.append('@');
            target(call.function().object().name());
        }
        out.append('(');
        values.begin();
        decoder.arguments(call.function().arguments(), entry, call.thread().process(), values);
        if (call.function().strategy().isNoReturn()) {
            out.append(" <no return ...>");
            endLine();
        } else {
            openCall = call.serial();
        }
    }

    private void caller(int caller) {
        target(caller == ObjectTable.NO_OBJECT ? "?" : objects.get(caller).name());
        out.append("->");
    }

    private void name(Call call) {
        byte[] name = names.of(call.nameBytes());
        out.escaped(name, 0, name.length, '\0');
    }

    /** Text whose origin is the target. */
    private void target(String text) {
        for (int i = 0; i < text.length(); i++) {
            out.escaped(text.charAt(i) & 0xff, '\0');
        }
    }

    @Override
    public void returned(Call call, @Nullable Capture exit) {
        if (openCall == call.serial()) {
            out.append(") ");
        } else {
            resume(call);
            out.append(" ) ");
        }
        out.spacesTo(style.resultColumn() - 1);
        out.append("= ");
        decoder.result(call.function().arguments(), exit, call.thread().process(), values);
        if (style.duration()) {
            long micros = (call.nowNanos() - call.entryNanos()) / 1000;
            out.append(" <");
            out.decimal(micros / 1_000_000);
            out.append('.');
            out.padded(micros % 1_000_000, 6, '0');
            out.append('>');
        }
        endLine();
    }

    @Override
    public void notReturned(Call call, NoReturn reason) {
        if (call.function().strategy().isNoReturn()) {
            // Said when it was called.
            return;
        }
        if (openCall != call.serial()) {
            resume(call);
        }
        out.append(
                switch (reason) {
                    case UNWOUND -> " <no return ...>";
                    case LONGJMP -> " <no return: longjmp>";
                    case EXCEPTION -> " <no return: exception>";
                    case EXEC -> " <no return: exec>";
                    case THREAD_EXIT -> " <no return: thread exit>";
                    case KILLED -> " <no return: killed>";
                    case LOST -> " <no return: lost>";
                    case DETACHED -> " <still running at detach ...>";
                });
        endLine();
    }

    private void resume(Call call) {
        cut();
        beginLine(call.thread().tid(), call.nowNanos());
        indent(call.depth());
        out.append("<... ");
        name(call);
        out.append(" resumed>");
    }

    @Override
    public void signal(TracedThread thread, int signal, long nanos) {
        if (signal == SIGKILL || !style.signals()) {
            // The kernel's way of ending a process's other threads; how the process ended is told at its end.
            return;
        }
        cut();
        beginLine(thread.tid(), nanos);
        signalLine(signal);
    }

    private void signalLine(int signal) {
        style.colors().event(out);
        out.append("--- ");
        out.append(SignalNames.name(signal));
        out.append(" (");
        out.append(SignalNames.description(signal));
        out.append(") ---");
        style.colors().end(out);
        endLine();
    }

    @Override
    public void executed(TracedThread thread, long nanos) {
        cut();
        beginLine(thread.tid(), nanos);
        style.colors().event(out);
        out.append("--- Called exec() ---");
        style.colors().end(out);
        endLine();
    }

    @Override
    public void exited(TracedProcess process, ProcessEnd end, long nanos) {
        cut();
        if (end.kind() == ProcessEnd.Kind.KILLED && end.number() != SIGKILL && end.number() != process.fatalSignal()) {
            // The kernel kills a process for a signal like SIGTERM without delivering it.
            beginLine(process.pid(), nanos);
            signalLine(end.number());
        }
        beginLine(process.pid(), nanos);
        style.colors().event(out);
        switch (end.kind()) {
            case EXITED -> {
                out.append("+++ exited (status ");
                out.decimal(end.number());
                out.append(") +++");
            }
            case KILLED -> {
                out.append("+++ killed by ");
                out.append(SignalNames.name(end.number()));
                out.append(" +++");
            }
            case UNKNOWN -> out.append("+++ exited (status ?) +++");
        }
        style.colors().end(out);
        endLine();
    }

    @Override
    public void lost(Loss loss) {
        cut();
        style.colors().event(out);
        out.append("--- LOST ");
        out.decimal(loss.records());
        out.append(" records");
        if (loss.cpu() != Loss.UNKNOWN) {
            out.append(" of CPU ");
            out.decimal(loss.cpu());
        }
        if (loss.sinceNanos() != 0) {
            out.append(" within ");
            out.decimal((loss.untilNanos() - loss.sinceNanos()) / 1000);
            out.append(" us");
        }
        if (loss.tid() != Loss.UNKNOWN) {
            out.append(", last of thread ");
            out.decimal(loss.tid());
            if (!loss.function().isEmpty()) {
                byte[] function = loss.function().getBytes(StandardCharsets.UTF_8);
                out.append(" in ");
                out.escaped(function, 0, function.length, '\0');
            }
        }
        out.append(": entries and returns of calls here are missing ---");
        style.colors().end(out);
        endLine();
    }

    @Override
    public void idle() {
        out.flush();
    }

    /** Something else happens while a call's line is open. */
    private void cut() {
        if (openCall != 0) {
            out.append(" <unfinished ...>");
            endLine();
        }
    }

    private void endLine() {
        out.append('\n');
        openCall = 0;
    }

    private void beginLine(int task, long nanos) {
        if (firstTask == 0) {
            firstTask = task;
        } else if (task != firstTask) {
            severalTasks = true;
        }
        if (severalTasks) {
            if (style.toFile()) {
                out.decimal(task);
                out.append(' ');
            } else {
                out.append("[pid ");
                out.decimal(task);
                out.append("] ");
            }
        }
        time(nanos);
    }

    private ZoneRules zone() {
        ZoneRules rules = zone;
        if (rules == null) {
            rules = ZoneId.systemDefault().getRules();
            zone = rules;
        }
        return rules;
    }

    private void time(long nanos) {
        switch (style.time()) {
            case NONE -> {}
            case RELATIVE -> {
                long micros = lastLineNanos == 0 ? 0 : Math.max(0, nanos - lastLineNanos) / 1000;
                lastLineNanos = nanos;
                out.padded(micros / 1_000_000, 3, ' ');
                out.append('.');
                out.padded(micros % 1_000_000, 6, '0');
                out.append(' ');
            }
            case EPOCH -> {
                long epoch = nanos + epochOffsetNanos;
                out.decimal(epoch / SECOND);
                fraction(epoch);
                out.append(' ');
            }
            case OF_DAY, OF_DAY_PRECISE -> {
                long epoch = nanos + epochOffsetNanos;
                long second = epoch / SECOND;
                int offset = zone().getOffset(Instant.ofEpochSecond(second)).getTotalSeconds();
                long ofDay = Math.floorMod(second + offset, DAY_SECONDS);
                out.padded(ofDay / 3600, 2, '0');
                out.append(':');
                out.padded(ofDay / 60 % 60, 2, '0');
                out.append(':');
                out.padded(ofDay % 60, 2, '0');
                if (style.time() == TextStyle.Time.OF_DAY_PRECISE) {
                    fraction(epoch);
                }
                out.append(' ');
            }
        }
    }

    private void fraction(long epochNanos) {
        out.append('.');
        out.padded(epochNanos % SECOND / 1000, 6, '0');
    }

    private void indent(int depth) {
        for (int i = style.indentation() * depth; i > 0; i--) {
            out.append(' ');
        }
    }
}
