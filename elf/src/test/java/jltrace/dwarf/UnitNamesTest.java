package jltrace.dwarf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import jltrace.bytes.ByteSource;
import jltrace.cache.BuildCache;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfFile;
import jltrace.elf.Section;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Indexes of names that compilers, linkers and gdb write: with one, the same is found as without, and what it leads to alone is read. */
class UnitNamesTest {
    @TempDir
    private Path directory;

    private static final String NAMES = ".debug_names";
    private static final String GDB_INDEX = ".gdb_index";

    /** Two programs from one that has the section: as it is, and without the section. */
    private record Pair(Path with, Path without) {}

    private Pair pair(Path program, String section) throws IOException {
        if (section.equals(GDB_INDEX)
                && ElfFile.open(program).section(GDB_INDEX).isEmpty()) {
            Programs.run(directory, List.of("gdb-add-index", program.toString()));
        }
        assertThat(ElfFile.open(program).section(section)).isPresent();
        Path without = directory.resolve(program.getFileName() + ".without");
        Programs.run(
                directory, List.of("objcopy", "--remove-section", section, program.toString(), without.toString()));
        return new Pair(program, without);
    }

    private static DwarfFile dwarf(Path file) throws IOException {
        return DwarfFile.of(
                ElfFile.open(file), file.toString(), new DebugFiles(Path.of("/")), new IndexCache(BuildCache.none()));
    }

    /** All names in a file and its split files, and those of its functions with namespaces and classes. */
    private Set<String> names(Path file) throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(each -> each.equals(file) || each.toString().endsWith(".dwo"))
                    .flatMap(each -> DwarfDump.of(each).entries().stream())
                    .forEach(entry -> {
                        entry.name().ifPresent(names::add);
                        entry.string("DW_AT_linkage_name").ifPresent(names::add);
                    });
        }
        Programs.open(file).functions().forEach(function -> names.add(function.name()));
        names.add("there is no such name");
        return names;
    }

    private static Map<String, String> answers(Path file, Set<String> names) {
        DebugInformation information = Programs.open(file);
        Map<String, String> answers = new TreeMap<>();
        for (String name : names) {
            answers.put(
                    name,
                    information.signatureOf(name) + " " + information.variableType(name) + " "
                            + information.type(name));
        }
        return answers;
    }

    @ParameterizedTest
    @CsvSource({
        "shapes.c, clang -gdwarf-5 -gpubnames -O0, .debug_names",
        "shapes.c, clang -gdwarf-5 -gpubnames -gdwarf64 -O1, .debug_names",
        "shapes.c, clang -gdwarf-5 -gpubnames -gsplit-dwarf -O1, .debug_names",
        "classes.cc, clang++ -gdwarf-5 -gpubnames -std=c++20 -O1, .debug_names",
        "shapes.c, gcc -gdwarf-5 -O1, .gdb_index",
        "shapes.c, gcc -gdwarf-4 -gsplit-dwarf -O1, .gdb_index",
        "shapes.c, gcc -gdwarf-4 -ggnu-pubnames -fuse-ld=gold -Wl;--gdb-index, .gdb_index",
        "shapes.c, clang -gdwarf-4 -O1, .gdb_index",
        "classes.cc, g++ -gdwarf-5 -std=c++20 -O1, .gdb_index",
        "classes.cc, g++ -gdwarf-4 -std=c++20 -ggnu-pubnames -fuse-ld=gold -Wl;--gdb-index, .gdb_index"
    })
    void answersAreThoseOfTheWholeFile(String source, String compiler, String section) throws IOException {
        Pair pair = pair(Programs.build(directory, source, compiler.replace(';', ',')), section);
        Set<String> names = names(pair.without());
        UnitNames index = UnitNames.of(dwarf(pair.with())).orElseThrow();

        assertThat(index.unitsDefining(source.equals("shapes.c") ? "node" : "area"))
                .containsExactly(0L);
        assertThat(UnitNames.of(dwarf(pair.without()))).isEmpty();
        assertThat(answers(pair.with(), names)).hasSizeGreaterThan(80).isEqualTo(answers(pair.without(), names));
    }

    @Test
    void answersForTheCLibraryAreThoseOfTheWholeFile() throws IOException {
        Path libc = Path.of("/lib/x86_64-linux-gnu/libc.so.6");
        Optional<ElfFile> debugFile = new DebugFiles(Path.of("/")).find(ElfFile.open(libc), libc.toString());
        assumeThat(debugFile).as("libc6-dbg is installed").isPresent();
        Path copy = directory.resolve("libc.debug");
        Files.copy(Path.of(debugFile.orElseThrow().name()), copy);
        Pair pair = pair(copy, GDB_INDEX);
        Set<String> all = names(pair.without());
        Set<String> some = new TreeSet<>();
        int number = 0;
        for (String name : all) {
            if (number++ % 23 == 0) {
                some.add(name);
            }
        }

        assertThat(UnitNames.of(dwarf(pair.with()))).isPresent();
        assertThat(answers(pair.with(), some)).hasSizeGreaterThan(500).isEqualTo(answers(pair.without(), some));
    }

    /** A program of two units, the second of which cannot be read: its abbreviations are nowhere. */
    private Path withUnreadableUnit(String compiler) throws IOException {
        Programs.build(directory, "shapes.c", compiler);
        Files.writeString(
                directory.resolve("other.c"), "struct other { int x; } other; int second(int a) { return a; }");
        Programs.run(directory, compiler + " -fPIC -c other.c -o other.o");
        Programs.run(directory, compiler + " -shared prog.o other.o -o two");
        Path program = directory.resolve("two");
        if (compiler.startsWith("gcc")) {
            Programs.run(directory, "gdb-add-index two");
        }
        List<UnitHeader> headers = dwarf(program).info().headers();
        assertThat(headers).hasSize(2);
        byte[] bytes = Files.readAllBytes(program);
        // Behind the length of 4 bytes, the version, the type of unit and the size of addresses (7.5.1.1).
        long at = ElfFile.open(program).section(".debug_info").orElseThrow().fileOffset()
                + headers.get(1).offset()
                + 8;
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt((int) at, 0x7fff_0000);
        Files.write(program, bytes);
        return program;
    }

    @ParameterizedTest
    @CsvSource({"clang -gdwarf-5 -gpubnames, .debug_names", "gcc -gdwarf-5, .gdb_index"})
    void onlyTheUnitsThatDefineANameAreRead(String compiler, String section) throws IOException {
        Pair pair = pair(withUnreadableUnit(compiler), section);

        assertThat(Programs.open(pair.with()).type("node").orElseThrow()).hasToString("struct node");
        assertThat(Programs.open(pair.with()).variableType("head").orElseThrow())
                .hasToString("struct node");
        assertThatThrownBy(() -> Programs.open(pair.without()).type("node")).isInstanceOf(DwarfException.class);
        assertThatThrownBy(() -> Programs.open(pair.with()).type("other")).isInstanceOf(DwarfException.class);
    }

    @Test
    void anIndexThatKnowsOnlySomeUnitsIsNotUsed() throws IOException {
        Programs.build(directory, "shapes.c", "clang -gdwarf-5 -gpubnames");
        Files.writeString(directory.resolve("other.c"), "struct other { int x; } other;");
        Programs.run(directory, "clang -gdwarf-5 -fPIC -c other.c -o other.o");
        Programs.run(directory, "clang -shared prog.o other.o -o two");
        Path program = directory.resolve("two");

        assertThat(ElfFile.open(program).section(NAMES)).isPresent();
        assertThat(UnitNames.of(dwarf(program))).isEmpty();
        assertThat(Programs.open(program).type("other")).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "clang -gdwarf-5 -gpubnames, .debug_names, 4",
        "clang -gdwarf-5 -gpubnames, .debug_names, 36",
        "gcc -gdwarf-5, .gdb_index, 0",
        "gcc -gdwarf-5, .gdb_index, 24"
    })
    void anIndexOfUnknownVersionOrWithAnUnknownUnitIsIgnored(String compiler, String section, int at)
            throws IOException {
        Pair pair = pair(Programs.build(directory, "shapes.c", compiler), section);
        byte[] bytes = Files.readAllBytes(pair.with());
        long start = ElfFile.open(pair.with()).section(section).orElseThrow().fileOffset();
        // Behind the header, and for .debug_names LLVM's 8 letters of augmentation: the first unit's offset.
        bytes[(int) start + (at == 36 ? 36 + 8 : at)] ^= 0x40;
        Files.write(pair.with(), bytes);
        Set<String> names = names(pair.without());

        assertThat(UnitNames.of(dwarf(pair.with()))).isEmpty();
        assertThat(answers(pair.with(), names)).isEqualTo(answers(pair.without(), names));
    }

    @ParameterizedTest
    @CsvSource({"clang -gdwarf-5 -gpubnames, .debug_names", "gcc -gdwarf-5, .gdb_index"})
    void withChangedBytesTheSameIsFound(String compiler, String section) throws IOException {
        Pair pair = pair(Programs.build(directory, "shapes.c", compiler), section);
        Section index = ElfFile.open(pair.with()).section(section).orElseThrow();
        byte[] original = Files.readAllBytes(pair.with());
        String expected = Programs.open(pair.without()).type("node") + ""
                + Programs.open(pair.without()).variableType("head");
        Random random = new Random(20251125);
        for (int round = 0; round < 500; round++) {
            byte[] bytes = original.clone();
            for (int change = 0; change <= random.nextInt(200); change++) {
                int at = (int) (index.fileOffset() + random.nextLong(index.size()));
                bytes[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : random.nextBoolean() ? 0xff : 0);
            }
            assertThat(Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> ask(bytes)))
                    .isEqualTo(expected);
        }
    }

    private static String ask(byte[] bytes) {
        DebugInformation information = DebugInformation.find(
                        ElfFile.parse(ByteSource.of(bytes), "changed"),
                        "/changed",
                        new DebugFiles(Path.of("/")),
                        BuildCache.none())
                .orElseThrow();
        return information.type("node") + "" + information.variableType("head");
    }
}
