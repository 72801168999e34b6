package jltrace.elf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessorCapabilitiesTest {
    private static final String LEVEL_3 =
            "cx16 lahf_lm popcnt pni ssse3 sse4_1 sse4_2" + " avx avx2 bmi1 bmi2 f16c fma abm movbe xsave";

    @Test
    void levelsBuildOnEachOther() {
        assertThat(ofFlags("").levels()).isEmpty();
        assertThat(ofFlags("cx16 lahf_lm popcnt pni ssse3 sse4_1 sse4_2").levels())
                .containsExactly("x86-64-v2");
        assertThat(ofFlags(LEVEL_3).levels()).containsExactly("x86-64-v3", "x86-64-v2");
        assertThat(ofFlags(LEVEL_3.replace("popcnt", "")).levels()).isEmpty();
        assertThat(ofFlags(LEVEL_3 + " avx512f avx512bw avx512cd avx512dq avx512vl")
                        .levels())
                .containsExactly("x86-64-v4", "x86-64-v3", "x86-64-v2");
    }

    private static ProcessorCapabilities ofFlags(String flags) {
        return ProcessorCapabilities.ofDescription("processor\t: 0\nvendor_id\t: AuthenticAMD\nflags\t\t: " + flags
                + "\n\nprocessor\t: 1\nflags\t\t: avx512f\n");
    }

    @Test
    void onlyIntelProcessorsHaveAPlatformOfTheirOwn() {
        assertThat(ofFlags(LEVEL_3).platform()).isEqualTo("x86_64");
        assertThat(ofFlags(LEVEL_3).legacyNames())
                .containsExactly("tls/x86_64/x86_64", "tls/x86_64", "tls", "x86_64/x86_64", "x86_64");
        ProcessorCapabilities intel = ProcessorCapabilities.of(LEVEL_3, "GenuineIntel");
        assertThat(intel.platform()).isEqualTo("haswell");
        assertThat(intel.legacyNames())
                .containsExactly(
                        "tls/haswell/x86_64",
                        "tls/haswell",
                        "tls/x86_64",
                        "tls",
                        "haswell/x86_64",
                        "haswell",
                        "x86_64");
    }
}
