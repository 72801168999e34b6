package jltrace.dwarf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import jltrace.cache.BuildCache;
import jltrace.elf.ElfException;
import jltrace.elf.ElfFile;
import jltrace.elf.Section;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexCacheTest {
    @TempDir
    private Path directory;

    private Path program;
    private Path folder;

    @BeforeEach
    void build() {
        program = Programs.build(directory, "shapes.c", "gcc -g");
        folder = directory.resolve("cache");
    }

    private BuildCache files() {
        return BuildCache.in(folder);
    }

    private IndexCache cache() {
        return new IndexCache(files());
    }

    private List<String> functions() {
        return Programs.describe(Programs.open(program, files()).orElseThrow().functions());
    }

    private Path onlyFile() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return all.get(0);
        }
    }

    @Test
    void aKeptIndexIsUsed() throws IOException {
        functions();
        byte[] kept = Files.readAllBytes(onlyFile());
        assertThat(onlyFile().getFileName().toString())
                .startsWith(ElfFile.open(program).buildId().orElseThrow());
        String buildId = ElfFile.open(program).buildId().orElseThrow();

        assertThat(cache().read(buildId).orElseThrow().bytes().bytes()).isEqualTo(kept);
        assertThat(functions())
                .isEqualTo(Programs.describe(Programs.open(program).functions()));
        assertThat(cache().read("0".repeat(40))).isEmpty();
    }

    @Test
    void aCorruptFileIsIgnoredAndReplaced() throws IOException {
        List<String> expected = functions();
        byte[] good = Files.readAllBytes(onlyFile());
        for (int at : new int[] {0, 9, 13, 17, 40, good.length / 2, good.length - 1}) {
            byte[] bad = good.clone();
            bad[at] ^= 0x55;
            Files.write(onlyFile(), bad);
            assertThat(functions()).isEqualTo(expected);
            assertThat(Files.readAllBytes(onlyFile())).as("byte %d", at).isEqualTo(good);
        }
        Files.write(onlyFile(), new byte[10]);
        assertThat(functions()).isEqualTo(expected);
    }

    /** Its debug information cannot be decompressed any more, so that only a copy of it can have been read. */
    private Path withDamagedSections(Path compressed) throws IOException {
        byte[] bytes = Files.readAllBytes(compressed);
        for (String name : List.of(".debug_info", ".debug_abbrev")) {
            Section section = ElfFile.open(compressed).section(name).orElseThrow();
            // Behind the compression header (gABI, Elf64_Chdr).
            Arrays.fill(
                    bytes, (int) section.fileOffset() + 24, (int) (section.fileOffset() + section.size()), (byte) 0);
        }
        return Files.write(directory.resolve("damaged"), bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc -gdwarf-5 -gz=zlib", "gcc -gdwarf-4 -gz=zlib -fdebug-types-section"})
    void whatWasDecompressedOnceIsNotDecompressedAgain(String compiler) throws IOException {
        program = Programs.build(directory, "shapes.c", compiler);
        List<String> expected = Programs.describe(Programs.open(program).functions());
        assertThat(functions()).isEqualTo(expected);
        program = withDamagedSections(program);

        assertThat(functions()).isEqualTo(expected);
        assertThat(Programs.open(program, files()).orElseThrow().signatureOf("strings"))
                .isPresent();
        assertThatThrownBy(() -> Programs.open(program).functions()).isInstanceOf(ElfException.class);
    }

    @Test
    void aCorruptCopyOfSectionsIsIgnored() throws IOException {
        program = Programs.build(directory, "shapes.c", "gcc -gdwarf-5 -gz=zlib");
        List<String> expected = functions();
        Path copy = folder.resolve(ElfFile.open(program).buildId().orElseThrow() + '.' + IndexCache.SECTIONS);
        byte[] good = Files.readAllBytes(copy);
        String buildId = ElfFile.open(program).buildId().orElseThrow();
        assertThat(cache().readSections(buildId)).isPresent();
        assertThat(cache().readSections("0".repeat(40))).isEmpty();
        for (int at : new int[] {0, 9, 17, 25, 33, 95, good.length / 2, good.length - 1}) {
            byte[] bad = good.clone();
            bad[at] ^= 0x55;
            Files.write(copy, bad);
            assertThat(cache().readSections(buildId)).as("byte %d", at).isEmpty();
            assertThat(functions()).isEqualTo(expected);
        }
        Files.write(copy, Arrays.copyOf(good, 20));
        assertThat(functions()).isEqualTo(expected);
    }
}
