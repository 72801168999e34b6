package jltrace.kernel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A fixture that runs untraced, that takes commands on its input and answers with {@code truth} lines. */
final class RunningProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private RunningProcess(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), ISO_8859_1));
    }

    /** Starts it, by a fixture's name or a path, and waits until it says that it is ready. */
    static RunningProcess start(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.contains("/") ? program : Fixtures.program(program)));
        command.addAll(List.of(arguments));
        return start(command);
    }

    /** Starts it by a command, whose process it becomes, and waits until it says that it is ready. */
    static RunningProcess start(List<String> command) throws IOException {
        RunningProcess started = new RunningProcess(new ProcessBuilder(command)
                .directory(Fixtures.BUILD.toFile())
                .redirectError(Path.of("/dev/null").toFile())
                .start());
        started.readUntil("truth ready");
        return started;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Gives a command, and returns the lines that come until one begins so, which is the last of them. */
    List<String> ask(String command, String lastBeginning) throws IOException {
        tell(command);
        return readUntil(lastBeginning);
    }

    /** Gives a command without waiting. */
    void tell(String command) throws IOException {
        process.getOutputStream().write((command + "\n").getBytes(ISO_8859_1));
        process.getOutputStream().flush();
    }

    private List<String> readUntil(String beginning) throws IOException {
        List<String> lines = new ArrayList<>();
        String line = "";
        while (!line.startsWith(beginning)) {
            line = output.readLine();
            assertThat(line)
                    .as("output before " + beginning + ", after " + lines)
                    .isNotNull();
            lines.add(line);
        }
        return lines;
    }

    /** Ends its input and waits for its end. */
    int end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        while (output.readLine() != null) {
            // Its last words.
        }
        return process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
