package jltrace.kernel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A file of fixtures/expected: a command and the lines of a truthful trace, checked against ltrace. {@code *} stands for anything.
 *
 * @param variables what the command adds to the environment
 */
record ExpectedTrace(String name, Map<String, String> variables, List<String> command, List<String> patterns) {
    private static final Map<String, Pattern> REGEXES = new ConcurrentHashMap<>();

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

    /** With {@code ?} for the results of the lines that begin so. */
    ExpectedTrace withoutResult(List<String> beginnings) {
        return new ExpectedTrace(
                name,
                variables,
                command,
                patterns.stream()
                        .map(pattern -> beginnings.stream().anyMatch(pattern::startsWith)
                                ? pattern.replaceFirst(" = .*", " = ?")
                                : pattern)
                        .toList());
    }

    /**
     * What differs between the expected lines and those found: {@code - } with a pattern that no line matches, {@code + } with a
     * line that was not expected, in their order.
     */
    List<String> differences(List<String> lines) {
        // The longest common subsequence from each pair of positions on.
        int[][] common = new int[patterns.size() + 1][lines.size() + 1];
        for (int i = patterns.size() - 1; i >= 0; i--) {
            for (int j = lines.size() - 1; j >= 0; j--) {
                common[i][j] = matches(patterns.get(i), lines.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<String> differences = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < patterns.size() || j < lines.size()) {
            if (i < patterns.size() && j < lines.size() && matches(patterns.get(i), lines.get(j))) {
                i++;
                j++;
            } else if (j == lines.size() || (i < patterns.size() && common[i + 1][j] >= common[i][j + 1])) {
                differences.add("- " + patterns.get(i++));
            } else {
                differences.add("+ " + lines.get(j++));
            }
        }
        return differences;
    }

    /** ltrace does not tell why a call has no return. */
    private static boolean matches(String pattern, String line) {
        return REGEXES.computeIfAbsent(
                        pattern,
                        key -> Pattern.compile(
                                Stream.of(key.split("\\*", -1))
                                        .map(Pattern::quote)
                                        .collect(Collectors.joining(".*")),
                                Pattern.DOTALL))
                .matcher(line.replaceFirst("<no return: [a-z ]+>", "<no return ...>"))
                .matches();
    }
}
