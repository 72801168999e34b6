package jltrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import jltrace.cli.output.EscapingWriter;
import jltrace.sys.JnaLinux;
import jltrace.tracefs.Leftovers;
import jltrace.tracefs.TraceFs;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The program's entry: reads the command line, runs the command, ends with its exit status. */
public final class Main {
    /** The exit status that says that jltrace itself failed, not the traced program. */
    static final int FAILED = 125;

    private Main() {}

    public static void main(String[] args) {
        loadMeanwhile();
        System.exit(run(args, new PrintWriter(System.out, true, UTF_8), new PrintWriter(System.err, true, UTF_8)));
    }

    /** Binding the C library takes as long as reading the command line, which does not need it. */
    private static void loadMeanwhile() {
        Thread loader = new Thread(Main::load, "jltrace-load");
        loader.setDaemon(true);
        loader.start();
    }

    private static void load() {
        try {
            JnaLinux.load();
        } catch (LinkageError e) {
            // Whoever needs it says so.
            return;
        }
    }

    /** Runs one command line and returns its exit status; help and version go to {@code out}, messages to {@code errors}. */
    static int run(String[] args, PrintWriter out, PrintWriter errors) {
        PrintWriter err = new PrintWriter(new EscapingWriter(errors), true);
        CommandSpec clean = command("Remove probes that a killed jltrace left behind.", () -> clean(out));
        // The command's code is asked for after the command line was read, which it needs.
        CommandLine[] line = new CommandLine[1];
        CommandSpec trace = command(
                        "Traces library calls through kernel uprobes.",
                        () -> new TraceCommand(new TraceArguments(line[0].getParseResult()), err).run())
                .name("jltrace")
                .versionProvider(new Version())
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this help message and exit.")
                        .build())
                .addOption(OptionSpec.builder("-V", "--version")
                        .versionHelp(true)
                        .description("Print version information and exit.")
                        .build())
                .addSubcommand("clean", clean);
        TraceArguments.declareOn(trace);
        line[0] = new CommandLine(trace);
        return line[0].setOut(out)
                .setErr(err)
                .setStopAtPositional(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((failure, arguments) -> complain(err, failure))
                .setExecutionExceptionHandler((failure, command, result) -> complain(err, failure))
                .execute(args);
    }

    private static CommandSpec command(String description, Callable<Integer> action) {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(action);
        spec.usageMessage().description(description);
        return spec;
    }

    /** Removes what killed tracers left behind. */
    private static int clean(PrintWriter out) throws IOException {
        Leftovers.Swept swept = new Leftovers(TraceFs.locate(new JnaLinux())).sweep();
        int removed = swept.removedGroups().size();
        out.println("removed the probes of " + removed + (removed == 1 ? " session" : " sessions") + " that had ended");
        for (String group : swept.doubtfulGroups()) {
            out.println("left " + group + " alone: its owner is in another pid namespace");
        }
        return 0;
    }

    private static int complain(PrintWriter err, Exception failure) {
        String message = failure.getMessage();
        String reason = message == null ? failure.getClass().getName() : message;
        err.println("jltrace: " + reason.lines().findFirst().orElse(reason));
        return failure instanceof Failure known ? known.exitStatus() : FAILED;
    }
}
