package jltrace.kernel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A file of fixtures/expected: a command and the lines of a truthful trace, checked against ltrace. {@code *} stands for anything.
 *
 * @param variables what the command adds to the environment
 */
record ExpectedTrace(String name, Map<String, String> variables, List<String> command, List<String> patterns) {
    static ExpectedTrace read(String name) throws IOException {
        Map<String, String> variables = new LinkedHashMap<>();
        List<String> command = new ArrayList<>();
        List<String> patterns = new ArrayList<>();
        for (String line : Files.readAllLines(Fixtures.EXPECTED.resolve(name + ".txt"), ISO_8859_1)) {
            if (line.startsWith("$ ")) {
                for (String word : line.substring(2).split(" ", -1)) {
                    if (command.isEmpty() && word.contains("=")) {
                        variables.put(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
                    } else {
                        command.add(word);
                    }
                }
            } else if (line.startsWith("+ ")) {
                patterns.add(line.substring(2));
            } else if (!line.isEmpty() && !line.startsWith("#") && !line.startsWith("- ")) {
                patterns.add(line);
            }
        }
        return new ExpectedTrace(name, variables, command, patterns);
    }

    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(Fixtures.EXPECTED)) {
            return files.map(file -> file.getFileName().toString().replaceFirst("\\.txt$", ""))
                    .sorted()
                    .toList();
        }
    }

    /** Without the lines that begin so. */
    ExpectedTrace without(List<String> beginnings) {
        return new ExpectedTrace(
                name,
                variables,
                command,
                patterns.stream()
                        .filter(pattern -> beginnings.stream().noneMatch(pattern::startsWith))
                        .toList());
    }

    /** The lines, with those that match replaced by their patterns, so that what is left to compare is what differs. */
    List<String> alignedWithPatterns(List<String> lines) {
        List<String> aligned = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            boolean matches = i < patterns.size() && matches(patterns.get(i), lines.get(i));
            aligned.add(matches ? patterns.get(i) : lines.get(i));
        }
        return aligned;
    }

    private static boolean matches(String pattern, String line) {
        String regex = Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return Pattern.compile(regex, Pattern.DOTALL).matcher(line).matches();
    }
}
