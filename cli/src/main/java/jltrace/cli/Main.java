package jltrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program's entry: reads the command line, runs the command, ends with its exit status. */
@Command(
        name = "jltrace",
        description = "Traces library calls through kernel uprobes.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class Main implements Runnable {
    /** The exit status that says that jltrace itself failed, not the traced program. */
    static final int FAILED = 125;

    @Spec
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(args, new PrintWriter(System.out, true, UTF_8), new PrintWriter(System.err, true, UTF_8)));
    }

    /** Runs one command line and returns its exit status; help and version go to {@code out}, errors to {@code err}. */
    static int run(String[] args, PrintWriter out, PrintWriter err) {
        return new CommandLine(new Main())
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler((failure, arguments) -> complain(err, failure))
                .setExecutionExceptionHandler((failure, command, result) -> complain(err, failure))
                .execute(args);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command to trace; see jltrace --help");
    }

    private static int complain(PrintWriter err, Exception failure) {
        String message = failure.getMessage();
        String reason = message == null ? failure.getClass().getName() : message;
        err.println("jltrace: " + reason.lines().findFirst().orElse(reason));
        return FAILED;
    }
}
