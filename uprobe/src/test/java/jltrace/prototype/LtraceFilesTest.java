package jltrace.prototype;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The files that come with ltrace: /etc/ltrace.conf up to 0.7.3, /usr/share/ltrace from 0.7.9 on. */
class LtraceFilesTest {

    @Test
    void areReadWithoutComplaint() throws Exception {
        List<Path> paths = new ArrayList<>();
        Path directory = Path.of("/usr/share/ltrace");
        if (Files.isDirectory(directory)) {
            try (Stream<Path> files = Files.list(directory)) {
                files.filter(file -> file.toString().endsWith(".conf")).forEach(paths::add);
            }
        }
        Path common = Path.of("/etc/ltrace.conf");
        if (Files.exists(common)) {
            paths.add(common);
        }
        assumeTrue(!paths.isEmpty(), "ltrace is not installed");
        for (Path path : paths) {
            PrototypeFile file = file(path, new DirectoryTexts(directory));
            assertThat(file.check()).as(path.toString()).isEmpty();
        }
        PrototypeFile first = file(paths.get(paths.size() - 1), new DirectoryTexts(directory));
        // ltrace's own count: one prototype a line that is neither comment nor typedef.
        long lines = Files.readAllLines(paths.get(paths.size() - 1)).stream()
                .filter(line -> line.matches("[a-z].*\\(.*\\).*") && !line.startsWith("typedef"))
                .map(line -> line.replaceFirst("(enum|struct|hex|string)\\([^)]*\\)", "$1"))
                .map(line -> line.replaceFirst("\\s*\\(.*", "").replaceFirst(".*[ *]", ""))
                .distinct()
                .count();
        assertThat(first.functionNames()).hasSize((int) lines);
    }

    private static PrototypeFile file(Path path, PrototypeTexts directory) throws IOException {
        LibraryPrototypes imports =
                new LibraryPrototypes(PrototypeSource.Origin.LTRACE, directory, name -> java.util.Optional.empty());
        return new PrototypeFile(PrototypeSource.Origin.LTRACE, path.toString(), Files.readString(path), imports);
    }
}
