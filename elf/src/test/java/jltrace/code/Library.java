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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** An installed library as {@code readelf} describes it: where its code is, its function symbols, its unwind ranges. */
record Library(Path file, CodeRegion code, List<Function> functions) {
    private static final Path DIRECTORY = Path.of("/usr/lib/x86_64-linux-gnu");
    private static final Pattern SEGMENT =
            Pattern.compile("\\s*LOAD\\s+0x(\\p{XDigit}+) 0x(\\p{XDigit}+) 0x\\p{XDigit}+ 0x(\\p{XDigit}+) .* R E .*");
    private static final Pattern SYMBOL =
            Pattern.compile("\\s*\\d+: (\\p{XDigit}{16})\\s+(\\S+) (FUNC|IFUNC)\\s+\\S+\\s+\\S+\\s+(\\d+) (\\S+).*");
    private static final Pattern UNWIND =
            Pattern.compile("\\S+ \\S+ \\S+ FDE .* pc=(\\p{XDigit}+)\\.\\.(\\p{XDigit}+)");
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

    /** The exported functions, those of other names at the same address left out. */
    static Library exported(String name) throws Exception {
        return read(path(name), List.of("--dyn-syms"), path(name));
    }

    /** Every function of the separate debug file's symbol table, if that is installed. */
    static Optional<Library> withDebugSymbols(String name) throws Exception {
        for (String line : run("readelf", "-n", path(name).toString())) {
            Matcher matcher = BUILD_ID.matcher(line);
            if (matcher.matches()) {
                String id = matcher.group(1);
                Path debug = Path.of("/usr/lib/debug/.build-id", id.substring(0, 2), id.substring(2) + ".debug");
                return Files.exists(debug) ? Optional.of(read(path(name), List.of("-s"), debug)) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    static Library read(Path file, List<String> options, Path symbolFile) throws Exception {
        List<Function> functions = new ArrayList<>();
        List<String> command = new ArrayList<>(List.of("readelf", "-W"));
        command.addAll(options);
        command.add(symbolFile.toString());
        for (String line : run(command.toArray(String[]::new))) {
            Matcher matcher = SYMBOL.matcher(line);
            if (matcher.matches()) {
                long address = Long.parseLong(matcher.group(1), 16);
                String size = matcher.group(2);
                functions.add(new Function(matcher.group(5), address, Long.decode(size)));
            }
        }
        functions.sort((one, other) -> Long.compare(one.virtualAddress(), other.virtualAddress()));
        List<Function> distinct = new ArrayList<>();
        for (Function function : functions) {
            int last = distinct.size() - 1;
            if (last < 0 || distinct.get(last).virtualAddress() != function.virtualAddress()) {
                distinct.add(function);
            }
        }
        return new Library(file, code(file), distinct);
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

    /** The ranges of the unwind tables. */
    List<Function> unwindRanges() throws Exception {
        List<Function> ranges = new ArrayList<>();
        for (String line : run("readelf", "-wf", file.toString())) {
            Matcher matcher = UNWIND.matcher(line);
            if (matcher.matches()) {
                long start = Long.parseLong(matcher.group(1), 16);
                ranges.add(new Function("", start, Long.parseLong(matcher.group(2), 16) - start));
            }
        }
        return ranges;
    }

    /** The unwind tables' ranges and the functions'. */
    FunctionRanges ranges() throws Exception {
        List<Function> ranges = unwindRanges();
        ranges.addAll(functions);
        return FunctionRanges.of(
                ranges.stream().mapToLong(Function::virtualAddress).toArray(),
                ranges.stream().mapToLong(Function::size).toArray());
    }

    /** The functions' entries without out-of-line parts. */
    FunctionEntries entries() throws Exception {
        LongStream functionEntries =
                functions.stream().filter(function -> !function.isOutOfLine()).mapToLong(Function::virtualAddress);
        return FunctionEntries.of(
                LongStream.concat(functionEntries, linkageStubs().stream().mapToLong(Long::longValue))
                        .toArray());
    }

    /** The addresses of the procedure linkage table's entries, but for the first of {@code .plt}, which is no stub. */
    List<Long> linkageStubs() throws Exception {
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

    FunctionScanner scanner() throws Exception {
        return new FunctionScanner(code, entries(), ranges(), UprobeRules.ofRelease(6, 18));
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
