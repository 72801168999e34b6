package jltrace.kernel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a program did, as far as it is the same each time: numbers of processes and threads, addresses, and the order in which threads
 * speak differ from run to run.
 *
 * @param status its exit status, 128 + N if signal N killed it
 * @param output the lines of its standard output, sorted
 */
record Effect(int status, List<String> output) {
    /** What a traced program did. */
    static Effect of(TraceRun run) {
        return new Effect(run.status(), alike(run.output()));
    }

    /** What a program does untraced. */
    static Effect untraced(String... words) throws IOException, InterruptedException {
        String[] command = words.clone();
        command[0] = words[0].contains("/") ? words[0] : Fixtures.program(words[0]);
        Process process = new ProcessBuilder(command)
                .directory(Fixtures.BUILD.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
        return new Effect(process.waitFor(), alike(output));
    }

    private static List<String> alike(String output) {
        return output.lines().map(Effect::alikeLine).sorted().toList();
    }

    private static String alikeLine(String line) {
        return line.replaceAll("\\b(pid|tid|child|leader) \\d+", "$1 N").replaceAll("0x[0-9a-f]{6,}", "ADDRESS");
    }
}
