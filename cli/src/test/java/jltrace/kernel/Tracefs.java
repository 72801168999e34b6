package jltrace.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the tests read of tracefs. They write nothing to it. */
final class Tracefs {
    private static final Path ROOT = Path.of("/sys/kernel/tracing");
    private static final Path PROBES = ROOT.resolve("uprobe_events");
    private static final Path FILE_SYSTEMS = Path.of("/proc/filesystems");

    private Tracefs() {}

    /** Whether the kernel has one; if it is not mounted yet, the first jltrace that runs mounts it. */
    static boolean isThere() throws IOException {
        return Files.exists(PROBES)
                || (Files.isDirectory(ROOT)
                        && Files.readString(FILE_SYSTEMS).lines().anyMatch(line -> line.endsWith("\ttracefs")));
    }

    /**
     * How often the probes in a file were hit, since they were defined.
     *
     * @param name the file's name, without its folder
     */
    static long hits(String name) throws IOException {
        return Files.readString(ROOT.resolve("uprobe_profile"))
                .lines()
                .map(line -> line.trim().split(" +", -1))
                .filter(words -> words[0].endsWith("/" + name))
                .mapToLong(words -> Long.parseLong(words[words.length - 1]))
                .sum();
    }

    /** The probe definitions of a jltrace process. */
    static List<String> probesOf(long pid) throws IOException {
        if (!Files.exists(PROBES)) {
            return List.of();
        }
        return Files.readString(PROBES)
                .lines()
                .filter(line -> line.substring(1).startsWith(":jltrace_" + pid + "_"))
                .toList();
    }
}
