package jltrace.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares with {@code readelf -W} of GNU Binutils over every library, program, object file and debug file there is. */
class ReadelfOracleTest {
    private static final int BATCH = 40;
    private static final Pattern RELOCATION =
            Pattern.compile("([0-9a-f]{16}) +([0-9a-f]{16}) R_X86_64_(\\S+) +\\S+ +(\\S+)( \\(\\d+\\))? [+-] .*");

    @Test
    void sectionsAreThoseOfReadelf() {
        compare("-S", files(), ReadelfOracleTest::sectionLine, ReadelfFormat::sections);
    }

    @Test
    void segmentsAreThoseOfReadelf() {
        compare("-l", files(), ReadelfOracleTest::segmentLine, ReadelfFormat::segments);
    }

    @Test
    void dynamicSymbolsAreThoseOfReadelfWithTheirVersions() {
        compare(
                "--dyn-syms",
                files(),
                ReadelfOracleTest::symbolLine,
                elf -> ReadelfFormat.symbols(elf, elf.dynamicSymbols()));
    }

    @Test
    void symbolsAreThoseOfReadelfWithTheirVersions() {
        // In .symtab, some linkers wrote @@ also where a version is needed and not defined.
        Function<String, String> lineOfReadelf =
                line -> line.contains(" UND ") ? symbolLine(line).replace("@@", "@") : symbolLine(line);
        compare(
                "-s",
                filesWithSymbols(),
                lineOfReadelf,
                elf -> Stream.concat(
                                ReadelfFormat.symbols(elf, elf.dynamicSymbols()).stream(),
                                ReadelfFormat.symbols(elf, elf.symbols()).stream())
                        .toList());
    }

    @Test
    void dynamicTablesAreThoseOfReadelf() {
        compare("-d", files(), ReadelfOracleTest::dynamicTag, ReadelfFormat::dynamicTable);
    }

    @Test
    void namesInDynamicTablesAreThoseOfReadelf() {
        compare("-d", files(), ReadelfOracleTest::dynamicName, elf -> {
            DynamicTable dynamic = elf.dynamic();
            List<String> lines = new ArrayList<>();
            dynamic.needed().forEach(name -> lines.add("(NEEDED) [" + name + "]"));
            dynamic.soname().ifPresent(name -> lines.add("(SONAME) [" + name + "]"));
            dynamic.rpath().ifPresent(path -> lines.add("(RPATH) [" + path + "]"));
            dynamic.runpath().ifPresent(path -> lines.add("(RUNPATH) [" + path + "]"));
            return lines;
        });
    }

    @Test
    void notesAreThoseOfReadelf() {
        compare("-n", files(), ReadelfOracleTest::noteLine, ReadelfFormat::notes);
    }

    @Test
    void buildIdsAreThoseOfReadelf() {
        Function<String, String> buildId = line -> line.contains("Build ID: ")
                ? line.substring(line.indexOf("Build ID: ") + 10).strip()
                : "";
        compare("-n", files(), buildId, elf -> elf.buildId().stream().toList());
    }

    @Test
    void importsAreTheRelocationsOfReadelfThatNameFunctions() {
        Map<Path, List<String>> expected = readelf("-r", InstalledFiles.libraries(), line -> {
            Matcher relocation = line.contains("RELATIVE") ? null : RELOCATION.matcher(line);
            return relocation != null
                            && relocation.matches()
                            && !relocation.group(3).equals("COPY")
                    ? relocation.group(1) + " " + relocation.group(2) + " " + relocation.group(3) + " "
                            + relocation.group(4)
                    : "";
        });
        Map<Path, List<String>> symbols =
                readelf("--dyn-syms", InstalledFiles.libraries(), ReadelfOracleTest::symbolLine);
        int imports = 0;
        for (Map.Entry<Path, List<String>> entry : expected.entrySet()) {
            if (!InstalledFiles.isElf(entry.getKey())) {
                continue;
            }
            List<String> symbolLines = symbols.getOrDefault(entry.getKey(), List.of());
            List<String> functions = new ArrayList<>();
            for (String line : entry.getValue()) {
                String[] words = line.split(" ", -1);
                int symbolIndex = Integer.parseInt(words[1].substring(0, 8), 16);
                boolean isCalled = words[2].equals("JUMP_SLOT");
                if (symbolIndex != 0 && (isCalled || mayBeFunction(symbolLines.get(symbolIndex - 1)))) {
                    functions.add(words[0] + " " + words[2] + " " + words[3]);
                }
            }
            imports += functions.size();
            assertSameLines(
                    "imports of " + entry.getKey(),
                    imports(entry.getKey()).stream().sorted().toList(),
                    functions.stream().sorted().toList());
        }
        assertThat(imports).isGreaterThan(10_000);
    }

    private static boolean mayBeFunction(String symbolLine) {
        String[] words = symbolLine.split(" ", -1);
        boolean isUndefined = words[6].equals("UND");
        return words[3].equals("FUNC") || words[3].equals("IFUNC") || (words[3].equals("NOTYPE") && isUndefined);
    }

    private static List<String> imports(Path file) {
        Imports imports = InstalledFiles.open(file).imports();
        return Stream.concat(imports.list().stream(), imports.ownFunctions().stream())
                .map(anImport -> HexFormat.of().toHexDigits(anImport.slotVirtualAddress())
                        + " " + relocationName(anImport)
                        + " " + anImport.symbol().versionedName())
                .toList();
    }

    private static String relocationName(Import anImport) {
        return switch (anImport.kind()) {
            case JUMP_SLOT -> "JUMP_SLOT";
            case GLOB_DAT -> "GLOB_DAT";
            case ABSOLUTE_64 -> "64";
            case OTHER -> "other";
        };
    }

    /** Every library; of the programs those that do not take longer than all libraries together. */
    private static List<Path> files() {
        return Stream.of(
                        InstalledFiles.libraries(),
                        InstalledFiles.programs().stream()
                                .filter(file -> file.toFile().length() < 1_000_000)
                                .toList(),
                        InstalledFiles.objectFiles(),
                        InstalledFiles.debugFiles(60))
                .flatMap(List::stream)
                .toList();
    }

    /** Those that are not stripped; of the libraries, only those of the loader and of the compiler are not. */
    private static List<Path> filesWithSymbols() {
        return files().stream()
                .filter(file -> InstalledFiles.isElf(file)
                        && InstalledFiles.open(file).symbols().size() > 0)
                .toList();
    }

    private static void compare(
            String option,
            List<Path> files,
            Function<String, String> lineOfReadelf,
            Function<ElfFile, List<String>> linesOfOurs) {
        Map<Path, List<String>> expected = readelf(option, files, lineOfReadelf);
        assertThat(expected.values().stream().mapToInt(List::size).sum())
                .as("lines of readelf %s to compare with", option)
                .isGreaterThan(100);
        for (Path file : files) {
            if (InstalledFiles.isElf(file)) {
                assertSameLines(
                        "readelf -W " + option + " " + file,
                        linesOfOurs.apply(InstalledFiles.open(file)),
                        expected.getOrDefault(file, List.of()));
            } else {
                assertThat(expected.getOrDefault(file, List.of()))
                        .as("readelf of %s", file)
                        .isEmpty();
            }
        }
    }

    /** Shows the first difference alone: whole tables would be unreadable. */
    private static void assertSameLines(String command, List<String> ours, List<String> expected) {
        for (int i = 0; i < Math.min(ours.size(), expected.size()); i++) {
            assertThat(ours.get(i)).as(command).isEqualTo(expected.get(i));
        }
        assertThat(ours).as(command).hasSameSizeAs(expected);
    }

    /** The lines of readelf's output for each file, as {@code lineOfReadelf} changes them; it drops those it makes empty. */
    private static Map<Path, List<String>> readelf(
            String option, List<Path> files, Function<String, String> lineOfReadelf) {
        Map<Path, List<String>> byFile = new HashMap<>();
        IntStream.range(0, (files.size() + BATCH - 1) / BATCH)
                .parallel()
                .mapToObj(batch -> files.subList(batch * BATCH, Math.min(files.size(), (batch + 1) * BATCH)))
                .map(batch -> readelfBatch(option, batch, lineOfReadelf))
                .forEachOrdered(byFile::putAll);
        return byFile;
    }

    private static Map<Path, List<String>> readelfBatch(
            String option, List<Path> files, Function<String, String> lineOfReadelf) {
        List<String> command = new ArrayList<>(List.of("readelf", "-W", option, "/dev/null"));
        files.forEach(file -> command.add(file.toString()));
        Map<Path, List<String>> byFile = new HashMap<>();
        List<List<String>> current = new ArrayList<>(List.of(new ArrayList<>()));
        Command.run(Path.of("/"), Map.of(), command, false, line -> {
            if (line.startsWith("File: ")) {
                current.set(0, byFile.computeIfAbsent(Path.of(line.substring(6)), file -> new ArrayList<>()));
                return;
            }
            String changed = lineOfReadelf.apply(line);
            if (!changed.isEmpty()) {
                current.get(0).add(changed);
            }
        });
        return byFile;
    }

    private static String sectionLine(String line) {
        boolean isSection = line.startsWith("  [") && !line.startsWith("  [Nr]");
        return isSection ? line.substring(2).stripTrailing().replaceAll(" +", " ") : "";
    }

    private static String segmentLine(String line) {
        Matcher segment = Pattern.compile("  (\\S+) +(0x[0-9a-f]+) (0x[0-9a-f]+) 0x[0-9a-f]+ (.*)")
                .matcher(line);
        return segment.matches()
                ? Stream.of(segment.group(1), segment.group(2), segment.group(3), segment.group(4))
                        .reduce((first, second) -> first + " " + second)
                        .map(ReadelfOracleTest::oneBlank)
                        .orElse("")
                : "";
    }

    private static String symbolLine(String line) {
        boolean isSymbol = line.length() > 8 && (line.charAt(6) == ':' || line.charAt(7) == ':');
        return isSymbol && !line.startsWith("   Num:") && !line.startsWith("     0:")
                ? oneBlank(line).strip().replace("<OS specific>: 10", "UNIQUE") // where EI_OSABI is not GNU
                : "";
    }

    private static String dynamicTag(String line) {
        boolean isEntry = line.startsWith(" 0x") && !line.contains("(NULL)");
        return isEntry ? line.substring(1, 19) : "";
    }

    private static String dynamicName(String line) {
        Matcher name = Pattern.compile(" 0x[0-9a-f]{16} (\\((?:NEEDED|SONAME|RPATH|RUNPATH)\\)) .*?(\\[.*\\])")
                .matcher(line);
        return name.matches() ? name.group(1) + " " + name.group(2) : "";
    }

    private static String noteLine(String line) {
        Matcher note = Pattern.compile("  (\\S*) +(0x[0-9a-f]{8})\t.*").matcher(line);
        // readelf shows the owners of GNU build attributes, which begin with GA, in words of its own.
        return note.matches() && !note.group(1).startsWith("GA") ? note.group(1) + " " + note.group(2) : "";
    }

    private static String oneBlank(String text) {
        UnaryOperator<String> shorten = longer -> longer.replace("  ", " ");
        String current = text;
        while (current.contains("  ")) {
            current = shorten.apply(current);
        }
        return current;
    }
}
