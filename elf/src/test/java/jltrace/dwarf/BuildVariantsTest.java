package jltrace.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jltrace.type.FunctionSignature;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Debug information of one program in all the ways in which it is written: the same functions with the same signatures as in the
 * plain way, which {@link DwarfDumpOracleTest} compares with llvm-dwarfdump.
 */
class BuildVariantsTest {
    @TempDir
    private Path directory;

    private List<String> plain(String compiler) throws IOException {
        Path program = Programs.build(
                Files.createDirectory(directory.resolve("plain")), "shapes.c", compiler + " -O1 -gdwarf-5");
        List<String> functions = Programs.describe(Programs.open(program).functions());
        assertThat(functions).hasSizeGreaterThan(15);
        return functions;
    }

    private Path variant(String compiler) throws IOException {
        return Programs.build(Files.createDirectory(directory.resolve("variant")), "shapes.c", compiler + " -O1");
    }

    private static List<String> functions(Path program) {
        return Programs.describe(Programs.open(program).functions());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcc -gdwarf-2",
                "gcc -gdwarf-2 -gstrict-dwarf",
                "gcc -gdwarf-3",
                "gcc -gdwarf-4",
                "gcc -gdwarf-4 -gdwarf64",
                "gcc -gdwarf-5 -gdwarf64",
                "gcc -gdwarf-4 -gz=zlib",
                "gcc -gdwarf-5 -gz=zlib",
                "gcc -gdwarf-5 -gz=zlib-gnu",
                "gcc -gdwarf-4 -fdebug-types-section",
                "gcc -gdwarf-5 -fdebug-types-section",
                "gcc -gdwarf-4 -gsplit-dwarf",
                "gcc -gdwarf-5 -gsplit-dwarf",
                "gcc -gdwarf-4 -gsplit-dwarf -fdebug-types-section",
                "gcc -gdwarf-5 -gsplit-dwarf -fdebug-types-section"
            })
    void gccSaysTheSameInEveryWay(String compiler) throws IOException {
        assertThat(functions(variant(compiler))).isEqualTo(plain("gcc"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "clang -gdwarf-2",
                "clang -gdwarf-3",
                "clang -gdwarf-4",
                "clang -gdwarf-5 -gdwarf64",
                "clang -gdwarf-5 -gz=zlib",
                "clang -gdwarf-4 -fdebug-types-section",
                "clang -gdwarf-5 -fdebug-types-section",
                "clang -gdwarf-4 -gsplit-dwarf",
                "clang -gdwarf-5 -gsplit-dwarf",
                "clang -gdwarf-5 -gsplit-dwarf -fdebug-types-section",
                "clang -gdwarf-5 -gpubnames"
            })
    void clangSaysTheSameInEveryWay(String compiler) throws IOException {
        assertThat(functions(variant(compiler))).isEqualTo(plain("clang"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc -gdwarf-4 -gsplit-dwarf -fdebug-types-section", "clang -gdwarf-5 -gsplit-dwarf"})
    void splitFilesMayBePackaged(String compiler) throws IOException {
        Path program = variant(compiler);
        Programs.run(
                directory.resolve("variant"),
                (compiler.startsWith("gcc") ? "dwp" : "llvm-dwp") + " -e prog -o prog.dwp");
        try (Stream<Path> files = Files.list(directory.resolve("variant"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".dwo")).toList()) {
                Files.delete(file);
            }
        }

        assertThat(functions(program)).isEqualTo(plain(compiler.substring(0, compiler.indexOf(' '))));
    }

    @Test
    void withoutItsSplitFileAProgramHasNoSignatures() throws IOException {
        Path program = variant("gcc -gdwarf-5 -gsplit-dwarf");
        Files.delete(directory.resolve("variant/prog.dwo"));

        assertThat(functions(program)).isEmpty();
        assertThat(Programs.open(program).signatureOf("strings")).isEmpty();
    }

    @Test
    void dwzMayMoveWhatFilesHaveInCommonToAnother() throws IOException {
        List<String> plain = plain("gcc");
        Path folder = directory.resolve("plain");
        Files.copy(folder.resolve("prog"), folder.resolve("other"));
        Programs.run(folder, "dwz -m common -M " + folder.resolve("common") + " prog other");

        assertThat(functions(folder.resolve("prog"))).isEqualTo(plain);
    }

    @Test
    void theDebugFileOfAStrippedProgramIsRead() throws IOException {
        List<String> plain = plain("gcc");
        Path folder = directory.resolve("plain");
        Programs.run(folder, "objcopy --only-keep-debug prog prog.debug");
        Programs.run(folder, "objcopy --strip-all --add-gnu-debuglink=prog.debug prog stripped");

        assertThat(functions(folder.resolve("stripped"))).isEqualTo(plain);
    }

    @Test
    void sectionsMayBeCompressedWithZstandard() throws IOException {
        List<String> plain = plain("gcc");
        Path folder = directory.resolve("plain");
        Programs.run(folder, "objcopy --compress-debug-sections=zstd prog packed");

        assertThat(functions(folder.resolve("packed"))).isEqualTo(plain);
    }

    @Test
    void functionsAreFoundByAddressAsByName() throws IOException {
        for (String compiler : List.of("gcc -gdwarf-5", "clang -gdwarf-4", "gcc -gdwarf-5 -gsplit-dwarf")) {
            Path folder = Files.createDirectory(directory.resolve(compiler));
            Path program = Programs.build(folder, "shapes.c", compiler + " -O1");
            List<Subprogram> functions = Programs.open(program).functions().stream()
                    .filter(function -> function.signature().isPresent())
                    .toList();

            Map<String, Optional<FunctionSignature>> byName = functions.stream()
                    .collect(Collectors.toMap(
                            Subprogram::name, function -> Programs.open(program).signatureOf(function.name())));
            Map<String, Optional<FunctionSignature>> byAddress = functions.stream()
                    .collect(Collectors.toMap(
                            Subprogram::name,
                            function -> Programs.open(program).signatureAt(function.virtualAddress())));
            Map<String, Optional<FunctionSignature>> expected =
                    functions.stream().collect(Collectors.toMap(Subprogram::name, Subprogram::signature));

            assertThat(byName).isEqualTo(expected).hasSizeGreaterThan(15);
            assertThat(byAddress).isEqualTo(expected);
        }
    }

    @Test
    void anObjectFileTellsTheTypesOfItsVariables() throws IOException {
        variant("gcc -gdwarf-5");
        DebugInformation object = Programs.open(directory.resolve("variant/prog.o"));

        assertThat(object.signatureOfVariable("declared_strings").orElseThrow())
                .hasToString("string (string, string, string, string*, string*, uchar*, char*, addr, addr)");
        assertThat(object.signatureOfVariable("declared_variadic").orElseThrow())
                .hasToString("int (string, ...)");
        assertThat(object.signatureOfVariable("head")).isEmpty();
        assertThat(object.variableType("head").orElseThrow()).hasToString("struct node");
    }
}
