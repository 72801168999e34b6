package jltrace.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.PatternSyntaxException;
import jltrace.FunctionSymbols;
import jltrace.TargetMemory;
import jltrace.TraceOptions;
import jltrace.Tracer;
import jltrace.call.CallListener;
import jltrace.call.Loss;
import jltrace.call.ProcessEnd;
import jltrace.cli.output.Colors;
import jltrace.cli.output.SummarySink;
import jltrace.cli.output.SymbolNames;
import jltrace.cli.output.TextSink;
import jltrace.cli.output.TextStyle;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfException;
import jltrace.plan.CaptureLimits;
import jltrace.plan.FilterExpression;
import jltrace.plan.FilterSyntaxException;
import jltrace.plan.LibraryPattern;
import jltrace.plan.ProbePlan;
import jltrace.plan.ReturnFactsFile;
import jltrace.plan.TraceSelection;
import jltrace.prototype.PrototypeFileException;
import jltrace.prototype.PrototypeSearchPath;
import jltrace.prototype.Prototypes;
import jltrace.sys.Demangler;
import jltrace.sys.JnaLinux;
import jltrace.sys.JnaProcessControl;
import jltrace.sys.Linux;
import jltrace.sys.Privileges;
import jltrace.sys.Terminal;
import jltrace.sys.UserAccount;
import jltrace.target.CommandLine;
import jltrace.target.LaunchException;
import jltrace.target.Launcher;
import jltrace.target.ObjectTable;
import jltrace.tracefs.TraceFs;
import jltrace.value.ValueDecoder;
import org.jspecify.annotations.Nullable;

/** Traces a program or running processes. */
final class TraceCommand {
    private static final int DEFAULT_RESULT_COLUMN = 50;
    private static final int STANDARD_ERROR = 2;
    private static final int SIGNAL_STATUS = 128;

    private final TraceArguments arguments;
    private final PrintWriter err;
    private final Linux linux = new JnaLinux();
    private volatile int stopSignal;
    /** Whether probes are in place. */
    private volatile boolean begun;

    TraceCommand(TraceArguments arguments, PrintWriter err) {
        this.arguments = arguments;
        this.err = err;
    }

    /** Traces, and returns the exit status. */
    int run() throws IOException, InterruptedException, Failure {
        new Preconditions(arguments, linux).check();
        SymbolNames names = names();
        TraceSelection selection = selection(names);
        Prototypes prototypes = prototypes();
        TraceFs traceFs = TraceFs.locate(linux);
        if (traceFs.mountedHere()) {
            verbose("mounted tracefs at " + traceFs.root());
        }
        TraceOptions options = new TraceOptions(
                selection,
                prototypes,
                new ReturnFactsFile(prototypes),
                arguments.entries,
                arguments.returns,
                limits(),
                arguments.followForks,
                arguments.ringBytes(),
                arguments.spill.bytes());
        Launcher launcher = new Launcher(new JnaProcessControl(), Inheritance.state(), user());
        boolean toFile = !arguments.output.toString().isEmpty();
        try (OutputStream out = open(toFile)) {
            return trace(options, traceFs, launcher, out, toFile, names);
        }
    }

    private Failure cannotWrite(UncheckedIOException failure) {
        Throwable cause = failure.getCause();
        String reason = String.valueOf(cause == null ? failure.getMessage() : cause.getMessage());
        String where = arguments.output.toString().isEmpty() ? "the trace" : arguments.output.toString();
        return new Failure("cannot write " + where + ": " + reason, Main.FAILED);
    }

    private @Nullable UserAccount user() throws Failure {
        if (arguments.user.isEmpty()) {
            return null;
        }
        return UserAccount.find(arguments.user)
                .orElseThrow(() -> new Failure("no user " + arguments.user, Main.FAILED));
    }

    private SymbolNames names() throws Failure {
        if (!arguments.demangle) {
            return SymbolNames.AS_THEY_ARE;
        }
        Demangler demangler = Demangler.open()
                .orElseThrow(() -> new Failure("-C needs the GNU C++ library, libstdc++.so.6", Main.FAILED));
        return new SymbolNames(demangler::demangled);
    }

    private CaptureLimits limits() {
        return new CaptureLimits(arguments.stringSize, arguments.arraySize);
    }

    private TraceSelection selection(SymbolNames names) throws Failure {
        try {
            return new TraceSelection(
                    libraryPatterns(arguments.libraries),
                    expression(arguments.calls, names),
                    expression(arguments.symbols, names),
                    libraryPatterns(arguments.callers),
                    !arguments.noImportedCalls);
        } catch (FilterSyntaxException e) {
            throw new Failure(e.getMessage() == null ? "bad filter" : e.getMessage(), Main.FAILED);
        } catch (PatternSyntaxException e) {
            throw new Failure("bad pattern '" + e.getPattern() + "': " + e.getDescription(), Main.FAILED);
        }
    }

    private static List<LibraryPattern> libraryPatterns(List<String> texts) {
        List<LibraryPattern> patterns = new ArrayList<>();
        for (String text : texts) {
            patterns.add(LibraryPattern.of(text));
        }
        return patterns;
    }

    private static Optional<FilterExpression> expression(List<String> texts, SymbolNames names)
            throws FilterSyntaxException {
        return texts.isEmpty() ? Optional.empty() : Optional.of(FilterExpression.anyOf(texts, names::of));
    }

    private Prototypes prototypes() throws Failure {
        try {
            return new PrototypeSearchPath().prototypes(arguments.prototypes, arguments.headers);
        } catch (PrototypeFileException e) {
            throw new Failure(String.valueOf(e.getMessage()), Main.FAILED);
        }
    }

    private OutputStream open(boolean toFile) throws Failure {
        if (!toFile) {
            return new FileOutputStream(FileDescriptor.err) {
                @Override
                public void close() {
                    // Errors are told there after the trace has ended.
                }
            };
        }
        try {
            return Files.newOutputStream(arguments.output);
        } catch (IOException e) {
            throw new Failure("cannot write " + arguments.output + ": " + e.getMessage(), Main.FAILED);
        }
    }

    private static OutputStream standardOutput() {
        return new FileOutputStream(FileDescriptor.out);
    }

    private int trace(
            TraceOptions options,
            TraceFs traceFs,
            Launcher launcher,
            OutputStream out,
            boolean toFile,
            SymbolNames names)
            throws IOException, InterruptedException, Failure {
        ObjectTable objects = new ObjectTable();
        DebugFiles debugFiles = new DebugFiles(Path.of("/"));
        SummarySink summary = new SummarySink(names);
        FunctionSymbols symbols = new FunctionSymbols(objects, debugFiles);
        CallListener sink = arguments.count
                ? summary
                : new TextSink(
                        out,
                        style(options.selection(), toFile),
                        new ValueDecoder(limits(), new TargetMemory(objects), (space, address) -> {
                            byte[] symbol = symbols.at(space, address);
                            return symbol == null ? null : names.of(symbol);
                        }),
                        objects,
                        names);
        int status;
        long overNanos;
        try (Tracer tracer = new Tracer(options, traceFs, linux, launcher, objects, debugFiles, sink)) {
            watchSignals(tracer);
            long begunNanos = System.nanoTime();
            begin(tracer);
            if (arguments.explain) {
                new Explanation(tracer.plans(), names).print(toFile ? out : standardOutput());
                return 0;
            }
            report(tracer, begunNanos);
            warn(tracer);
            begun = true;
            ProcessEnd end;
            try {
                end = tracer.run();
                sink.idle();
            } catch (UncheckedIOException e) {
                // The program does not depend on where its trace goes: it runs on, untraced.
                err.println("jltrace: " + cannotWrite(e).getMessage());
                tracer.detachAndAwait();
                return Main.FAILED;
            }
            status = conclude(tracer, end, sink, summary, out);
            overNanos = System.nanoTime();
        } catch (InterruptedIOException e) {
            if (stopSignal == 0) {
                throw e;
            }
            return status(ProcessEnd.UNKNOWN);
        } catch (LaunchException e) {
            throw new Failure(String.valueOf(e.getMessage()), e.exitStatus());
        } catch (ElfException e) {
            throw new Failure("cannot trace " + e.getMessage(), Main.FAILED);
        }
        verbose("detached in " + millisSince(overNanos) + " ms");
        return status;
    }

    /** Tells what is known when all is over, and gives the exit status. */
    private int conclude(Tracer tracer, ProcessEnd end, CallListener sink, SummarySink summary, OutputStream out)
            throws IOException, Failure {
        long untold = tracer.untoldLosses();
        if (untold > 0) {
            sink.lost(Loss.somewhere(untold, System.nanoTime()));
            sink.idle();
        }
        long lost = tracer.lostRecords() + untold;
        if (arguments.count) {
            if (lost > 0) {
                tracer.missedCalls().ifPresent(summary::missed);
            }
            try {
                summary.print(out);
            } catch (UncheckedIOException e) {
                throw cannotWrite(e);
            }
        }
        tracer.notices().forEach(this::notice);
        if (lost > 0) {
            String told = lost + " records were lost; a larger -m, or fewer functions, may help";
            if (arguments.failOnLoss) {
                err.println("jltrace: " + told);
                return Main.FAILED;
            }
            notice(told);
        }
        return status(end);
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }

    /** Starts or attaches, or only plans to. */
    private void begin(Tracer tracer) throws IOException, InterruptedException {
        if (!arguments.pids.isEmpty()) {
            List<Integer> pids = arguments.pids.stream().distinct().toList();
            if (arguments.explain) {
                tracer.explain(pids);
            } else {
                tracer.attach(pids);
            }
            return;
        }
        CommandLine command = CommandLine.of(
                arguments.command.get(0),
                Inheritance.lastArguments(arguments.command.size()),
                Inheritance.environment());
        if (command.isSetuid() && !Privileges.own().keepsSetuid()) {
            notice("traced by an ordinary user, " + command.path() + " runs without its owner's rights");
        }
        if (arguments.explain) {
            tracer.explain(command);
        } else {
            tracer.launch(command);
        }
    }

    private void report(Tracer tracer, long begunNanos) {
        if (arguments.verbose) {
            verbose("attached in " + millisSince(begunNanos) + " ms");
            int functions = 0;
            int points = 0;
            for (ProbePlan plan : tracer.plans()) {
                functions += plan.functions().size();
                points += plan.points();
            }
            verbose(functions + " functions, " + points + " probe points, " + tracer.events() + " events");
        }
    }

    /** Says what can end the program, if it was asked for. */
    private void warn(Tracer tracer) {
        List<String> names = new ArrayList<>();
        for (ProbePlan plan : tracer.plans()) {
            for (ProbePlan.Function function : plan.functions()) {
                if (function.mayKill()) {
                    names.add(function.function().name());
                }
            }
        }
        if (!names.isEmpty()) {
            int shown = Math.min(3, names.size());
            String more = names.size() > shown ? " and " + (names.size() - shown) + " more" : "";
            notice("warning: an exception or cancellation that passes through "
                    + String.join(", ", names.subList(0, shown)) + more
                    + " kills the program; with --returns auto it does not");
        }
    }

    /** The signals end tracing, not the program; from the terminal it gets its own. One that has not begun is not begun. */
    private void watchSignals(Tracer tracer) {
        TerminationSignals.handle(signal -> {
            if (signal == TerminationSignals.SIGINT && arguments.pids.isEmpty() && begun) {
                return;
            }
            stopSignal = signal;
            tracer.detach();
        });
    }

    private int status(ProcessEnd end) {
        if (stopSignal != 0) {
            return arguments.pids.isEmpty() ? SIGNAL_STATUS + stopSignal : 0;
        }
        return switch (end.kind()) {
            case EXITED -> end.number();
            case KILLED -> SIGNAL_STATUS + end.number();
            case UNKNOWN -> 0;
        };
    }

    private TextStyle style(TraceSelection selection, boolean toFile) throws IOException {
        OptionalInt columns = Terminal.columns(STANDARD_ERROR);
        Colors colors = switch (arguments.color) {
            case "always" -> Colors.ANSI;
            case "never" -> Colors.NONE;
            default -> !toFile && columns.isPresent() ? Colors.ANSI : Colors.NONE;
        };
        TextStyle.Time time = switch (Math.min(3, arguments.times)) {
            case 1 -> TextStyle.Time.OF_DAY;
            case 2 -> TextStyle.Time.OF_DAY_PRECISE;
            case 3 -> TextStyle.Time.EPOCH;
            default -> arguments.relative ? TextStyle.Time.RELATIVE : TextStyle.Time.NONE;
        };
        return new TextStyle(
                time,
                arguments.duration,
                arguments.returnAddress,
                selection.namesCaller(),
                arguments.followForks || arguments.pids.size() > (toFile ? 0 : 1),
                !arguments.noSignals,
                resultColumn(columns),
                arguments.indent,
                toFile,
                colors,
                Inheritance.localeIsUtf8(Inheritance.environment()));
    }

    /** As ltrace: five eighths of $COLUMNS, else of the terminal's width, else column 50. */
    private int resultColumn(OptionalInt terminalColumns) {
        if (arguments.column >= 0) {
            return arguments.column;
        }
        int width = terminalColumns.orElse(0);
        String variable = System.getenv("COLUMNS");
        if (variable != null) {
            try {
                int number = Integer.parseInt(variable);
                width = number > 0 ? number : width;
            } catch (NumberFormatException e) {
                // Not a width: as if it were not set.
                return width > 0 ? width * 5 / 8 : DEFAULT_RESULT_COLUMN;
            }
        }
        return width > 0 ? width * 5 / 8 : DEFAULT_RESULT_COLUMN;
    }

    private void notice(String text) {
        if (!arguments.quiet) {
            err.println("jltrace: " + text);
        }
    }

    private void verbose(String text) {
        if (arguments.verbose) {
            err.println("jltrace: " + text);
        }
    }
}
