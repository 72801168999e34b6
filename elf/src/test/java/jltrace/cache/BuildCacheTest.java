package jltrace.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jltrace.bytes.ByteSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildCacheTest {
    private static final String BUILD = "0123456789abcdef";
    private static final String KIND = "kind";
    private static final byte[] BYTES = {1, 2, 3};

    @TempDir
    private Path home;

    private Path folder() {
        return home.resolve(".cache/jltrace");
    }

    private Path file() {
        return folder().resolve(BUILD + '.' + KIND);
    }

    private BuildCache cache() {
        return BuildCache.ofUser(Map.of("HOME", home.toString()));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void whatIsWrittenIsReadByBuildAndKind() {
        cache().write(BUILD, KIND, BYTES);

        assertThat(cache().read(BUILD, KIND).orElseThrow().bytes()).isEqualTo(BYTES);
        assertThat(cache().read(BUILD, "other")).isEmpty();
        assertThat(cache().read("0123456789abcde0", KIND)).isEmpty();
        assertThat(BuildCache.ofUser(
                                Map.of("XDG_CACHE_HOME", home.resolve(".cache").toString()))
                        .read(BUILD, KIND)
                        .map(ByteSource::bytes))
                .contains(BYTES);
    }

    @Test
    void whereThereIsNoHomeNothingIsKept() {
        for (BuildCache none : List.of(
                BuildCache.none(),
                BuildCache.ofUser(Map.of()),
                BuildCache.ofUser(Map.of("HOME", "relative")),
                BuildCache.in(Path.of("/proc/no/such/folder")))) {
            none.write(BUILD, KIND, BYTES);
            assertThat(none.read(BUILD, KIND)).isEmpty();
        }
    }

    @Test
    void whatIsNoBuildIdNamesNoFile() throws IOException {
        cache().write(BUILD, KIND, BYTES);
        for (String name : List.of("", "0123", "../../../../tmp/x", "0123456/", "0123456789abcdeg")) {
            cache().write(name, KIND, BYTES);
            assertThat(cache().read(name, KIND)).isEmpty();
        }
        assertThat(names()).containsExactly(BUILD + '.' + KIND);
    }

    @Test
    void filesAreForTheirOwnerAlone() throws IOException {
        cache().write(BUILD, KIND, BYTES);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder())))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @Test
    void aFolderOfSomeoneElseIsNotUsed() throws IOException {
        assumeThat(System.getProperty("user.name")).isEqualTo("root");
        cache().write(BUILD, KIND, BYTES);
        Files.setOwner(
                folder(),
                folder().getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));

        assertThat(cache().read(BUILD, KIND)).isEmpty();
        cache().write(BUILD, "other", BYTES);
        assertThat(names()).containsExactly(BUILD + '.' + KIND);
    }

    @Test
    void aFolderThatOthersMayWriteIsNotUsed() throws IOException {
        Files.createDirectories(folder());
        Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("rwxrwxrwx"));
        cache().write(BUILD, KIND, BYTES);

        assertThat(folder()).isEmptyDirectory();
    }

    @Test
    void linksAreNotFollowed() throws IOException {
        cache().write(BUILD, KIND, BYTES);
        Path elsewhere = home.resolve("elsewhere");
        Files.move(file(), elsewhere);
        Files.createSymbolicLink(file(), elsewhere);

        assertThat(cache().read(BUILD, KIND)).isEmpty();
        cache().write(BUILD, KIND, new byte[] {9});
        assertThat(Files.isRegularFile(file(), LinkOption.NOFOLLOW_LINKS))
                .as("the link was replaced")
                .isTrue();
        assertThat(Files.readAllBytes(elsewhere)).isEqualTo(BYTES);
    }

    /** The time of a file says when it was used last, to a day. */
    @Test
    void whatWasNotUsedForLongestGoes() throws IOException {
        BuildCache small = BuildCache.in(folder(), 1000);
        Instant now = Instant.now();
        for (int i = 0; i < 9; i++) {
            small.write(BUILD, "k" + i, new byte[100]);
            Files.setLastModifiedTime(
                    folder().resolve(BUILD + ".k" + i), FileTime.from(now.minus(30 - i, ChronoUnit.DAYS)));
        }
        assertThat(small.read(BUILD, "k0")).isPresent();
        small.write(BUILD, "k9", new byte[100]);
        assertThat(names()).hasSize(10);

        small.write(BUILD, "new", new byte[50]);

        assertThat(names())
                .containsExactlyInAnyOrder(Stream.of("k0", "k4", "k5", "k6", "k7", "k8", "k9", "new")
                        .map(kind -> BUILD + '.' + kind)
                        .toArray(String[]::new));
    }
}
