package jltrace.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares with the names that {@code objdump -d} (GNU Binutils) gives to PLT stubs, over every library and program. */
class PltStubsOracleTest {
    private static final Pattern STUB = Pattern.compile("0*([0-9a-f]+) <(.*)@plt>:");
    private static final Pattern FILE = Pattern.compile("(/.*): +file format .*");

    @Test
    void stubsAreThoseOfObjdump() {
        Map<Path, List<String>> expected = objdump(files());
        for (Map.Entry<Path, List<String>> entry : expected.entrySet()) {
            assertThat(new TreeSet<>(stubs(InstalledFiles.open(entry.getKey()))))
                    .as("stubs of %s", entry.getKey())
                    .isEqualTo(new TreeSet<>(entry.getValue()));
        }
        assertThat(expected).hasSizeGreaterThan(100);
    }

    @Test
    void importsAndTheirStubsAreFoundWithoutSectionHeaders() {
        int stubs = 0;
        for (Path file : files()) {
            ElfFile elf = InstalledFiles.open(file);
            ElfFile stripped = WithoutSections.of(elf);
            assertThat(stripped.sections()).isEmpty();
            assertSameImports(file, stripped.imports().list(), elf.imports().list());
            assertSameImports(
                    file, stripped.imports().ownFunctions(), elf.imports().ownFunctions());
            stubs += stubs(stripped).size();
        }
        assertThat(stubs).isGreaterThan(10_000);
    }

    private static void assertSameImports(Path file, List<Import> stripped, List<Import> expected) {
        assertThat(stripped).as("imports of %s", file).hasSameSizeAs(expected);
        for (int i = 0; i < stripped.size(); i++) {
            assertThat(stripped.get(i)).as("import of %s", file).isEqualTo(expected.get(i));
        }
    }

    /** Programs and libraries, without the few that are as large as all others together. */
    private static List<Path> files() {
        return Stream.concat(InstalledFiles.libraries().stream(), InstalledFiles.programs().stream())
                .filter(file -> InstalledFiles.isElf(file) && file.toFile().length() < 8_000_000)
                .toList();
    }

    private static List<String> stubs(ElfFile elf) {
        return Stream.concat(elf.imports().list().stream(), elf.imports().ownFunctions().stream())
                .filter(anImport -> anImport.pltVirtualAddress().isPresent())
                .map(anImport -> Long.toHexString(anImport.pltVirtualAddress().getAsLong()) + " " + anImport.name())
                .toList();
    }

    private static Map<Path, List<String>> objdump(List<Path> files) {
        List<String> command = new ArrayList<>(
                List.of("objdump", "-d", "--no-show-raw-insn", "-j", ".plt", "-j", ".plt.sec", "-j", ".plt.got"));
        files.forEach(file -> command.add(file.toString()));
        Map<Path, List<String>> byFile = new TreeMap<>();
        List<List<String>> current = new ArrayList<>(List.of(new ArrayList<>()));
        Command.run(Path.of("/"), Map.of(), command, false, line -> {
            Matcher file = FILE.matcher(line);
            if (file.matches()) {
                current.set(0, byFile.computeIfAbsent(Path.of(file.group(1)), path -> new ArrayList<>()));
                return;
            }
            Matcher stub = STUB.matcher(line);
            // A stub for a function that the object itself resolves at start has no name.
            if (stub.matches() && !stub.group(2).startsWith("*ABS*")) {
                current.get(0).add(stub.group(1) + " " + stub.group(2));
            }
        });
        return byFile;
    }
}
