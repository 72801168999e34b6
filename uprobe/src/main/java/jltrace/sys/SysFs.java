package jltrace.sys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What jltrace reads below {@code /sys}. */
public final class SysFs {
    private static final Path ROOT = Path.of("/sys");

    private SysFs() {}

    /** Where tracefs may be mounted, the place where jltrace mounts it first. */
    public static List<Path> tracingDirectories() {
        return List.of(ROOT.resolve("kernel/tracing"), ROOT.resolve("kernel/debug/tracing"));
    }

    /** Whether kernel_lockdown(7) is at its level of confidentiality, which forbids perf events and tracefs. */
    static boolean isLockedDown() throws IOException {
        Path file = ROOT.resolve("kernel/security/lockdown");
        return Files.isReadable(file)
                && Files.readString(file, StandardCharsets.US_ASCII).contains("[confidentiality]");
    }

    /** The numbers of the CPUs that are online, ascending. */
    public static int[] onlineCpus() throws IOException {
        return parseCpuList(Files.readString(ROOT.resolve("devices/system/cpu/online"), StandardCharsets.US_ASCII));
    }

    /**
     * Parses a CPU list, {@code 0-3,6}.
     *
     * @throws IOException if it is not one
     */
    static int[] parseCpuList(String text) throws IOException {
        List<Integer> cpus = new ArrayList<>();
        try {
            for (String range : text.strip().split(",", -1)) {
                int dash = range.indexOf('-');
                int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
                int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
                for (int cpu = first; cpu <= last; cpu++) {
                    cpus.add(cpu);
                }
            }
        } catch (NumberFormatException e) {
            throw new IOException("not a CPU list: " + text, e);
        }
        return cpus.stream().mapToInt(Integer::intValue).toArray();
    }
}
