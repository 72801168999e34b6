package jltrace.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with where programs find themselves: each prints the address of its main and its memory maps. */
class LoadBiasTest {
    private static final String SOURCE = """
            #include <stdio.h>
            int main(void) {
                char line[4096];
                FILE *maps = fopen("/proc/self/maps", "r");
                printf("%lx\\n", (long) main);
                while (fgets(line, sizeof line, maps)) {
                    fputs(line, stdout);
                }
                return 0;
            }
            """;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-pie",
                "-no-pie",
                "-pie -Wl,-z,noseparate-code",
                "-no-pie -Wl,-z,noseparate-code",
                "-pie -Wl,-z,max-page-size=2097152",
                "-fuse-ld=gold -pie"
            })
    void theBiasLeadsFromTheFilesAddressToTheOneInTheProcess(String options) throws IOException {
        Path program = new Compiler(directory).build("prog", SOURCE, options);
        List<String> output = Command.run(directory, program.toString());
        ElfFile elf = ElfFile.open(program);
        long mainInFile = elf.symbols().find("main").orElseThrow().virtualAddress();
        long mainInProcess = Long.parseUnsignedLong(output.get(0), 16);

        List<String> executable = executableMappings(output, program);
        assertThat(executable).isNotEmpty();
        for (String mapping : executable) {
            assertThat(elf.loadBias(start(mapping), fileOffset(mapping)))
                    .as("bias from %s", mapping)
                    .hasValue(mainInProcess - mainInFile);
        }
    }

    @Test
    void anOffsetBehindTheSegmentHasNoBias() throws IOException {
        ElfFile elf = ElfFile.open(new Compiler(directory).build("prog", SOURCE, "-pie"));

        assertThat(elf.loadBias(0x10000, elf.bytes().size() + 4096)).isEmpty();
    }

    private static List<String> executableMappings(List<String> output, Path program) {
        List<String> found = new ArrayList<>();
        for (String line : output.subList(1, output.size())) {
            boolean isExecutable = line.split(" ", 3)[1].contains("x");
            if (line.endsWith("/" + program.getFileName()) && isExecutable) {
                found.add(line);
            }
        }
        return found;
    }

    private static long start(String mapping) {
        return Long.parseUnsignedLong(mapping.substring(0, mapping.indexOf('-')), 16);
    }

    private static long fileOffset(String mapping) {
        return Long.parseUnsignedLong(mapping.split(" ", 4)[2], 16);
    }
}
