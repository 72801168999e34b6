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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The program's entry: reads the command line, runs the command, ends with its exit status. */
@Command(
        name = "jltrace",
        description = "Traces library calls through kernel uprobes.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class Main implements Callable<Integer> {
    /** The exit status that says that jltrace itself failed, not the traced program. */
    static final int FAILED = 125;

    @Spec
    private CommandSpec spec;

    @Mixin
    private TraceArguments arguments;

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(args, new PrintWriter(System.out, true, UTF_8), new PrintWriter(System.err, true, UTF_8)));
    }

    /** Runs one command line and returns its exit status; help and version go to {@code out}, messages to {@code errors}. */
    static int run(String[] args, PrintWriter out, PrintWriter errors) {
        PrintWriter err = new PrintWriter(new EscapingWriter(errors), true);
        return new CommandLine(new Main())
                .setOut(out)
                .setErr(err)
                .setStopAtPositional(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((failure, arguments) -> complain(err, failure))
                .setExecutionExceptionHandler((failure, command, result) -> complain(err, failure))
                .execute(args);
    }

    @Override
    public Integer call() throws IOException, InterruptedException, Failure {
        return new TraceCommand(arguments, spec.commandLine().getErr()).run();
    }

    /** Removes what killed tracers left behind. */
    @Command(name = "clean", description = "Remove probes that a killed jltrace left behind.")
    int clean() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
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
