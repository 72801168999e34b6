package jltrace.dwarf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the functions of whole files with those that llvm-dwarfdump shows: same addresses, names, parameters and types. */
class DwarfDumpOracleTest {
    private static final Pattern VARIANT = Pattern.compile("\\.(isra|constprop|part|cold)");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"gcc -g -O0", "gcc -g -O2", "clang -g -O0", "clang -g -O2"})
    void functionsOfAProgramAreThoseThatDwarfdumpShows(String compiler) throws IOException {
        Path program = Programs.build(directory, "shapes.c", compiler);

        Map<String, String> expected = byAddress(new ExpectedSignatures(DwarfDump.of(program)).all());
        removeVariants(ElfFile.open(program), expected);

        assertThat(expected).hasSizeGreaterThan(15);
        assertThat(found(program)).isEqualTo(expected);
    }

    @Test
    void functionsOfTheCLibraryAreThoseThatDwarfdumpShows() throws IOException {
        Path libc = Path.of("/lib/x86_64-linux-gnu/libc.so.6");
        ElfFile elf = ElfFile.open(libc);
        Optional<ElfFile> debugFile = new DebugFiles(Path.of("/")).find(elf, libc.toString());
        assumeThat(debugFile).as("libc6-dbg is installed").isPresent();
        Map<String, String> expected = byAddress(new ExpectedSignatures(
                        DwarfDump.of(Path.of(debugFile.orElseThrow().name())))
                .all());
        removeVariants(debugFile.orElseThrow(), expected);
        Map<String, String> actual = found(libc);

        assertThat(actual).hasSizeGreaterThan(3000);
        assertThat(difference(actual, expected)).as("found wrongly").isEmpty();
        assertThat(difference(expected, actual)).as("not found").isEmpty();
    }

    /** Variants of functions take other arguments than their declarations say, and have no signature. */
    private static void removeVariants(ElfFile elf, Map<String, String> expected) {
        elf.symbols()
                .functions()
                .forEach(function -> function.names().stream()
                        .filter(symbol -> VARIANT.matcher(symbol.name()).find())
                        .forEach(symbol -> expected.remove(Long.toHexString(symbol.virtualAddress()))));
    }

    private static Map<String, String> found(Path file) {
        return byAddress(Programs.open(file).functions().stream()
                .filter(function -> function.signature().isPresent())
                .map(ExpectedSignatures::line)
                .toList());
    }

    /** The lines of one map that the other has not. */
    private static Set<String> difference(Map<String, String> lines, Map<String, String> others) {
        Set<String> difference = new TreeSet<>(lines.values());
        difference.removeAll(Set.copyOf(others.values()));
        return difference;
    }

    private static Map<String, String> byAddress(List<String> lines) {
        Map<String, String> map = new HashMap<>();
        lines.forEach(line -> map.put(line.substring(0, line.indexOf(' ')), line));
        return map;
    }
}
