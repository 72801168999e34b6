package jltrace.elf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Compiles and links small C programs in one directory. */
final class Compiler {
    private final Path directory;

    Compiler(Path directory) {
        this.directory = directory;
    }

    /**
     * Compiles {@code source} with gcc.
     *
     * @param output path of the result, relative to the directory
     * @param options of gcc, separated by blanks
     * @return the result
     */
    Path build(String output, String source, String options) {
        try {
            Path result = directory.resolve(output);
            Files.createDirectories(result.getParent());
            Path sourceFile = directory.resolve(output.replace('/', '_') + ".c");
            Files.writeString(sourceFile, source);
            List<String> command = new ArrayList<>(List.of("gcc", "-O2", "-o", output, sourceFile.toString()));
            command.addAll(List.of(options.split(" ")));
            command.removeIf(String::isEmpty);
            Command.run(directory, command);
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Links a shared library. */
    Path library(String output, String source, String options) {
        return build(output, source, "-shared -fPIC " + options);
    }
}
