package jltrace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of docs/architecture.md that only the sources show. */
class SourceTest {
    private static final Path ROOT = Path.of(System.getProperty("jltrace.root", ".."));

    @ParameterizedTest
    @ValueSource(strings = {"/sys", "/proc", "/usr/lib/debug"})
    void oneClassKnowsTheFolder(String folder) {
        Pattern literal = Pattern.compile("\"" + Pattern.quote(folder) + "[/\"]");
        assertThat(mainSources()
                        .filter(source -> literal.matcher(read(source)).find())
                        .map(Path::getFileName))
                .as("sources with %s in a string", folder)
                .hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void theScanSeesTheSourcesOfEveryModule() {
        assertThat(mainSources()
                        .map(source -> ROOT.relativize(source).getName(0).toString())
                        .distinct())
                .contains("cli");
    }

    private static Stream<Path> mainSources() {
        return Stream.of("elf", "uprobe", "cli")
                .map(module -> ROOT.resolve(module).resolve("src/main/java"))
                .filter(Files::isDirectory)
                .flatMap(SourceTest::javaFiles);
    }

    private static Stream<Path> javaFiles(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path source) {
        try {
            return Files.readString(source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
