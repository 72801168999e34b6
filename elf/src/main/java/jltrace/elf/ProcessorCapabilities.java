package jltrace.elf;

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
    private static final String[] LEVEL_2 = {"cx16", "lahf_lm", "popcnt", "pni", "ssse3", "sse4_1", "sse4_2"};
    private static final String[] LEVEL_3 = {"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"};
    private static final String[] LEVEL_4 = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"};
    private static final String[] HASWELL = {"avx2", "bmi1", "bmi2", "abm", "movbe", "popcnt"};
    private static final String[] XEON_PHI = {"avx512cd", "avx512er", "avx512pf"};
    private static final String[] AVX_512_1 = {"avx512cd", "avx512bw", "avx512dq", "avx512vl"};
    /** Those of the first processor in {@code cpuinfo} (proc(5)); the least there can be if there is none. */
    public static ProcessorCapabilities ofDescription(String text) {
        return of(value(text, "\nflags\t"), vendorIn(text));
    }

    /** The maker of the first processor in {@code cpuinfo} (proc(5)). */
    public static String vendorIn(String text) {
        return value(text, "\nvendor_id\t");
    }

    /** What is behind the colon of the first line that begins with {@code key}. */
    private static String value(String text, String key) {
        int start = text.indexOf(key);
        int colon = start < 0 ? -1 : text.indexOf(':', start + 1);
        if (colon < 0) {
            return "";
        }
        int end = text.indexOf('\n', colon);
        return text.substring(colon + 1, end < 0 ? text.length() : end).strip();
    }

    /**
     * Those of a processor (glibc, sysdeps/x86_64/dl-hwcaps_subdirs.c and sysdeps/x86/cpu-features.c).
     *
     * @param flagNames the kernel's names of its features, separated by blanks
     * @param vendor the processor's own name for its maker
     */
    public static ProcessorCapabilities of(String flagNames, String vendor) {
        Set<String> flags = words(flagNames);
        List<String> levels = new ArrayList<>();
        if (hasAll(flags, LEVEL_2)) {
            levels.add("x86-64-v2");
            if (hasAll(flags, LEVEL_3)) {
                levels.add(0, "x86-64-v3");
                if (hasAll(flags, LEVEL_4)) {
                    levels.add(0, "x86-64-v4");
                }
            }
        }
        boolean isIntel = vendor.equals("GenuineIntel");
        String platform = "x86_64";
        if (isIntel && hasAll(flags, XEON_PHI)) {
            platform = "xeon_phi";
        } else if (isIntel && hasAll(flags, HASWELL)) {
            platform = "haswell";
        }
        List<String> names = new ArrayList<>(List.of("tls", platform));
        if (isIntel && hasAll(flags, AVX_512_1)) {
            names.add("avx512_1");
        }
        names.add("x86_64");
        return new ProcessorCapabilities(List.copyOf(levels), platform, combinations(names));
    }

    private static Set<String> words(String text) {
        Set<String> words = new HashSet<>();
        int start = 0;
        while (start < text.length()) {
            int blank = text.indexOf(' ', start);
            int end = blank < 0 ? text.length() : blank;
            words.add(text.substring(start, end));
            start = end + 1;
        }
        return words;
    }

    private static boolean hasAll(Set<String> flags, String[] names) {
        for (String name : names) {
            if (!flags.contains(name)) {
                return false;
            }
        }
        return true;
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
