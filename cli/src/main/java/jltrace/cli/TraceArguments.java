package jltrace.cli;

import java.nio.file.Path;
import java.util.List;
import jltrace.plan.EntryMode;
import jltrace.plan.ReturnMode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options and parameters of tracing. They are declared by calls and not by annotations, which to read takes a tenth of a second of
 * each start.
 */
final class TraceArguments {
    private static final int STRING_SIZE = 32;
    private static final int ARRAY_SIZE = 4;

    final List<String> libraries;
    final List<String> calls;
    final List<String> symbols;
    final boolean noImportedCalls;
    final List<String> callers;
    final boolean followForks;
    final String user;
    final List<Integer> pids;
    final Path output;
    final boolean noSignals;
    final boolean count;
    final int stringSize;
    final int arraySize;
    final int column;
    final int indent;
    /** How often a time was asked for. */
    final int times;

    final boolean relative;
    final boolean duration;
    final boolean returnAddress;
    final boolean demangle;
    final List<Path> prototypes;
    final List<Path> headers;
    final ByteSize ringSize;
    final ByteSize spill;
    final boolean failOnLoss;
    final EntryMode entries;
    final ReturnMode returns;
    final boolean explain;
    final String color;
    final boolean quiet;
    final boolean verbose;
    final List<String> command;

    /** What was given on the command line, and what holds where nothing was. */
    TraceArguments(ParseResult parsed) {
        libraries = parsed.matchedOptionValue("-l", List.of());
        calls = parsed.matchedOptionValue("-e", List.of());
        symbols = parsed.matchedOptionValue("-x", List.of());
        noImportedCalls = parsed.hasMatchedOption("-L");
        callers = parsed.matchedOptionValue("--from", List.of());
        followForks = parsed.hasMatchedOption("-f");
        user = parsed.matchedOptionValue("-u", "");
        pids = parsed.matchedOptionValue("-p", List.of());
        output = parsed.matchedOptionValue("-o", Path.of(""));
        noSignals = parsed.hasMatchedOption("-b");
        count = parsed.hasMatchedOption("-c");
        stringSize = parsed.matchedOptionValue("-s", STRING_SIZE);
        arraySize = parsed.matchedOptionValue("-A", ARRAY_SIZE);
        column = parsed.matchedOptionValue("-a", -1);
        indent = parsed.matchedOptionValue("-n", 0);
        times = parsed.matchedOptionValue("-t", new boolean[0]).length;
        relative = parsed.hasMatchedOption("-r");
        duration = parsed.hasMatchedOption("-T");
        returnAddress = parsed.hasMatchedOption("-i");
        demangle = parsed.hasMatchedOption("-C");
        prototypes = parsed.matchedOptionValue("-F", List.of());
        headers = parsed.matchedOptionValue("--header", List.of());
        ringSize = parsed.matchedOptionValue("-m", new ByteSize(16 << 20));
        spill = parsed.matchedOptionValue("--spill", new ByteSize(256 << 20));
        failOnLoss = parsed.hasMatchedOption("--fail-on-loss");
        entries = parsed.matchedOptionValue("--entries", EntryMode.AUTO);
        returns = parsed.matchedOptionValue("--returns", ReturnMode.AUTO);
        explain = parsed.hasMatchedOption("--explain");
        color = parsed.matchedOptionValue("--color", "auto");
        quiet = parsed.hasMatchedOption("-q");
        verbose = parsed.hasMatchedOption("-v");
        command = parsed.matchedPositionalValue(0, List.of());
    }

    /** Adds the options and parameters to a command. */
    static void declareOn(CommandSpec spec) {
        list(
                spec,
                "-l",
                "GLOB",
                String.class,
                "Show calls into libraries that match (soname, file name or path), whoever makes them.");
        list(
                spec,
                "-e",
                "EXPR",
                String.class,
                "Show calls that match ltrace's filter expression: [+-]SYMBOL@CALLER, globs, /regex/.");
        list(
                spec,
                "-x",
                "EXPR",
                String.class,
                "Show also functions that match by their own name: SYMBOL@LIBRARY, those not exported too.");
        flag(spec, "Show only what -x asks for.", "-L");
        list(spec, "--from", "GLOB", String.class, "Show only calls that matching objects make.");
        flag(spec, "Follow child processes; threads always are.", "-f");
        value(spec, "-u", "USER", String.class, "Run the program as a user, in that user's groups.");
        spec.addOption(listed("-p", "PID", Integer.class, "Trace running processes.")
                .splitRegex(",")
                .build());
        value(spec, "-o", "FILE", Path.class, "Write to a file instead of standard error.");
        flag(spec, "Show no signals.", "-b");
        flag(spec, "Count calls and times; print a summary at the end.", "-c");
        value(spec, "-s", "N", int.class, "Show N bytes of strings at most (" + STRING_SIZE + ").");
        value(
                spec,
                "-A",
                "N",
                int.class,
                "Show N elements of arrays, and levels of structures that lead to themselves, at most (" + ARRAY_SIZE
                        + ").");
        value(spec, "-a", "COLUMN", int.class, "Column of results (5/8 of the screen's width).");
        value(spec, "-n", "N", int.class, "Indent by N for each level of nesting.");
        spec.addOption(OptionSpec.builder("-t")
                .type(boolean[].class)
                .arity("0")
                .description("Time of day before each line; -tt with microseconds, -ttt in seconds since 1970.")
                .build());
        flag(spec, "Time since the line before.", "-r");
        flag(spec, "Time spent in each call.", "-T");
        flag(spec, "Show where each call returns to.", "-i");
        flag(spec, "Show C++ names as in the source, and match them too.", "-C", "--demangle");
        list(spec, "-F", "FILE", Path.class, "Read prototypes from a file in ltrace.conf(5)'s language.");
        list(spec, "--header", "FILE", Path.class, "Take prototypes from a C header, through gcc or clang.");
        value(spec, "-m", "SIZE", ByteSize.class, "Size of each CPU's ring, as 512K or 64M (16M).");
        value(
                spec,
                "--spill",
                "SIZE",
                ByteSize.class,
                "Memory for what waits to be shown (256M); what is more goes to a temporary file.");
        flag(spec, "Exit with status 125 if the kernel dropped records.", "--fail-on-loss");
        value(
                spec,
                "--entries",
                "WHERE",
                EntryMode.class,
                "Where to see calls: auto, function or plt (of the callers; misses calls through pointers).");
        value(
                spec,
                "--returns",
                "HOW",
                ReturnMode.class,
                "How to see functions return: auto, uretprobe (may kill the program), sites or none.");
        flag(spec, "Trace nothing; say what would be probed, where, and what can't be.", "--explain");
        value(spec, "--color", "WHEN", String.class, "auto, always or never.");
        flag(spec, "Say nothing but the trace and errors.", "-q");
        flag(spec, "Say what is done.", "-v");
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("COMMAND")
                .description("The program to trace, and its arguments.")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .index("0..*")
                .arity("0..*")
                .build());
    }

    private static void flag(CommandSpec spec, String description, String... names) {
        spec.addOption(OptionSpec.builder(names)
                .type(boolean.class)
                .arity("0")
                .description(description)
                .build());
    }

    private static void value(CommandSpec spec, String name, String label, Class<?> type, String description) {
        OptionSpec.Builder option =
                OptionSpec.builder(name).paramLabel(label).type(type).description(description);
        if (type == ByteSize.class) {
            option.converters(new ByteSize.Converter());
        }
        spec.addOption(option.build());
    }

    /** An option that may be given several times. */
    private static void list(CommandSpec spec, String name, String label, Class<?> element, String description) {
        spec.addOption(listed(name, label, element, description).build());
    }

    private static OptionSpec.Builder listed(String name, String label, Class<?> element, String description) {
        return OptionSpec.builder(name)
                .paramLabel(label)
                .type(List.class)
                .auxiliaryTypes(element)
                .description(description);
    }

    /** The size of each ring: the next power of two, as the kernel wants it. */
    int ringBytes() {
        long wanted = ringSize.bytes();
        long highest = Long.highestOneBit(wanted);
        return (int) (highest == wanted ? wanted : highest << 1);
    }
}
