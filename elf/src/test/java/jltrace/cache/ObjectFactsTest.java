package jltrace.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import jltrace.elf.ElfFile;
import jltrace.elf.Section;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectFactsTest {
    private static final String KIND = "facts";
    private static final long PROGRAM = 7;
    private static final List<long[]> FACTS =
            List.of(new long[] {1, -2, Long.MAX_VALUE}, new long[0], new long[] {Long.MIN_VALUE});

    @TempDir
    private Path directory;

    private Path object;
    private Path folder;
    private int found;

    @BeforeEach
    void build() throws IOException, InterruptedException {
        object = build("object", "-Wl,--build-id=sha1");
        folder = directory.resolve("cache");
    }

    private Path build(String name, String buildId, String... options) throws IOException, InterruptedException {
        Path source = directory.resolve(name + ".c");
        String more = options.length == 0 ? "char large[1 << 18] = {1};" : "";
        Files.writeString(
                source, more + "int one(void) { return 1; } static int two(void) { return 2; } int (*p)(void) = two;");
        Path output = directory.resolve(name);
        List<String> command = new ArrayList<>(
                List.of("gcc", "-g", "-shared", "-fPIC", buildId, "-o", output.toString(), source.toString()));
        command.addAll(List.of(options));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
        return output;
    }

    private List<long[]> get(Path file, long program) throws IOException {
        return get(ElfFile.open(file), ObjectFacts.of(BuildCache.in(folder), program));
    }

    private List<long[]> get(ElfFile elf, ObjectFacts facts) {
        return facts.get(elf, KIND, numbers -> numbers, Optional::of, () -> {
            found++;
            return FACTS;
        });
    }

    private void assertFoundAnew(Path file, long program) throws IOException {
        int before = found;
        assertThat(get(file, program)).usingRecursiveComparison().isEqualTo(FACTS);
        assertThat(found).isEqualTo(before + 1);
        // And kept in the place of what was there.
        get(file, program);
        assertThat(found).isEqualTo(before + 1);
    }

    private Path onlyFile() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return all.get(0);
        }
    }

    private void change(String section, int offset) throws IOException {
        byte[] bytes = Files.readAllBytes(object);
        Section where = ElfFile.open(object).section(section).orElseThrow();
        bytes[(int) where.fileOffset() + offset] ^= 1;
        // Another file: the one that is mapped stays what it is.
        object = Files.write(directory.resolve("changed" + section), bytes);
    }

    @Test
    void whatWasFoundIsNotLookedForAgain() throws IOException {
        assertFoundAnew(object, PROGRAM);
        assertThat(get(object, PROGRAM)).usingRecursiveComparison().isEqualTo(FACTS);
        assertThat(found).isOne();
        assertThat(onlyFile()).hasFileName(ElfFile.open(object).buildId().orElseThrow() + '.' + KIND);
    }

    @Test
    void anotherVersionOfTheProgramFindsOutItself() throws IOException {
        get(object, PROGRAM);
        assertFoundAnew(object, PROGRAM + 1);
    }

    /** A build id does not change when somebody patches a file. */
    @ParameterizedTest
    @ValueSource(strings = {".text", ".dynsym", ".eh_frame", ".data", ".symtab", ".strtab"})
    void anotherFileWithTheBuildIdIsReadItself(String section) throws IOException {
        get(object, PROGRAM);
        change(section, 8);
        assertFoundAnew(object, PROGRAM);
    }

    @Test
    void whatOnlyDebuggersReadMayDiffer() throws IOException {
        get(object, PROGRAM);
        change(".debug_info", 8);
        get(object, PROGRAM);
        assertThat(found).isOne();
    }

    @Test
    void aCorruptFileIsIgnoredAndReplaced() throws IOException {
        get(object, PROGRAM);
        byte[] good = Files.readAllBytes(onlyFile());
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= 0x55;
            Files.write(onlyFile(), bad);
            assertFoundAnew(object, PROGRAM);
            assertThat(Files.readAllBytes(onlyFile())).as("byte %d", at).isEqualTo(good);
        }
        for (int length = 0; length < good.length; length++) {
            Files.write(onlyFile(), Arrays.copyOf(good, length));
            assertFoundAnew(object, PROGRAM);
        }
    }

    @Test
    void numbersThatCanNotBeTheFactsAreFoundAnew() throws IOException {
        get(object, PROGRAM);
        ObjectFacts facts = ObjectFacts.of(BuildCache.in(folder), PROGRAM);
        String made = facts.get(
                ElfFile.open(object),
                KIND,
                text -> List.of(new long[] {5}),
                numbers -> Optional.empty(),
                () -> "found");
        assertThat(made).isEqualTo("found");
        assertThat(get(object, PROGRAM)).usingRecursiveComparison().isEqualTo(List.of(new long[] {5}));
    }

    @Test
    void whatFailsIsNotKept() throws IOException {
        ObjectFacts facts = ObjectFacts.of(BuildCache.in(folder), PROGRAM);
        ElfFile elf = ElfFile.open(object);
        assertThatThrownBy(() -> facts.<List<long[]>>get(elf, KIND, numbers -> numbers, Optional::of, () -> {
                    throw new IllegalStateException("not this time");
                }))
                .hasMessage("not this time");
        assertFoundAnew(object, PROGRAM);
    }

    @Test
    void smallObjectsAndThoseWithoutABuildIdAreReadEachTime() throws IOException, InterruptedException {
        for (Path file :
                List.of(build("small", "-Wl,--build-id=sha1", "-s"), build("nameless", "-Wl,--build-id=none"))) {
            int before = found;
            get(file, PROGRAM);
            get(file, PROGRAM);
            assertThat(found).isEqualTo(before + 2);
        }
        assertThat(folder).doesNotExist();
    }

    @Test
    void onlyClassesOfArchivesHaveAVersion() throws IOException {
        for (Class<?> finder : List.of(ObjectFactsTest.class, String.class)) {
            ObjectFacts facts = ObjectFacts.foundBy(BuildCache.in(folder), Test.class, finder);
            get(ElfFile.open(object), facts);
            assertThat(folder).as(finder.getName()).doesNotExist();
        }
        get(ElfFile.open(object), ObjectFacts.foundBy(BuildCache.in(folder), Test.class));
        get(ElfFile.open(object), ObjectFacts.foundBy(BuildCache.in(folder), Test.class));
        assertThat(found).isEqualTo(3);
        get(
                ElfFile.open(object),
                ObjectFacts.foundBy(
                        BuildCache.in(folder), Test.class, Optional.empty().getClass()));
        get(ElfFile.open(object), ObjectFacts.foundBy(BuildCache.in(folder), org.assertj.core.api.Assertions.class));
        assertThat(found).isEqualTo(5);
    }
}
