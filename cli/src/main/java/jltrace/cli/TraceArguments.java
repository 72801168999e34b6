package jltrace.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jltrace.plan.ReturnMode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options and parameters of tracing. */
final class TraceArguments {
    @Option(
            names = "-l",
            paramLabel = "GLOB",
            description = "Show calls into libraries that match (soname, file name or path), whoever makes them.")
    List<String> libraries = new ArrayList<>();

    @Option(
            names = "-e",
            paramLabel = "EXPR",
            description = "Show calls that match ltrace's filter expression: [+-]SYMBOL@CALLER, globs, /regex/.")
    List<String> calls = new ArrayList<>();

    @Option(
            names = "-x",
            paramLabel = "EXPR",
            description = "Show also functions that match by their own name: SYMBOL@LIBRARY, those not exported too.")
    List<String> symbols = new ArrayList<>();

    @Option(names = "-L", description = "Show only what -x asks for.")
    boolean noImportedCalls;

    @Option(names = "--from", paramLabel = "GLOB", description = "Show only calls that matching objects make.")
    List<String> callers = new ArrayList<>();

    @Option(names = "-f", description = "Follow child processes; threads always are.")
    boolean followForks;

    @Option(names = "-u", paramLabel = "USER", description = "Run the program as a user, in that user's groups.")
    String user = "";

    @Option(names = "-p", paramLabel = "PID", split = ",", description = "Trace running processes.")
    List<Integer> pids = new ArrayList<>();

    @Option(names = "-o", paramLabel = "FILE", description = "Write to a file instead of standard error.")
    Path output = Path.of("");

    @Option(names = "-b", description = "Show no signals.")
    boolean noSignals;

    @Option(names = "-c", description = "Count calls and times; print a summary at the end.")
    boolean count;

    @Option(names = "-s", paramLabel = "N", description = "Show N bytes of strings at most (${DEFAULT-VALUE}).")
    int stringSize = 32;

    @Option(
            names = "-A",
            paramLabel = "N",
            description =
                    "Show N elements of arrays, and levels of structures that lead to themselves, at most (${DEFAULT-VALUE}).")
    int arraySize = 4;

    @Option(names = "-a", paramLabel = "COLUMN", description = "Column of results (5/8 of the screen's width).")
    int column = -1;

    @Option(names = "-n", paramLabel = "N", description = "Indent by N for each level of nesting.")
    int indent;

    @Option(
            names = "-t",
            description = "Time of day before each line; -tt with microseconds, -ttt in seconds since 1970.")
    boolean[] times = {};

    @Option(names = "-r", description = "Time since the line before.")
    boolean relative;

    @Option(names = "-T", description = "Time spent in each call.")
    boolean duration;

    @Option(names = "-i", description = "Show where each call returns to.")
    boolean returnAddress;

    @Option(
            names = {"-C", "--demangle"},
            description = "Show C++ names as in the source, and match them too.")
    boolean demangle;

    @Option(
            names = "-F",
            paramLabel = "FILE",
            description = "Read prototypes from a file in ltrace.conf(5)'s language.")
    List<Path> prototypes = new ArrayList<>();

    @Option(
            names = "--header",
            paramLabel = "FILE",
            description = "Take prototypes from a C header, through gcc or clang.")
    List<Path> headers = new ArrayList<>();

    @Option(
            names = "-m",
            paramLabel = "SIZE",
            converter = ByteSize.Converter.class,
            description = "Size of each CPU's ring, as 512K or 64M (16M).")
    ByteSize ringSize = new ByteSize(16 << 20);

    @Option(
            names = "--spill",
            paramLabel = "SIZE",
            converter = ByteSize.Converter.class,
            description = "Memory for what waits to be shown (256M); what is more goes to a temporary file.")
    ByteSize spill = new ByteSize(256 << 20);

    @Option(names = "--fail-on-loss", description = "Exit with status 125 if the kernel dropped records.")
    boolean failOnLoss;

    @Option(
            names = "--returns",
            paramLabel = "HOW",
            description = "How to see functions return: auto, uretprobe (may kill the program), sites or none.")
    ReturnMode returns = ReturnMode.AUTO;

    @Option(names = "--explain", description = "Trace nothing; say what would be probed, where, and what can't be.")
    boolean explain;

    @Option(names = "--color", paramLabel = "WHEN", description = "auto, always or never.")
    String color = "auto";

    @Option(names = "-q", description = "Say nothing but the trace and errors.")
    boolean quiet;

    @Option(names = "-v", description = "Say what is done.")
    boolean verbose;

    @Parameters(paramLabel = "COMMAND", description = "The program to trace, and its arguments.")
    List<String> command = new ArrayList<>();

    /** The size of each ring: the next power of two, as the kernel wants it. */
    int ringBytes() {
        long wanted = ringSize.bytes();
        long highest = Long.highestOneBit(wanted);
        return (int) (highest == wanted ? wanted : highest << 1);
    }
}
