package jltrace.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jltrace.elf.ElfFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexCacheTest {
    @TempDir
    private Path directory;

    private Path program;
    private Path folder;

    @BeforeEach
    void build() {
        program = Programs.build(directory, "shapes.c", "gcc -g");
        folder = directory.resolve("home/.cache/jltrace");
    }

    private IndexCache cache() {
        return IndexCache.ofUser(Map.of("HOME", directory.resolve("home").toString()));
    }

    private List<String> functions() {
        return Programs.describe(Programs.open(program, cache()).orElseThrow().functions());
    }

    private Path onlyFile() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return all.get(0);
        }
    }

    @Test
    void anIndexIsKeptForItsOwnerAlone() throws IOException {
        functions();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(onlyFile())))
                .isEqualTo("rw-------");
        assertThat(onlyFile().getFileName().toString())
                .startsWith(ElfFile.open(program).buildId().orElseThrow());
    }

    @Test
    void aKeptIndexIsUsed() throws IOException {
        functions();
        byte[] kept = Files.readAllBytes(onlyFile());
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

    @Test
    void linksAreNotFollowed() throws IOException {
        functions();
        Path file = onlyFile();
        Path elsewhere = directory.resolve("elsewhere");
        Files.move(file, elsewhere);
        Files.createSymbolicLink(file, elsewhere);
        byte[] before = Files.readAllBytes(elsewhere);

        assertThat(cache().read(ElfFile.open(program).buildId().orElseThrow())).isEmpty();
        functions();
        assertThat(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                .as("the link was replaced")
                .isTrue();
        assertThat(Files.readAllBytes(elsewhere)).isEqualTo(before);
    }

    @Test
    void aFolderThatOthersMayWriteIsNotUsed() throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThat(functions()).isNotEmpty();
        assertThat(folder).isEmptyDirectory();
    }
}
