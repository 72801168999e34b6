package jltrace.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same program and library, built in all the ways that compilers and linkers know. */
class BuildVariantsTest {
    private static final String LIBRARY = """
            int answer(void) { return 42; }
            int twice(int x) { return 2 * x; }
            int old_count(void) { return 1; }
            int new_count(void) { return 2; }
            __asm__(".symver old_count, count@V1\\n.symver new_count, count@@V2");
            """;
    private static final String LIBRARY_VERSIONS =
            "V1 { global: count; local: old_*; new_*; }; V2 { answer; twice; } V1;";
    private static final String PROGRAM = """
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            extern int answer(void), twice(int), count(void);
            int (*volatile pointer)(int) = twice;
            __attribute__((noipa)) int relay(void) { return answer(); }
            static int compare(const void *a, const void *b) { return *(char *) a - *(char *) b; }
            int main(int argc, char **argv) {
                char text[] = "hello";
                qsort(text, strlen(argv[0]) & 3, 1, compare);
                free(realpath("/", 0));
                return puts(text) + relay() + pointer(3) + twice(argc) + count() > 1000;
            }
            """;

    @TempDir
    private static Path directory;

    private static Path library() throws IOException {
        Files.writeString(directory.resolve("versions"), LIBRARY_VERSIONS);
        return new Compiler(directory)
                .library("libanswer.so", LIBRARY, "-Wl,--version-script=versions -Wl,-soname,libanswer.so");
    }

    private static ElfFile program(String options) throws IOException {
        library();
        return ElfFile.open(
                new Compiler(directory).build("prog", PROGRAM, options + " -L. -lanswer -Wl,-rpath,$ORIGIN"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-Wl,-z,now",
                "-Wl,-z,lazy",
                "-fcf-protection -Wl,-z,ibtplt -Wl,-z,now",
                "-fcf-protection -Wl,-z,ibtplt -Wl,-z,lazy",
                "-fno-plt",
                "-fno-plt -fcf-protection -Wl,-z,ibtplt",
                "-fno-plt -Wl,-z,now -s",
                "-no-pie -fno-pie",
                "-no-pie -fno-pie -Wl,-z,now",
                "-no-pie -fno-pie -fcf-protection -Wl,-z,ibtplt",
                "-no-pie -fno-pie -fno-plt",
                "-Wl,-z,pack-relative-relocs",
                "-Wl,--hash-style=sysv",
                "-Wl,--hash-style=both",
                "-fuse-ld=gold",
                "-fuse-ld=gold -Wl,-z,now -no-pie -fno-pie",
                "-s"
            })
    void everyBuildImportsTheSameFunctionsAndItsStubsAreThoseOfObjdump(String options) throws IOException {
        ElfFile elf = program(options);

        Set<String> names = new TreeSet<>();
        elf.imports().forEach(anImport -> names.add(anImport.symbol().versionedName()));
        assertThat(names)
                .contains("answer@V2", "twice@V2", "count@V2", "realpath@GLIBC_2.3", "qsort@GLIBC_2.2.5")
                .contains("strlen@GLIBC_2.2.5", "puts@GLIBC_2.2.5", "free@GLIBC_2.2.5")
                .contains("__libc_start_main@GLIBC_2.34");
        assertThat(stubs(elf)).isEqualTo(stubsOfObjdump(Path.of(elf.name())));
        assertThat(WithoutSections.of(elf).imports().list())
                .isEqualTo(elf.imports().list());
        assertThat(elf.isExecutableProgram()).isTrue();
    }

    @Test
    void withoutPltCallsHaveSlotsButNoStubsEvenWhereAFunctionLooksLikeOne() throws IOException {
        ElfFile elf = program("-fno-plt -fcf-protection");

        for (ElfFile file : List.of(elf, WithoutSections.of(elf))) {
            assertThat(onlyImport(file, "answer").kind()).isEqualTo(Import.Kind.GLOB_DAT);
            assertThat(onlyImport(file, "answer").pltVirtualAddress()).isEmpty();
        }
    }

    @Test
    void theLibraryThatAVersionIsNeededFromIsKnown() throws IOException {
        ElfFile elf = program("");

        assertThat(onlyImport(elf, "answer").library()).contains("libanswer.so");
        assertThat(onlyImport(elf, "puts").library()).contains("libc.so.6");
        assertThat(onlyImport(elf, "__gmon_start__").library()).isEmpty();
        assertThat(onlyImport(elf, "__gmon_start__").isKnownFunction()).isFalse();
    }

    @Test
    void inAProgramForAFixedAddressAFunctionWhoseAddressIsTakenHasTheAddressOfItsStub() throws IOException {
        library();
        String source = "int answer(void); int main(void) { return (long) answer % 9 + answer(); }";
        Path file = new Compiler(directory).build("fixed", source, "-no-pie -fno-pie -L. -lanswer");
        ElfFile elf = ElfFile.open(file);

        Import answer = onlyImport(elf, "answer");
        assertThat(elf.type()).isEqualTo(ElfType.EXECUTABLE);
        assertThat(answer.symbol().virtualAddress()).isNotZero();
        assertThat(answer.pltVirtualAddress()).hasValue(answer.symbol().virtualAddress());
    }

    @Test
    void aFunctionPointerInDataIsAnImportToo() throws IOException {
        List<Import.Kind> kinds = new ArrayList<>();
        for (Import anImport : program("").imports()) {
            if (anImport.name().equals("twice")) {
                kinds.add(anImport.kind());
            }
        }

        assertThat(kinds).containsExactlyInAnyOrder(Import.Kind.JUMP_SLOT, Import.Kind.ABSOLUTE_64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sysv", "gnu", "both"})
    void versionsAreToldApartWhateverTheHashTable(String style) throws IOException {
        Files.writeString(directory.resolve("versions"), LIBRARY_VERSIONS);
        Path file = new Compiler(directory)
                .library("libhash.so", LIBRARY, "-Wl,--version-script=versions -Wl,--hash-style=" + style);
        SymbolTable symbols = WithoutSections.of(ElfFile.open(file)).dynamicSymbols();

        assertThat(symbols.find("count").map(Symbol::versionedName)).contains("count@@V2");
        assertThat(symbols.find("count", "V1").map(Symbol::versionedName)).contains("count@V1");
        assertThat(symbols.find("count", "V1").map(Symbol::virtualAddress))
                .isNotEqualTo(symbols.find("count").map(Symbol::virtualAddress));
        assertThat(symbols.find("count", "V3")).isEmpty();
        assertThat(symbols.find("old_count")).isEmpty();
        assertThat(symbols.find("free")).as("undefined here").isEmpty();
        assertThat(symbols.findAll("count")).hasSize(2);
        assertThat(StreamSupport.stream(symbols.spliterator(), false).map(Symbol::name))
                .contains("answer", "twice", "count");
    }

    @Test
    void strippedFilesKeepTheirDynamicSymbolsAndTheirUnwindTable() throws IOException {
        ElfFile elf = ElfFile.open(library());
        Command.run(directory, "strip", "-o", "libstripped.so", "libanswer.so");
        ElfFile stripped = ElfFile.open(directory.resolve("libstripped.so"));

        assertThat(elf.symbols().find("old_count")).isPresent();
        assertThat(stripped.symbols().size()).isZero();
        assertThat(stripped.symbols().find("old_count")).isEmpty();
        assertThat(stripped.dynamicSymbols()).containsExactlyElementsOf(elf.dynamicSymbols());
        assertThat(stripped.unwindTable()).containsExactlyElementsOf(elf.unwindTable());
        assertThat(stripped.buildId()).isEqualTo(elf.buildId()).isPresent();
    }

    @Test
    void severalNamesOfOneAddressAreOneFunctionAndTwoVersionsAreTwo() throws IOException {
        Path file = new Compiler(directory).library("libalias.so", """
                        int first(void) { return 1; }
                        int second(void) __attribute__((alias("first")));
                        static int one(void) { return 1; }
                        static void *choose(void) { return one; }
                        int chosen(void) __attribute__((ifunc("choose")));
                        """, "");
        FunctionTable functions = ElfFile.open(file).dynamicSymbols().functions();

        assertThat(functions).hasSize(2);
        FunctionTable.Function first = functionNamed(functions, "first");
        assertThat(first.names()).extracting(Symbol::name).containsExactlyInAnyOrder("first", "second");
        assertThat(first.isIndirect()).isFalse();
        assertThat(functionNamed(functions, "chosen").isIndirect()).isTrue();
        assertThat(functions.at(first.virtualAddress())).contains(first);
        assertThat(functions.at(first.virtualAddress() + 1)).isEmpty();
        assertThat(functions.containing(first.virtualAddress() + first.size() - 1))
                .contains(first);
        assertThat(functions.containing(first.virtualAddress() + first.size())).isEmpty();
    }

    @Test
    void aStaticProgramImportsNothing() throws IOException {
        ElfFile elf = ElfFile.open(new Compiler(directory).build("static", "int main(void) { return 0; }", "-static"));

        assertThat(elf.isExecutableProgram()).isTrue();
        assertThat(elf.interpreter()).isEmpty();
        assertThat(elf.imports().list()).isEmpty();
        assertThat(elf.dynamicSymbols()).isEmpty();
        assertThat(elf.symbols().find("main")).isPresent();
    }

    @Test
    void probesGoToTheFileOffsetOfTheExecutableSegment() throws IOException {
        ElfFile elf = ElfFile.open(library());
        Symbol answer = elf.dynamicSymbols().find("answer").orElseThrow();
        Section text = elf.section(".text").orElseThrow();
        long expected = text.fileOffset() + answer.virtualAddress() - text.virtualAddress();

        assertThat(elf.fileOffsetOf(answer.virtualAddress())).hasValue(expected);
        assertThat(elf.virtualAddressOf(expected)).hasValue(answer.virtualAddress());
        // mov $42, %eax; ret
        assertThat(elf.bytes().slice(expected, 6).bytes()).containsExactly(0xb8, 42, 0, 0, 0, 0xc3);
        long data = elf.section(".dynamic").orElseThrow().virtualAddress();
        assertThat(elf.fileOffsetOf(data)).as("data is not code").isEmpty();
    }

    private static Import onlyImport(ElfFile elf, String name) {
        List<Import> imports = new ArrayList<>();
        for (Import anImport : elf.imports()) {
            if (anImport.name().equals(name)) {
                imports.add(anImport);
            }
        }
        assertThat(imports).as("imports of %s", name).hasSize(1);
        return imports.get(0);
    }

    private static FunctionTable.Function functionNamed(FunctionTable functions, String name) {
        for (FunctionTable.Function function : functions) {
            if (function.names().get(0).name().equals(name)
                    || function.names().get(function.names().size() - 1).name().equals(name)) {
                return function;
            }
        }
        throw new AssertionError("no function " + name);
    }

    private static Map<Long, String> stubs(ElfFile elf) {
        Map<Long, String> stubs = new TreeMap<>();
        for (Import anImport : elf.imports()) {
            anImport.pltVirtualAddress().ifPresent(address -> stubs.put(address, anImport.name()));
        }
        return stubs;
    }

    private static Map<Long, String> stubsOfObjdump(Path file) {
        return Command.run(directory, "objdump", "-d", file.toString()).stream()
                .filter(line -> line.endsWith("@plt>:"))
                .collect(Collectors.toMap(
                        line -> Long.parseLong(line.substring(0, 16), 16),
                        line -> line.substring(18, line.indexOf("@plt>")),
                        (first, second) -> first,
                        TreeMap::new));
    }

    @Test
    void aProgramWithoutDefinitionsHasASymbolTableWithoutSectionHeaders() throws IOException {
        ElfFile elf = program("-Wl,--hash-style=gnu");
        Set<String> symbols = new TreeSet<>();
        WithoutSections.of(elf).dynamicSymbols().forEach(symbol -> symbols.add(symbol.versionedName()));

        assertThat(symbols).contains("answer@V2", "puts@GLIBC_2.2.5");
        assertThat(elf.dynamic().needed()).containsExactly("libanswer.so", "libc.so.6");
        assertThat(Optional.of("$ORIGIN")).isEqualTo(elf.dynamic().runpath());
    }
}
