package jltrace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of docs/architecture.md that only the sources show. */
class SourceTest {
    private static final List<String> MODULES = List.of("elf", "uprobe", "cli");
    private static final Path ROOT = Path.of(System.getProperty("jltrace.root", ".."));

    @ParameterizedTest
    @ValueSource(strings = {"/sys", "/proc", "/usr/lib/debug"})
    void oneClassOfAModuleKnowsTheFolder(String folder) {
        Pattern literal = Pattern.compile("\"" + Pattern.quote(folder) + "[/\"]");
        for (String module : MODULES) {
            assertThat(sources(module)
                            .filter(source -> literal.matcher(read(source)).find())
                            .map(Path::getFileName))
                    .as("sources of %s with %s in a string", module, folder)
                    .hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void theScanSeesTheSourcesOfEveryModule() {
        assertThat(mainSources()
                        .map(source -> ROOT.relativize(source).getName(0).toString())
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(MODULES);
    }

    private static Stream<Path> mainSources() {
        return MODULES.stream().flatMap(SourceTest::sources);
    }

    private static Stream<Path> sources(String module) {
        return javaFiles(ROOT.resolve(module).resolve("src/main/java"));
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
