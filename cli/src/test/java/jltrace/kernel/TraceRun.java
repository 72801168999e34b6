package jltrace.kernel;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A jltrace that ran to its end. Texts are bytes as characters.
 *
 * @param status its exit status
 * @param trace what it wrote to its file
 * @param output standard output: the traced program's
 * @param errors standard error: the traced program's and its own
 */
record TraceRun(int status, String trace, String output, String errors) {
    private static final Pattern BEFORE_RESULT = Pattern.compile("\\) += ");

    /** The trace's lines with one space before the result. */
    List<String> lines() {
        return trace.lines()
                .map(line -> BEFORE_RESULT.matcher(line).replaceAll(") = "))
                .toList();
    }

    /** The lines without the calls that the C runtime's start and end make in MAIN's name. */
    List<String> ownLines() {
        return lines().stream().filter(line -> !CallTrace.isOfRuntime(line)).toList();
    }

    CallTrace calls() {
        return CallTrace.of(lines());
    }

    Truth truth() {
        return Truth.of(output);
    }

    /** What jltrace itself said, and not its program. */
    List<String> messages() {
        return errors.lines().filter(line -> line.startsWith("jltrace: ")).toList();
    }
}
