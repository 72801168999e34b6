package jltrace.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the plain form of a command line: each option a word of its own, its value the next. Setting up picocli takes longer than the
 * rest of a start, so it is left for everything else: help, mistakes, other commands, options run together.
 */
final class PlainArguments {
    private final String[] words;
    private final TraceArguments arguments = new TraceArguments();
    private final Set<String> seen = new HashSet<>();
    private int next;

    private PlainArguments(String[] words) {
        this.words = words;
    }

    /** The arguments as picocli would read them; empty if the words are not plain, or not right. */
    static Optional<TraceArguments> read(String[] words) {
        PlainArguments plain = new PlainArguments(words);
        try {
            return plain.readAll() ? Optional.of(plain.arguments) : Optional.empty();
        } catch (NumberFormatException | InvalidPathException e) {
            return Optional.empty();
        }
    }

    private boolean readAll() {
        for (String word : words) {
            if (word.startsWith("@")) {
                // To picocli the name of a file with arguments.
                return false;
            }
        }
        while (next < words.length && words[next].startsWith("-")) {
            String option = words[next++];
            if (option.equals("--")) {
                return takeCommand();
            }
            if (!readFlag(option) && !readValue(option)) {
                return false;
            }
        }
        return (next == words.length || !words[next].equals("clean")) && takeCommand();
    }

    private boolean takeCommand() {
        arguments.command.addAll(List.of(words).subList(next, words.length));
        return true;
    }

    /** Whether the option is one without a value, here for the first time. */
    private boolean readFlag(String option) {
        switch (option) {
            case "-f" -> arguments.followForks = true;
            case "-c" -> arguments.count = true;
            case "-r" -> arguments.relative = true;
            case "-T" -> arguments.duration = true;
            case "-i" -> arguments.returnAddress = true;
            case "-q" -> arguments.quiet = true;
            case "-v" -> arguments.verbose = true;
            case "-t" -> {
                boolean[] times = new boolean[arguments.times.length + 1];
                Arrays.fill(times, true);
                arguments.times = times;
                return true;
            }
            case "--explain" -> arguments.explain = true;
            default -> {
                return false;
            }
        }
        return seen.add(option);
    }

    /** Whether the option is one with a value, which is there, and the option may be here again. */
    private boolean readValue(String option) {
        String value = next < words.length ? words[next++] : "";
        if (value.isEmpty() || value.startsWith("-")) {
            return false;
        }
        switch (option) {
            case "-l" -> arguments.libraries.add(value);
            case "-e" -> arguments.calls.add(value);
            case "-x" -> arguments.symbols.add(value);
            case "-F" -> arguments.prototypes.add(Path.of(value));
            case "-p" -> arguments.pids.addAll(numbers(value));
            case "--from" -> arguments.callers.add(value);
            default -> {
                return readSingleValue(option, value) && seen.add(option);
            }
        }
        return true;
    }

    private boolean readSingleValue(String option, String value) {
        switch (option) {
            case "-o" -> arguments.output = Path.of(value);
            case "-s" -> arguments.stringSize = Integer.parseInt(value);
            case "-a" -> arguments.column = Integer.parseInt(value);
            case "-n" -> arguments.indent = Integer.parseInt(value);
            case "--color" -> arguments.color = value;
            default -> {
                return false;
            }
        }
        return true;
    }

    private static List<Integer> numbers(String list) {
        List<Integer> numbers = new ArrayList<>();
        for (String number : list.split(",", -1)) {
            numbers.add(Integer.parseInt(number));
        }
        return numbers;
    }
}
