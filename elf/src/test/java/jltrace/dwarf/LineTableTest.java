package jltrace.dwarf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jltrace.cache.BuildCache;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfFile;
import jltrace.elf.Segment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of whole files: the rows as llvm-dwarfdump shows them, and the answers for addresses as addr2line gives them. */
class LineTableTest {
    private static final Pattern TABLE = Pattern.compile("debug_line\\[0x([0-9a-f]+)\\]");
    private static final Pattern ROW =
            Pattern.compile("0x([0-9a-f]{16}) +([0-9]+) +[0-9]+ +([0-9]+) +[0-9]+ +[0-9]+ (.*)");

    @TempDir
    private Path directory;

    private static DwarfFile dwarf(Path file) throws IOException {
        return DwarfFile.of(
                ElfFile.open(file), file.toString(), new DebugFiles(Path.of("/")), new IndexCache(BuildCache.none()));
    }

    /** The rows of each table, by its offset. */
    private static Map<Long, List<String>> shownRows(Path file) {
        Map<Long, List<String>> tables = new HashMap<>();
        List<String> rows = new ArrayList<>();
        String text = Programs.run(Path.of("/"), List.of("llvm-dwarfdump", "--debug-line", file.toString()));
        for (String line : text.lines().toList()) {
            Matcher table = TABLE.matcher(line);
            Matcher row = ROW.matcher(line);
            if (table.matches()) {
                rows = new ArrayList<>();
                tables.put(Long.parseLong(table.group(1), 16), rows);
            } else if (row.matches()) {
                long address = Long.parseUnsignedLong(row.group(1), 16);
                rows.add(
                        row.group(4).contains("end_sequence")
                                ? Long.toHexString(address) + " end"
                                : Long.toHexString(address) + " " + row.group(2) + " of " + row.group(3));
            }
        }
        return tables;
    }

    private static Map<Long, List<String>> readRows(Path file) throws IOException {
        UnitSection info = dwarf(file).info();
        Map<Long, List<String>> tables = new HashMap<>();
        for (UnitHeader header : info.headers()) {
            Unit unit = info.unit(header);
            Optional<AttributeValue> offset = unit.root().attribute(Attribute.STMT_LIST);
            if (offset.isPresent() && !header.isTypeUnit()) {
                tables.put(
                        offset.get().constant().orElseThrow(), rows(unit.lines().orElseThrow()));
            }
        }
        return tables;
    }

    private static List<String> rows(LineTable table) {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < table.size(); i++) {
            String address = Long.toHexString(table.address(i));
            rows.add(
                    table.line(i) == LineTable.END
                            ? address + " end"
                            : address + " " + table.line(i) + " of " + table.file(i));
        }
        return rows;
    }

    /**
     * The addresses at which rows begin, and those in the middle between two.
     *
     * @param step every how many of them
     */
    static List<Long> addresses(Path file, int step) throws IOException {
        TreeSet<Long> addresses = shownRows(file).values().stream()
                .flatMap(List::stream)
                .map(row -> Long.parseLong(row.substring(0, row.indexOf(' ')), 16))
                .collect(Collectors.toCollection(TreeSet::new));
        List<Long> all = new ArrayList<>();
        long last = 0;
        for (long address : addresses) {
            all.add(last + (address - last) / 2);
            all.add(address);
            last = address;
        }
        // Of functions that the linker left out there are rows from address 0 on; addr2line takes them for code.
        long lowest = ElfFile.open(file).segments().stream()
                .filter(Segment::isExecutable)
                .mapToLong(Segment::virtualAddress)
                .min()
                .orElseThrow();
        all.removeIf(address -> address < lowest);
        List<Long> some = new ArrayList<>();
        for (int i = 0; i < all.size(); i += step) {
            some.add(all.get(i));
        }
        return some;
    }

    /** @param tool addr2line, or LLVM's of the same options */
    static List<String> toldBy(String tool, Path file, List<Long> addresses) {
        String input = addresses.stream()
                .map(address -> "0x" + Long.toHexString(address))
                .collect(Collectors.joining("\n", "", "\n"));
        List<String> lines = Programs.run(Path.of("/"), List.of(tool, "-e", file.toString()), input)
                .lines()
                .map(line -> line.replaceAll(" \\(discriminator [0-9]+\\)", ""))
                .toList();
        return labelled(
                addresses,
                lines.stream()
                        .map(line -> line.endsWith(":?") || line.endsWith(":0") ? "none" : line)
                        .toList());
    }

    static List<String> read(Path file, List<Long> addresses) {
        DebugInformation information = Programs.open(file);
        return labelled(
                addresses,
                addresses.stream()
                        .map(address -> information
                                .lineOf(address)
                                .map(SourceLine::toString)
                                .orElse("none"))
                        .toList());
    }

    private static List<String> labelled(List<Long> addresses, List<String> lines) {
        List<String> result = new ArrayList<>();
        for (int i = 0; i < addresses.size(); i++) {
            result.add(Long.toHexString(addresses.get(i)) + " " + lines.get(i));
        }
        return result;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcc -gdwarf-2 -gstrict-dwarf -O0",
                "gcc -gdwarf-3 -O2",
                "gcc -gdwarf-4 -O1",
                "gcc -gdwarf-5 -O2",
                "gcc -gdwarf-5 -O2 -ffunction-sections -freorder-blocks-and-partition",
                "gcc -gdwarf-5 -gz=zlib -O1",
                "gcc -gdwarf-4 -gsplit-dwarf -O2",
                "gcc -gdwarf-5 -gsplit-dwarf -O2",
                "gcc -gdwarf-5 -O1 -gno-as-loc-support -gno-as-locview-support",
                "clang -gdwarf-2 -O0",
                "clang -gdwarf-3 -O2",
                "clang -gdwarf-4 -O1",
                "clang -gdwarf-5 -O2",
                "clang -gdwarf-5 -gdwarf64 -O2",
                "clang -gdwarf-4 -gsplit-dwarf -O2",
                "clang -gdwarf-5 -gsplit-dwarf -O2"
            })
    void linesOfAProgramAreThoseThatTheToolsTell(String compiler) throws IOException {
        Path program = Programs.build(directory, "shapes.c", compiler);
        Map<Long, List<String>> expected = shownRows(program);
        List<Long> addresses = addresses(program, 1);

        assertThat(expected.values().stream().mapToInt(List::size).sum()).isGreaterThan(50);
        assertThat(readRows(program)).isEqualTo(expected);
        assertThat(read(program, addresses)).isEqualTo(toldBy("addr2line", program, addresses));
    }

    @ParameterizedTest
    @ValueSource(strings = {"g++ -gdwarf-5 -O2", "clang++ -gdwarf-4 -O0"})
    void linesOfInlinedTemplatesLeadToTheirHeaders(String compiler) throws IOException {
        Path program = Programs.build(directory, "classes.cc", compiler + " -std=c++20");
        List<Long> addresses = addresses(program, 1);

        assertThat(readRows(program)).isEqualTo(shownRows(program));
        assertThat(read(program, addresses))
                .anyMatch(line -> line.contains("/usr/include/") || line.contains("basic_string.h"))
                .isEqualTo(toldBy("addr2line", program, addresses));
    }

    @Test
    void linesOfTheCLibraryAreThoseThatTheToolsTell() throws IOException {
        Path libc = Path.of("/lib/x86_64-linux-gnu/libc.so.6");
        Optional<ElfFile> debugFile = new DebugFiles(Path.of("/")).find(ElfFile.open(libc), libc.toString());
        assumeThat(debugFile).as("libc6-dbg is installed").isPresent();
        Path file = Path.of(debugFile.orElseThrow().name());
        Map<Long, List<String>> expected = shownRows(file);
        Map<Long, List<String>> found = readRows(file);

        assertThat(expected.values().stream().mapToInt(List::size).sum()).isGreaterThan(100_000);
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        expected.forEach((offset, rows) ->
                assertThat(found.get(offset)).as("table at 0x%x", offset).isEqualTo(rows));

        List<Long> some = addresses(file, 97);
        // LLVM's, because GNU's takes the file of the symbol's first line for code that another file has included.
        assertThat(read(libc, some)).isEqualTo(toldBy("llvm-addr2line", file, some));
    }
}
