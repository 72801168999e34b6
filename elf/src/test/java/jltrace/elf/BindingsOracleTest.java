package jltrace.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with the bindings that the dynamic loader reports itself: LD_DEBUG=bindings (ld.so(8)). */
class BindingsOracleTest {
    private static final Pattern BINDING = Pattern.compile(
            " *\\d+:\tbinding file (\\S+) \\[0\\] to (\\S+) \\[0\\]: normal symbol `([^']*)'(?: \\[(.*)\\])?");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/usr/bin/ls",
                "/usr/bin/sort",
                "/usr/bin/grep",
                "/usr/bin/perl",
                "/usr/bin/openssl",
                "/usr/bin/gawk",
                "/usr/bin/sqlite3",
                "/usr/bin/g++",
                "/usr/bin/gdb",
                "/usr/bin/python3",
                "/usr/bin/curl"
            })
    void everyImportIsBoundToWhatTheLoaderBindsItTo(String program, @TempDir Path directory) throws IOException {
        Set<String> expected = new TreeSet<>();
        // The loader binds everything at start, and the program need not succeed.
        Map<String, String> variables = Map.of("LD_DEBUG", "bindings", "LD_BIND_NOW", "1");
        List<String> command = List.of(program, "--version");
        Command.run(directory, variables, command, true, line -> {
            Matcher binding = BINDING.matcher(line);
            if (binding.matches()) {
                expected.add(binding.group(1) + " " + binding.group(3) + " "
                        + Optional.ofNullable(binding.group(4)).orElse("") + " -> " + binding.group(2));
            }
        });
        assertThat(expected).hasSizeGreaterThan(50);

        SharedLibraries libraries =
                SharedLibraries.of(program, LoaderEnvironment.ofChild(System.getenv(), LoaderHelp.capabilities()));
        SymbolScope scope = libraries.scope();
        Set<String> bound = new TreeSet<>();
        for (LoadedObject object : libraries) {
            for (Import anImport : imports(object)) {
                Optional<SymbolScope.Definition> definition = scope.definitionOf(object.elf(), anImport);
                if (definition.isEmpty()) {
                    assertThat(anImport.symbol().binding()).as("%s", anImport).isEqualTo(SymbolBinding.WEAK);
                } else {
                    bound.add(object.path() + " " + anImport.name() + " "
                            + anImport.version().orElse("") + " -> "
                            + path(libraries, definition.get().object()));
                }
            }
        }
        assertThat(bound).hasSizeGreaterThan(50);
        bound.removeAll(expected);
        assertThat(bound)
                .as("bindings of %s that the loader does not report", program)
                .isEmpty();
    }

    private static List<Import> imports(LoadedObject object) {
        List<Import> imports = new ArrayList<>(object.elf().imports().list());
        imports.addAll(object.elf().imports().ownFunctions());
        return imports;
    }

    private static String path(SharedLibraries libraries, ElfFile elf) {
        for (LoadedObject object : libraries) {
            if (object.elf() == elf) {
                return object.path();
            }
        }
        return "";
    }
}
