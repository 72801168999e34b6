package jltrace.elf;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What the dynamic loader says when it is asked for help. */
final class LoaderHelp {
    /** What the processor must have for the levels from 2 on, as the kernel calls it (psABI 3.1.1, table 3.1). */
    private static final List<String> LEVELS = List.of(
            " cx16 lahf_lm popcnt pni ssse3 sse4_1 sse4_2",
            " avx avx2 bmi1 bmi2 f16c fma abm movbe xsave",
            " avx512f avx512bw avx512cd avx512dq avx512vl");

    private LoaderHelp() {}

    /** Which subdirectories it searches on this machine. */
    static ProcessorCapabilities capabilities() {
        StringBuilder flags = new StringBuilder();
        String vendor = "AuthenticAMD";
        for (String line : Command.output(Path.of("/"), Map.of(), List.of("/lib64/ld-linux-x86-64.so.2", "--help"))) {
            if (line.startsWith("  x86-64-v") && line.contains("supported")) {
                flags.append(LEVELS.get(line.charAt("  x86-64-v".length()) - '2'));
            } else if (line.contains("AT_PLATFORM") && !line.startsWith("  x86_64 ")) {
                vendor = "GenuineIntel";
            }
        }
        return ProcessorCapabilities.of(flags.toString().strip(), vendor);
    }
}
