package jltrace.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import jltrace.elf.ElfFile;
import jltrace.type.CType;
import jltrace.type.FloatingType;
import jltrace.type.IntegerType;
import jltrace.type.Parameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Units that say where their code is in {@code .debug_aranges}, by attributes of their own, and not at all. */
class UnitFinderTest {
    @TempDir
    private Path directory;

    /**
     * Compiles one function, on the first line of its file, to an object.
     *
     * @param tells whether its unit has attributes for where its code is
     */
    private void compile(String name, String source, boolean tells) throws IOException {
        Files.writeString(directory.resolve(name + ".c"), source);
        Programs.run(directory, "gcc -g -O2 -fPIC -dA -S " + name + ".c");
        Path assembly = directory.resolve(name + ".s");
        String text = Files.readString(assembly);
        // The unit's abbreviation is the first; a vendor's attribute stands in for what it has there.
        String silent = text.replaceFirst("0x11\t# \\(DW_AT_low_pc\\)", "0x2001")
                .replaceFirst("0x12\t# \\(DW_AT_high_pc\\)", "0x2002");
        assertThat(silent).isNotEqualTo(text);
        Files.writeString(assembly, tells ? text : silent);
        Programs.run(directory, "gcc -c " + name + ".s -o " + name + ".o");
    }

    @Test
    void aFunctionIsFoundWhateverItsUnitSaysOfItsCode() throws IOException {
        compile("listed", "int listed(int a) { return a + 1; }\n", true);
        compile("own", "long own(long a, int b) { return a + b; }\n", true);
        compile("silent", "double silent(double a) { return a + 1; }\n", false);
        Files.writeString(directory.resolve("data.c"), "int data = 1;\n");
        Programs.run(directory, "gcc -g -O2 -fPIC -c data.c");
        Programs.run(directory, "objcopy -R .debug_aranges own.o");
        Programs.run(directory, "objcopy -R .debug_aranges silent.o");
        Programs.run(directory, "gcc -shared -o prog listed.o data.o own.o silent.o");
        Path program = directory.resolve("prog");
        ElfFile elf = ElfFile.open(program);
        DebugInformation information = Programs.open(program);

        assertFound(information, elf, "silent", FloatingType.DOUBLE, FloatingType.DOUBLE);
        assertFound(information, elf, "listed", IntegerType.INT, IntegerType.INT);
        assertFound(information, elf, "own", IntegerType.LONG, IntegerType.LONG, IntegerType.INT);
        long init = elf.symbols().find("_init").orElseThrow().virtualAddress();
        assertThat(information.signatureAt(init)).isEmpty();
        assertThat(information.lineOf(init)).isEmpty();
    }

    private static void assertFound(
            DebugInformation information, ElfFile elf, String name, CType result, CType... parameters) {
        long address = elf.symbols().find(name).orElseThrow().virtualAddress();
        assertThat(information.signatureAt(address)).hasValueSatisfying(signature -> {
            assertThat(signature.name()).isEqualTo(name);
            assertThat(signature.result()).isEqualTo(result);
            assertThat(signature.parameters()).extracting(Parameter::type).containsExactly(parameters);
        });
        Optional<SourceLine> line = information.lineOf(address);
        assertThat(line).hasValueSatisfying(found -> {
            assertThat(found.path()).endsWith(name + ".c");
            assertThat(found.line()).isEqualTo(1);
        });
    }
}
