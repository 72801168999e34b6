package jltrace.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where Jazzer enters, and what prepares it. */
public final class Fuzzer {
    private static @Nullable Target target;

    private Fuzzer() {}

    /**
     * Prints the names of all targets, or writes the seeds of one.
     *
     * @param arguments nothing, or a target's name and a folder
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 2) {
            Target.NAMES.forEach(System.out::println);
            return;
        }
        Path folder = Files.createDirectories(Path.of(arguments[1]));
        List<byte[]> seeds = make(arguments[0]).seeds();
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(folder.resolve("seed-" + i), seeds.get(i));
        }
    }

    /** Jazzer's first call: makes the target whose name is the only argument. */
    public static void fuzzerInitialize(String[] arguments) throws IOException {
        target = make(arguments[0]);
    }

    /** Jazzer's other calls, each with an input. */
    public static void fuzzerTestOneInput(byte[] data) {
        if (target != null) {
            target.read(data);
        }
    }

    private static Target make(String name) throws IOException {
        return Target.of(name, Files.createTempDirectory("jltrace-fuzz-"));
    }
}
