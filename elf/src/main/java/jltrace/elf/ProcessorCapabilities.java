package jltrace.elf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which subdirectories the dynamic loader prefers on a processor: the microarchitecture levels of the psABI that it
 * reaches, and what loaders before glibc 2.37 looked for in addition.
 *
 * @param levels names of subdirectories of {@code glibc-hwcaps}, the best first
 * @param platform what {@code $PLATFORM} stands for
 * @param legacyNames what {@code tls}, the platform and older capability names combine to, in the order of the search
 */
public record ProcessorCapabilities(List<String> levels, String platform, List<String> legacyNames) {
    private static final Set<String> LEVEL_2 = Set.of("cx16", "lahf_lm", "popcnt", "pni", "ssse3", "sse4_1", "sse4_2");
    private static final Set<String> LEVEL_3 =
            Set.of("avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave");
    private static final Set<String> LEVEL_4 = Set.of("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl");
    private static final Set<String> HASWELL = Set.of("avx2", "bmi1", "bmi2", "abm", "movbe", "popcnt");
    private static final Set<String> XEON_PHI = Set.of("avx512cd", "avx512er", "avx512pf");
    private static final Set<String> AVX_512_1 = Set.of("avx512cd", "avx512bw", "avx512dq", "avx512vl");

    /** Those of the processor that this runs on, as the kernel tells; the least there can be if it does not. */
    public static ProcessorCapabilities ofThisMachine() {
        try {
            return ofDescription(Files.readAllLines(Path.of("/proc/cpuinfo"), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return of(Set.of(), "");
        }
    }

    /** Those of the first processor in the lines of {@code cpuinfo} (proc(5)). */
    static ProcessorCapabilities ofDescription(List<String> lines) {
        Set<String> flags = new HashSet<>();
        String vendor = "";
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                break; // An empty line ends the first processor.
            }
            String value = line.substring(colon + 1).strip();
            if (line.startsWith("flags")) {
                flags.addAll(List.of(value.split(" ")));
            } else if (line.startsWith("vendor_id")) {
                vendor = value;
            }
        }
        return of(flags, vendor);
    }

    /**
     * Those of a processor (glibc, sysdeps/x86_64/dl-hwcaps_subdirs.c and sysdeps/x86/cpu-features.c).
     *
     * @param flags the kernel's names of its features
     * @param vendor the processor's own name for its maker
     */
    static ProcessorCapabilities of(Set<String> flags, String vendor) {
        List<String> levels = new ArrayList<>();
        if (flags.containsAll(LEVEL_2)) {
            levels.add("x86-64-v2");
            if (flags.containsAll(LEVEL_3)) {
                levels.add(0, "x86-64-v3");
                if (flags.containsAll(LEVEL_4)) {
                    levels.add(0, "x86-64-v4");
                }
            }
        }
        boolean intel = vendor.equals("GenuineIntel");
        String platform = "x86_64";
        if (intel && flags.containsAll(XEON_PHI)) {
            platform = "xeon_phi";
        } else if (intel && flags.containsAll(HASWELL)) {
            platform = "haswell";
        }
        List<String> names = new ArrayList<>(List.of("tls", platform));
        if (intel && flags.containsAll(AVX_512_1)) {
            names.add("avx512_1");
        }
        names.add("x86_64");
        return new ProcessorCapabilities(List.copyOf(levels), platform, combinations(names));
    }

    /** All sequences of names in their order, those with the first name first. */
    private static List<String> combinations(List<String> names) {
        List<String> result = new ArrayList<>();
        for (int set = (1 << names.size()) - 1; set > 0; set--) {
            StringBuilder path = new StringBuilder();
            for (int i = 0; i < names.size(); i++) {
                if ((set >> (names.size() - 1 - i) & 1) != 0) {
                    path.append(path.length() == 0 ? "" : "/").append(names.get(i));
                }
            }
            if (!result.contains(path.toString())) {
                result.add(path.toString());
            }
        }
        return List.copyOf(result);
    }
}
