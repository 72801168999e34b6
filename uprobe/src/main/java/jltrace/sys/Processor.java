package jltrace.sys;

import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;
import jltrace.elf.ProcessorCapabilities;

/**
 * What the processor can do, as the C library found out when this process started. The dynamic loader of any other process asks the
 * processor in the same way. The kernel asked when it started, and a virtual machine may have moved since.
 */
public final class Processor {
    private static final int EBX = 1;
    private static final int ECX = 2;
    private static final int WORDS = 4;

    /** A feature: the kernel's name for it, and its bit (glibc's sys/platform/x86.h and bits/platform/x86.h). */
    private record Feature(String name, int leaf, int register, int bit) {}

    private static final int LEAF_1 = 0;
    private static final int LEAF_7 = 1;
    private static final int LEAF_80000001 = 2;

    private static final Feature[] FEATURES = {
        new Feature("pni", LEAF_1, ECX, 0),
        new Feature("ssse3", LEAF_1, ECX, 9),
        new Feature("fma", LEAF_1, ECX, 12),
        new Feature("cx16", LEAF_1, ECX, 13),
        new Feature("sse4_1", LEAF_1, ECX, 19),
        new Feature("sse4_2", LEAF_1, ECX, 20),
        new Feature("movbe", LEAF_1, ECX, 22),
        new Feature("popcnt", LEAF_1, ECX, 23),
        new Feature("xsave", LEAF_1, ECX, 27),
        new Feature("avx", LEAF_1, ECX, 28),
        new Feature("f16c", LEAF_1, ECX, 29),
        new Feature("bmi1", LEAF_7, EBX, 3),
        new Feature("avx2", LEAF_7, EBX, 5),
        new Feature("bmi2", LEAF_7, EBX, 8),
        new Feature("avx512f", LEAF_7, EBX, 16),
        new Feature("avx512dq", LEAF_7, EBX, 17),
        new Feature("avx512pf", LEAF_7, EBX, 26),
        new Feature("avx512er", LEAF_7, EBX, 27),
        new Feature("avx512cd", LEAF_7, EBX, 28),
        new Feature("avx512bw", LEAF_7, EBX, 30),
        new Feature("avx512vl", LEAF_7, EBX, 31),
        new Feature("lahf_lm", LEAF_80000001, ECX, 0),
        new Feature("abm", LEAF_80000001, ECX, 5),
    };

    /** Of glibc 2.33 and later. */
    private static final class Features {
        static final boolean AVAILABLE = bind();

        private Features() {}

        private static boolean bind() {
            try {
                GlobalScope.bind(Features.class);
                return true;
            } catch (UnsatisfiedLinkError e) {
                return false;
            }
        }

        /** A {@code struct cpuid_feature}: what CPUID says, then what of it may be used, four words each. */
        static native Pointer __x86_get_cpuid_feature_leaf(int leaf);
    }

    private Processor() {}

    /** Which subdirectories the dynamic loader prefers here. */
    public static ProcessorCapabilities capabilities() {
        String description = ProcFs.processors();
        if (!Features.AVAILABLE) {
            return ProcessorCapabilities.ofDescription(description);
        }
        List<String> names = new ArrayList<>();
        for (Feature feature : FEATURES) {
            int[] usable =
                    Features.__x86_get_cpuid_feature_leaf(feature.leaf).getIntArray(WORDS * Integer.BYTES, WORDS);
            if ((usable[feature.register] >>> feature.bit & 1) != 0) {
                names.add(feature.name);
            }
        }
        return ProcessorCapabilities.of(String.join(" ", names), ProcessorCapabilities.vendorIn(description));
    }
}
