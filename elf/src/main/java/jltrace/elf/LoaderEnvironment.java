package jltrace.elf;

import java.nio.file.Path;
import java.util.Map;

/**
 * What besides the files decides which libraries the dynamic loader finds.
 *
 * @param root directory that is {@code /} for the program, such as that of a container
 * @param workingDirectory absolute path below {@code root} that relative paths start from
 * @param variables the program's environment; {@code LD_LIBRARY_PATH} and {@code LD_PRELOAD} count
 * @param secureExecution whether the program gains privileges when it starts, so that the loader trusts little
 * @param capabilities which subdirectories suit the processor
 */
public record LoaderEnvironment(
        Path root,
        String workingDirectory,
        Map<String, String> variables,
        boolean secureExecution,
        ProcessorCapabilities capabilities) {

    public LoaderEnvironment {
        variables = Map.copyOf(variables);
    }

    /** For a program that is started from this process with these variables. */
    public static LoaderEnvironment ofChild(Map<String, String> variables, ProcessorCapabilities capabilities) {
        return new LoaderEnvironment(
                Path.of("/"), Path.of("").toAbsolutePath().toString(), variables, false, capabilities);
    }
}
