package jltrace.code;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * An installed library as {@code readelf} describes it.
 *
 * @param code its executable segment
 * @param functions its function symbols in ascending order of address, one for each address
 * @param linkageStubs the addresses of the procedure linkage table's entries, but for the first of {@code .plt}
 * @param entries the functions without out-of-line parts, and the stubs
 * @param ranges those of the unwind tables and the functions
 */
record Library(
        Path file,
        CodeRegion code,
        List<Function> functions,
        List<Long> linkageStubs,
        FunctionEntries entries,
        FunctionRanges ranges) {
    private static final Path DIRECTORY = Path.of("/usr/lib/x86_64-linux-gnu");
    private static final Pattern SEGMENT =
            Pattern.compile("\\s*LOAD\\s+0x(\\p{XDigit}+) 0x(\\p{XDigit}+) 0x\\p{XDigit}+ 0x(\\p{XDigit}+) .* R E .*");
    private static final Pattern SYMBOL =
            Pattern.compile("\\s*\\d+: (\\p{XDigit}{16})\\s+(\\S+) (?:FUNC|IFUNC)\\s+\\S+\\s+\\S+\\s+\\d+ (\\S+).*");
    private static final Pattern UNWIND = Pattern.compile(" pc=(\\p{XDigit}+)\\.\\.(\\p{XDigit}+)");
    private static final Pattern BUILD_ID = Pattern.compile("\\s*Build ID: (\\p{XDigit}+)");
    private static final Pattern LINKAGE_TABLE = Pattern.compile(
            ".* \\.plt(|\\.got|\\.sec)\\s+PROGBITS\\s+(\\p{XDigit}+) \\p{XDigit}+ (\\p{XDigit}+) (\\p{XDigit}+) .*");

    record Function(String name, long virtualAddress, long size) {
        boolean isOutOfLine() {
            return name.endsWith(".cold") || name.contains(".cold.") || name.contains(".part.");
        }
    }

    static Path path(String name) {
        return DIRECTORY.resolve(name);
    }

    /** A library of the system with its exported functions. */
    static Library exported(String name) throws Exception {
        return read(path(name), "--dyn-syms", path(name));
    }

    /** With every function of the separate debug file's symbol table, if that is installed. */
    static Optional<Library> withDebugSymbols(String name) throws Exception {
        for (String line : run("readelf", "-n", path(name).toString())) {
            Matcher matcher = BUILD_ID.matcher(line);
            if (matcher.matches()) {
                String id = matcher.group(1);
                Path debug = Path.of("/usr/lib/debug/.build-id", id.substring(0, 2), id.substring(2) + ".debug");
                return Files.exists(debug) ? Optional.of(read(path(name), "-s", debug)) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** A file with the function symbols that readelf's option shows for another. */
    static Library read(Path file, String symbolOption, Path symbolFile) throws Exception {
        TreeMap<Long, Function> functions = new TreeMap<>();
        for (String line : run("readelf", "-W", symbolOption, symbolFile.toString())) {
            Matcher matcher = SYMBOL.matcher(line);
            if (matcher.matches()) {
                long address = Long.parseLong(matcher.group(1), 16);
                functions.putIfAbsent(address, new Function(matcher.group(3), address, Long.decode(matcher.group(2))));
            }
        }
        List<Long> stubs = linkageStubs(file);
        LongStream entries = functions.values().stream()
                .filter(function -> !function.isOutOfLine())
                .mapToLong(Function::virtualAddress);
        List<Function> ranges = unwindRanges(file);
        ranges.addAll(functions.values());
        return new Library(
                file,
                code(file),
                List.copyOf(functions.values()),
                stubs,
                FunctionEntries.of(LongStream.concat(entries, stubs.stream().mapToLong(Long::longValue))
                        .toArray()),
                FunctionRanges.of(
                        ranges.stream().mapToLong(Function::virtualAddress).toArray(),
                        ranges.stream().mapToLong(Function::size).toArray()));
    }

    private static CodeRegion code(Path file) throws Exception {
        for (String line : run("readelf", "-lW", file.toString())) {
            Matcher matcher = SEGMENT.matcher(line);
            if (matcher.matches()) {
                int offset = Integer.parseInt(matcher.group(1), 16);
                long address = Long.parseLong(matcher.group(2), 16);
                int length = Integer.parseInt(matcher.group(3), 16);
                return new CodeRegion(Files.readAllBytes(file), offset, length, address);
            }
        }
        throw new IOException("no executable segment in " + file);
    }

    private static List<Function> unwindRanges(Path file) throws Exception {
        List<Function> ranges = new ArrayList<>();
        for (String line : run("readelf", "-wf", file.toString())) {
            if (line.contains(" FDE ")) {
                Matcher matcher = UNWIND.matcher(line);
                if (matcher.find()) {
                    long start = Long.parseLong(matcher.group(1), 16);
                    ranges.add(new Function("", start, Long.parseLong(matcher.group(2), 16) - start));
                }
            }
        }
        return ranges;
    }

    private static List<Long> linkageStubs(Path file) throws Exception {
        List<Long> stubs = new ArrayList<>();
        for (String line : run("readelf", "-SW", file.toString())) {
            Matcher matcher = LINKAGE_TABLE.matcher(line);
            if (matcher.matches()) {
                long start = Long.parseLong(matcher.group(2), 16);
                long size = Long.parseLong(matcher.group(3), 16);
                int entrySize = Integer.parseInt(matcher.group(4), 16);
                for (long at = matcher.group(1).isEmpty() ? entrySize : 0; at < size; at += entrySize) {
                    stubs.add(start + at);
                }
            }
        }
        return stubs;
    }

    Function function(String name) {
        return functions.stream()
                .filter(function -> function.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    FunctionScanner scanner() {
        return new FunctionScanner(code, entries, ranges, UprobeRules.ofRelease(6, 18));
    }

    static List<String> run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            while ((line = reader.readLine()) != null) {
                lines.add(line);
            }
        }
        process.waitFor();
        return lines;
    }
}
