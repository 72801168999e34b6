package jltrace.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes objects that hold one case each. */
final class Compiler {
    /** For assembly: {@code function name} and {@code end name} around a function's instructions. */
    static final String FUNCTION_MACROS = """
            .macro function name
            .globl \\name
            .type \\name, @function
            \\name:
            .endm
            .macro end name
            .size \\name, .-\\name
            .endm
            """;

    private Compiler() {}

    /**
     * Compiles one file, into a program if the options contain {@code -fno-pic}, else into a library; calls may stay
     * unresolved. Skips the test where the compiler is not installed.
     */
    static Library compile(Path directory, String compiler, String file, String text) throws Exception {
        Path source = directory.resolve(file);
        Path output = directory.resolve(file + ".so");
        Files.writeString(source, text);
        List<String> command = new ArrayList<>(List.of(compiler.split(" ", -1)));
        assumeTrue(Files.isExecutable(Path.of("/usr/bin", command.get(0))), () -> command.get(0) + " is not installed");
        command.addAll(List.of("-nostdlib", "-Wl,--unresolved-symbols=ignore-all", "-o", output.toString()));
        command.add(compiler.contains("-fno-pic") ? "-no-pie" : "-shared");
        command.add(source.toString());
        Library.run(command.toArray(String[]::new));
        assertThat(output).exists();
        return Library.read(output, "-s", output);
    }
}
