package jltrace.dwarf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import jltrace.dwarf.DwarfDump.Entry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Rust program, as llvm-dwarfdump shows it; where there is no Rust compiler, these tests are skipped. */
class RustTest {
    @TempDir
    private Path directory;

    private Path compiler;

    @BeforeEach
    void findCompiler() {
        Optional<Path> found = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "rustc"))
                .filter(Files::isExecutable)
                .findFirst();
        assumeThat(found).as("rustc is installed").isPresent();
        compiler = found.orElseThrow();
    }

    private Path compiled(int optimization) throws IOException {
        try (InputStream text = RustTest.class.getResourceAsStream("crate.rs")) {
            Files.write(
                    directory.resolve("crate.rs"), Objects.requireNonNull(text).readAllBytes());
        }
        Programs.run(
                directory,
                List.of(
                        compiler.toString(),
                        "-g",
                        "-Copt-level=" + optimization,
                        // llvm-addr2line takes the lines of functions that the linker leaves out for those of what
                        // begins at 0.
                        "-Clink-dead-code",
                        "--crate-type=cdylib",
                        "crate.rs",
                        "-o",
                        "prog"));
        return directory.resolve("prog");
    }

    /** Whether Rust alone decides how values of the type are passed, or whether they are passed at all. */
    private static boolean isRustsOwn(DwarfDump dump, Entry entry) {
        Optional<Entry> type = dump.reference(entry, "DW_AT_type");
        return type.isPresent()
                && (type.get().tag.matches("DW_TAG_(structure|union|array)_type")
                        || type.get().number("DW_AT_byte_size", 8) == 0);
    }

    /** One line for each function, by its address; without its types if Rust does not promise where the arguments are. */
    private static Map<String, String> shown(Path program) {
        DwarfDump dump = DwarfDump.of(program);
        ExpectedSignatures expected = new ExpectedSignatures(dump, "DW_LANG_Rust");
        Map<String, String> lines = new TreeMap<>();
        for (Entry function : dump.entries()) {
            String address = function.attributes.getOrDefault("DW_AT_low_pc", "0x0");
            if (function.tag.equals("DW_TAG_subprogram") && Long.decode(address) != 0) {
                Entry declaring = expected.declaring(function);
                boolean told = !isRustsOwn(dump, declaring)
                        && dump.reference(declaring, "DW_AT_specification")
                                .filter(method -> isRustsOwn(dump, method))
                                .isEmpty()
                        && function.attributes.get("DW_AT_calling_convention") == null
                        && declaring.children("DW_TAG_formal_parameter").stream()
                                .noneMatch(parameter -> isRustsOwn(dump, parameter));
                String start = Long.toHexString(Long.decode(address));
                lines.put(
                        start,
                        start + " "
                                + (told
                                        ? expected.signature(function)
                                        : "unknown " + expected.qualifiedName(function)));
            }
        }
        return lines;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void functionsAreThoseThatDwarfdumpShows(int optimization) throws IOException {
        Path program = compiled(optimization);
        Map<String, String> found = new TreeMap<>();
        for (Subprogram function : Programs.open(program).functions()) {
            found.put(Long.toHexString(function.virtualAddress()), ExpectedSignatures.line(function));
        }

        assertThat(found).hasSizeGreaterThan(10).isEqualTo(shown(program));
    }

    @Test
    void functionsAreFoundByThePathInTheSource() throws IOException {
        DebugInformation information = Programs.open(compiled(0));

        assertThat(information.signatureOf("crate::shapes::Point::area").orElseThrow())
                .hasToString("long crate::shapes::Point::area(struct crate::shapes::Point* self, uchar factor, "
                        + "enum[uchar](Red=0, Green=5) colour)");
        assertThat(information.signatureOf("crate::shapes::Colour::code").orElseThrow())
                .as("compilers put functions into enumerations")
                .hasToString("int crate::shapes::Colour::code(enum[uchar](Red=0, Green=5) self)");
        assertThat(information.signatureOf("rust_plus").orElseThrow())
                .hasToString("long crate::rust_plus(int left, long right)");
        assertThat(information.signatureOf("rust_letter").orElseThrow())
                .as("Rust ends no string with a zero")
                .hasToString("bool(uchar) crate::rust_letter(char(uint)* letter)");
        assertThat(information.signatureOf("crate::slices"))
                .as("&str is a structure, which Rust passes as it likes")
                .isEmpty();
        assertThat(information.signatureOf("crate::nothing"))
                .as("() takes no register")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void linesAreThoseThatAddr2lineTells(int optimization) throws IOException {
        Path program = compiled(optimization);
        List<Long> addresses = LineTableTest.addresses(program, 31);

        assertThat(LineTableTest.read(program, addresses))
                .hasSizeGreaterThan(100)
                .anyMatch(line -> line.contains("/crate.rs:"))
                .isEqualTo(LineTableTest.toldBy("llvm-addr2line", program, addresses));
    }
}
