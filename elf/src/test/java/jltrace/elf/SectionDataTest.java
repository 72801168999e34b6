package jltrace.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.Deflater;
import jltrace.bytes.ByteSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SectionDataTest {
    private static final String SOURCE = """
            struct point { int x, y; };
            static int hidden(int x) { return x * 2; }
            int (*volatile keep)(int) = hidden;
            int length(struct point *p) { return p->x * p->x + p->y * p->y; }
            """;

    @TempDir
    private Path directory;

    private Path plain;

    @BeforeEach
    void build() {
        plain = new Compiler(directory).library("libplain.so", SOURCE, "-g3 -gdwarf-4 -gz=none");
    }

    /** What objcopy makes of the plain file, in each of the ways that it knows. */
    @ParameterizedTest
    @ValueSource(strings = {"none", "zlib-gabi", "zlib-gnu", "zstd"})
    void compressedSectionsReadAsWhatTheyWereMadeFrom(String method) throws IOException {
        Command.run(directory, "objcopy", "--compress-debug-sections=" + method, "libplain.so", "libpacked.so");
        ElfFile expected = ElfFile.open(plain);
        ElfFile packed = ElfFile.open(directory.resolve("libpacked.so"));

        int compressed = 0;
        for (String name : List.of(".debug_info", ".debug_str", ".debug_macro", ".debug_line")) {
            ByteSource contents = SectionData.find(packed, name).orElseThrow();
            assertThat(contents.bytes())
                    .as("%s", name)
                    .isEqualTo(expected.contents(expected.section(name).orElseThrow())
                            .bytes());
            compressed += packed.section(name).isEmpty()
                            || packed.section(name).orElseThrow().hasFlags(Section.COMPRESSED)
                    ? 1
                    : 0;
        }
        assertThat(compressed > 0).isEqualTo(!method.equals("none"));
        assertThat(SectionData.find(packed, ".debug_nothing")).isEmpty();
    }

    @Test
    void aSizeThatTheBytesCannotHoldIsRefusedAtOnce() throws IOException {
        ElfFile bomb = withCompressionHeader(1, 1L << 30);

        assertThatThrownBy(() -> SectionData.find(bomb, ".debug_info"))
                .isInstanceOf(ElfException.class)
                .hasMessageContaining("claim to be 1073741824");
        ElfFile negative = withCompressionHeader(1, -1);
        assertThatThrownBy(() -> SectionData.find(negative, ".debug_info")).isInstanceOf(ElfException.class);
    }

    /** Debug information is compressed to a fourth or so, the most monotonous table to an eightieth; zeros are to a thousandth. */
    @Test
    void whatIsCompressedTooWellIsRefusedBeforeItIsUnpacked() throws IOException {
        byte[] zeros = new byte[64 << 20];
        Deflater deflater = new Deflater();
        deflater.setInput(zeros);
        deflater.finish();
        byte[] packed = Arrays.copyOf(zeros, deflater.deflate(zeros));
        deflater.end();
        Command.run(directory, "objcopy", "--compress-debug-sections=zlib-gabi", "libplain.so", "libpacked.so");
        byte[] good = Files.readAllBytes(directory.resolve("libpacked.so"));
        ElfFile elf = ElfFile.parse(ByteSource.of(good), "libpacked.so");
        int header = (int) ByteSource.of(good).i64(40)
                + 64 * elf.section(".debug_info").orElseThrow().index();
        byte[] bytes = Arrays.copyOf(good, good.length + 24 + packed.length);
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header + 24, good.length)
                .putLong(header + 32, 24 + packed.length)
                .putInt(good.length, 1)
                .putLong(good.length + 8, zeros.length)
                .put(good.length + 24, packed);

        assertThatThrownBy(() -> SectionData.find(ElfFile.parse(ByteSource.of(bytes), "bomb"), ".debug_info"))
                .isInstanceOf(ElfException.class)
                .hasMessageContaining("claim to be 67108864");
    }

    /** As above, for the symbols that a stripped file carries. */
    @Test
    void embeddedSymbolsThatAreCompressedTooWellAreRefused() throws IOException {
        Path zeros = directory.resolve("zeros");
        Files.write(zeros, new byte[16 << 20]);
        Command.run(directory, "xz", "zeros");
        Command.run(directory, "objcopy", "--add-section", ".gnu_debugdata=zeros.xz", "libplain.so", "libbomb.so");
        ElfFile elf = ElfFile.open(directory.resolve("libbomb.so"));

        assertThatThrownBy(() -> SectionData.embeddedSymbols(elf))
                .isInstanceOf(ElfException.class)
                .hasMessageContaining("more than");
    }

    @Test
    void aSizeThatIsNotTheRightOneIsRefused() throws IOException {
        ElfFile tooMuch = withCompressionHeader(1, 60_000);
        assertThatThrownBy(() -> SectionData.find(tooMuch, ".debug_info"))
                .isInstanceOf(ElfException.class)
                .hasMessageContaining("instead of 60000");
        ElfFile tooLittle = withCompressionHeader(1, 10);
        assertThatThrownBy(() -> SectionData.find(tooLittle, ".debug_info"))
                .isInstanceOf(ElfException.class)
                .hasMessageContaining("more than 10 bytes");
    }

    @Test
    void anUnknownMethodIsNamed() throws IOException {
        ElfFile unknown = withCompressionHeader(77, 100);

        assertThatThrownBy(() -> SectionData.find(unknown, ".debug_info"))
                .isInstanceOfSatisfying(
                        ElfException.class, e -> assertThat(e.kind()).isEqualTo(ElfException.Kind.UNKNOWN_COMPRESSION))
                .hasMessageContaining("method 77");
    }

    /** A file whose compressed .debug_info has another header. */
    private ElfFile withCompressionHeader(int method, long size) throws IOException {
        Command.run(directory, "objcopy", "--compress-debug-sections=zlib-gabi", "libplain.so", "libpacked.so");
        byte[] bytes = Files.readAllBytes(directory.resolve("libpacked.so"));
        ElfFile elf = ElfFile.parse(ByteSource.of(bytes), "libpacked.so");
        int offset = (int) elf.section(".debug_info").orElseThrow().fileOffset();
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(offset, method)
                .putLong(offset + 8, size);
        return ElfFile.parse(ByteSource.of(bytes), "libpacked.so");
    }

    /** The recipe is that of gdb's manual, "Debugging information in a special section". */
    @Test
    void embeddedSymbolsAreThoseThatWereStripped() throws IOException {
        Command.run(directory, "objcopy", "-S", "--keep-symbol=hidden", "libplain.so", "mini");
        Command.run(directory, "xz", "mini");
        Command.run(directory, "strip", "-o", "libstripped.so", "libplain.so");
        Command.run(
                directory, "objcopy", "--add-section", ".gnu_debugdata=mini.xz", "libstripped.so", "libembedded.so");
        ElfFile elf = ElfFile.open(directory.resolve("libembedded.so"));

        assertThat(elf.symbols().size()).isZero();
        SymbolTable embedded = SectionData.embeddedSymbols(elf).orElseThrow().symbols();
        assertThat(embedded.find("hidden")).isEqualTo(embedded.find("hidden")).isPresent();
        Set<String> addresses = new TreeSet<>();
        for (String line : Command.run(directory, "nm", "libplain.so")) {
            if (line.endsWith(" hidden")) {
                addresses.add(line.substring(0, 16));
            }
        }
        List<String> found = new ArrayList<>();
        found.add(String.format("%016x", embedded.find("hidden").orElseThrow().virtualAddress()));
        assertThat(found).containsExactlyElementsOf(addresses);
        assertThat(SectionData.embeddedSymbols(ElfFile.open(plain))).isEmpty();
    }

    @Test
    void corruptEmbeddedSymbolsAreRefused() throws IOException {
        Path text = Files.writeString(directory.resolve("text"), "no xz data");
        Command.run(directory, "objcopy", "--add-section", ".gnu_debugdata=" + text, "libplain.so", "libwrong.so");
        ElfFile elf = ElfFile.open(directory.resolve("libwrong.so"));

        assertThatThrownBy(() -> SectionData.embeddedSymbols(elf))
                .isInstanceOf(ElfException.class)
                .hasMessageContaining(".gnu_debugdata");
    }
}
