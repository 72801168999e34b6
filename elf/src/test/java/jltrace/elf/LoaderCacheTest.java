package jltrace.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jltrace.bytes.ByteSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares with what {@code ldconfig -p} prints of the same cache. */
class LoaderCacheTest {
    private static final Pattern ENTRY = Pattern.compile("\t(\\S+) \\(libc6,x86-64(?:, hwcap: \"(.*)\")?\\) => (\\S+)");
    private static final Path CACHE = Path.of("/etc/ld.so.cache");

    @TempDir
    private Path directory;

    private record Entry(String name, String level, String path) {}

    private List<Entry> entries(Path cache) {
        List<Entry> entries = new ArrayList<>();
        for (String line : Command.run(directory, "/sbin/ldconfig", "-p", "-C", cache.toString())) {
            Matcher entry = ENTRY.matcher(line);
            if (entry.matches()) {
                String level = entry.group(2) == null ? "" : entry.group(2);
                entries.add(new Entry(entry.group(1), level, entry.group(3)));
            }
        }
        return entries;
    }

    private static LoaderCache read(Path cache) throws IOException {
        return LoaderCache.parse(ByteSource.map(cache), cache.toString());
    }

    @Test
    void everyLibraryOfTheInstalledCacheIsFound() throws IOException {
        assumeThat(CACHE).exists();
        LoaderCache cache = read(CACHE);
        List<Entry> entries = entries(CACHE);

        assertThat(entries).isNotEmpty();
        for (Entry entry : entries) {
            if (entry.level().isEmpty()) {
                assertThat(cache.find(entry.name(), List.of())).as(entry.name()).contains(entry.path());
            }
        }
        assertThat(cache.size()).isGreaterThanOrEqualTo(entries.size());
        assertThat(cache.find("libnothing.so.1", List.of())).isEmpty();
        assertThat(cache.find("", List.of())).isEmpty();
    }

    @Test
    void theBestLevelThatTheProcessorReachesIsFound() throws IOException {
        Path cache = cacheWithLevels("new");
        Path library = directory.resolve("lib/libnumber.so.1");
        Path second = directory.resolve("lib/glibc-hwcaps/x86-64-v2/libnumber.so.1");
        Path third = directory.resolve("lib/glibc-hwcaps/x86-64-v3/libnumber.so.1");

        assertThat(entries(cache))
                .contains(
                        new Entry("libnumber.so.1", "x86-64-v3", third.toString()),
                        new Entry("libnumber.so.1", "x86-64-v2", second.toString()),
                        new Entry("libnumber.so.1", "", library.toString()));
        LoaderCache read = read(cache);
        assertThat(read.find("libc.so.6", List.of())).contains("/lib/x86_64-linux-gnu/libc.so.6");
        assertThat(read.find("libnumber.so.1", List.of())).contains(library.toString());
        assertThat(read.find("libnumber.so.1", List.of("x86-64-v2"))).contains(second.toString());
        assertThat(read.find("libnumber.so.1", List.of("x86-64-v3", "x86-64-v2")))
                .contains(third.toString());
        assertThat(read.find("libnumber.so.1", List.of("x86-64-v4"))).contains(library.toString());
    }

    /** In it ldconfig writes the names of levels wrongly, so that neither it nor the loader knows them again. */
    @Test
    void theFormatBehindTheOneOfOlderLoadersIsRead() throws IOException {
        LoaderCache cache = read(cacheWithLevels("compat"));

        assertThat(cache.find("libc.so.6", List.of())).contains("/lib/x86_64-linux-gnu/libc.so.6");
        assertThat(cache.find("libnumber.so.1", List.of("x86-64-v3")))
                .contains(directory.resolve("lib/libnumber.so.1").toString());
    }

    private Path cacheWithLevels(String format) throws IOException {
        Compiler compiler = new Compiler(directory);
        String options = "-Wl,-soname,libnumber.so.1";
        for (String place : List.of("lib", "lib/glibc-hwcaps/x86-64-v2", "lib/glibc-hwcaps/x86-64-v3")) {
            compiler.library(place + "/libnumber.so.1", "int number;", options);
        }
        Files.writeString(directory.resolve("ld.so.conf"), directory + "/lib\n");
        Path cache = directory.resolve("cache");
        Command.run(directory, "/sbin/ldconfig", "-X", "-c", format, "-C", cache.toString(), "-f", "ld.so.conf");
        return cache;
    }

    @Test
    void cachesThatAreCutShortOrOfAnotherFormatAreRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(cacheWithLevels("new"));

        assertThatThrownBy(() -> LoaderCache.parse(ByteSource.of(new byte[100]), "cache"))
                .isInstanceOf(ElfException.class)
                .hasMessageContaining("unknown format");
        for (int length = 0; length < bytes.length; length += 101) {
            ByteSource truncated = ByteSource.of(Arrays.copyOf(bytes, length));
            try {
                LoaderCache.parse(truncated, "cache").find("libnumber.so.1", List.of("x86-64-v3"));
            } catch (ElfException e) {
                assertThat(e.kind()).isEqualTo(ElfException.Kind.CORRUPT);
            }
        }
    }
}
