package jltrace.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Compares with what {@code ldd} prints for every library and program: names, paths, and order. */
class LddOracleTest {
    private static final int BATCH = 50;
    private static final Pattern FOUND = Pattern.compile("\t(\\S+) => (/\\S+) \\(0x[0-9a-f]+\\)");
    private static final Pattern BY_PATH = Pattern.compile("\t(/\\S+) \\(0x[0-9a-f]+\\)");
    private static final Pattern MISSING = Pattern.compile("\t(\\S+) => not found");

    @Test
    void librariesOfProgramsAreThoseOfLddInItsOrder() {
        List<Path> programs = InstalledFiles.programs();
        assertThat(programs).hasSizeGreaterThan(100);
        compare(programs);
    }

    @Test
    void librariesOfLibrariesAreThoseOfLddInItsOrder() {
        List<Path> libraries = InstalledFiles.libraries().stream()
                .filter(InstalledFiles::isElf)
                .toList();
        assertThat(libraries).hasSizeGreaterThan(100);
        compare(libraries);
    }

    private static void compare(List<Path> files) {
        LoaderEnvironment environment = LoaderEnvironment.ofChild(System.getenv(), LoaderHelp.capabilities());
        Map<Path, List<String>> expected = ldd(files);
        for (Path file : files) {
            assertThat(loadedObjects(file, environment)).as("ldd %s", file).isEqualTo(expected.get(file));
        }
    }

    /** In ldd's words; only it puts a missing library where it would be, and not behind the others. */
    private static List<String> loadedObjects(Path file, LoaderEnvironment environment) {
        try {
            SharedLibraries libraries = SharedLibraries.of(file.toString(), environment);
            List<String> lines = new ArrayList<>();
            for (LoadedObject object :
                    libraries.objects().subList(1, libraries.objects().size())) {
                boolean isSame = object.name().equals(object.path());
                lines.add(isSame ? object.path() : object.name() + " => " + object.path());
            }
            for (MissingLibrary library : libraries.missing()) {
                lines.add(library.name() + " => not found");
            }
            return lines;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Map<Path, List<String>> ldd(List<Path> files) {
        Map<Path, List<String>> byFile = new HashMap<>();
        IntStream.range(0, (files.size() + BATCH - 1) / BATCH)
                .parallel()
                .mapToObj(batch -> files.subList(batch * BATCH, Math.min(files.size(), (batch + 1) * BATCH)))
                .map(LddOracleTest::lddBatch)
                .forEachOrdered(byFile::putAll);
        return byFile;
    }

    private static Map<Path, List<String>> lddBatch(List<Path> files) {
        // With a second file, ldd writes each file's name before its libraries.
        List<String> command = new ArrayList<>(List.of("ldd", "/bin/true"));
        files.forEach(file -> command.add(file.toString()));
        Map<Path, List<String>> byFile = new HashMap<>();
        List<String> current = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (String line : Command.output(Path.of("/"), Map.of(), command)) {
            if (line.endsWith(":") && !line.startsWith("\t")) {
                current.addAll(missing);
                missing.clear();
                current = byFile.computeIfAbsent(Path.of(line.substring(0, line.length() - 1)), f -> new ArrayList<>());
            }
            Matcher found = FOUND.matcher(line);
            Matcher byPath = BY_PATH.matcher(line);
            Matcher isMissing = MISSING.matcher(line);
            if (found.matches()) {
                current.add(found.group(1) + " => " + found.group(2));
            } else if (byPath.matches()) {
                current.add(byPath.group(1));
            } else if (isMissing.matches()) {
                missing.add(isMissing.group(1) + " => not found");
            }
        }
        current.addAll(missing);
        return byFile;
    }
}
