package jltrace.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import jltrace.bytes.ByteSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that are not what they should be: each has its own kind of error, and nothing else is ever thrown. */
class MalformedFilesTest {
    @TempDir
    private static Path directory;

    private static byte[] library = {};
    private static byte[] program = {};

    @BeforeAll
    static void build() throws IOException {
        Compiler compiler = new Compiler(directory);
        Path libraryFile = compiler.library("liba.so", """
                #include <stdio.h>
                #include <stdlib.h>
                int f(void) { return puts("f") + atoi("1"); }
                int g(void) __attribute__((alias("f")));
                void *volatile h = f;
                """, "-g -gz=zlib -Wl,--hash-style=both");
        library = Files.readAllBytes(libraryFile);
        program = Files.readAllBytes(compiler.build(
                "prog", "int f(void); int main(void) { return f(); }", "-no-pie " + libraryFile + " -s"));
    }

    private static ElfException open(byte[] bytes) {
        try {
            ElfFile.parse(ByteSource.of(bytes), "file");
        } catch (ElfException e) {
            return e;
        }
        throw new AssertionError("opened");
    }

    /** The program's bytes with {@code value} of {@code size} bytes at {@code offset}. */
    private static byte[] changed(int offset, int size, long value) {
        ByteBuffer buffer = ByteBuffer.wrap(library.clone()).order(ByteOrder.LITTLE_ENDIAN);
        switch (size) {
            case 1 -> buffer.put(offset, (byte) value);
            case 2 -> buffer.putShort(offset, (short) value);
            case 4 -> buffer.putInt(offset, (int) value);
            default -> buffer.putLong(offset, value);
        }
        return buffer.array();
    }

    @Test
    void whatDoesNotBeginWithTheMagicNumberIsNotElf() {
        for (String text : new String[] {"", "\177EL", "#!/bin/sh\n", "!<arch>\n"}) {
            ElfException error = open(text.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(error.kind()).isEqualTo(ElfException.Kind.NOT_ELF);
            assertThat(error).hasMessage("file: not an ELF file");
            assertThat(error.fileName()).isEqualTo("file");
        }
    }

    @Test
    void aProgramForAnotherMachineIsNamed() {
        byte[] i386 = changed(4, 1, 1);
        i386[18] = 3;
        assertThat(open(i386).kind()).isEqualTo(ElfException.Kind.WRONG_CLASS);
        assertThat(open(i386))
                .hasMessage("file: 32-bit Intel 80386 ELF file; only 64-bit little-endian x86-64 is supported");
        assertThat(open(changed(4, 1, 1)).getMessage()).contains("32-bit x86-64 (x32)");
        assertThat(open(changed(4, 1, 1)).kind()).isEqualTo(ElfException.Kind.WRONG_CLASS);

        assertThat(open(changed(18, 2, 183)).kind()).isEqualTo(ElfException.Kind.WRONG_MACHINE);
        assertThat(open(changed(18, 2, 183)).getMessage()).contains("64-bit AArch64");
        assertThat(open(changed(18, 2, 4711)).getMessage()).contains("machine 4711");

        byte[] s390 = changed(5, 1, 2);
        s390[18] = 0;
        s390[19] = 22;
        assertThat(open(s390).kind()).isEqualTo(ElfException.Kind.WRONG_BYTE_ORDER);
        assertThat(open(s390).getMessage()).contains("64-bit big-endian IBM S/390");
    }

    @Test
    void aHeaderThatContradictsItselfIsCorrupt() {
        assertThat(open(changed(4, 1, 3)).getMessage()).contains("unknown ELF class 3");
        assertThat(open(changed(5, 1, 0)).getMessage()).contains("unknown byte order 0");
        assertThat(open(changed(6, 1, 2)).getMessage()).contains("unknown ELF version");
        assertThat(open(changed(54, 2, 57)).getMessage()).contains("program headers of 57 bytes");
        assertThat(open(changed(32, 8, -1)).kind()).isEqualTo(ElfException.Kind.CORRUPT);
        assertThat(open(changed(32, 8, library.length - 55)).offset()).hasValue(library.length - 55);
        assertThat(open(Arrays.copyOf(library, 63)).kind()).isEqualTo(ElfException.Kind.CORRUPT);
    }

    @Test
    void brokenSectionHeadersDoNotMatterToWhatTheLoaderNeeds() {
        ElfFile whole = ElfFile.parse(ByteSource.of(library), "file");
        ElfFile broken = ElfFile.parse(ByteSource.of(changed(40, 8, 0x7fff_ffff_ffffL)), "file");

        assertThatThrownBy(broken::sections)
                .isInstanceOfSatisfying(
                        ElfException.class, e -> assertThat(e.kind()).isEqualTo(ElfException.Kind.CORRUPT));
        assertThat(broken.dynamicSymbols()).containsExactlyElementsOf(whole.dynamicSymbols());
        assertThat(broken.dynamic().needed()).containsExactly("libc.so.6");
    }

    @Test
    void moreHeadersThanFitSixteenBitsAreCountedInTheFirstSection() {
        ByteBuffer buffer = ByteBuffer.wrap(library.clone()).order(ByteOrder.LITTLE_ENDIAN);
        int first = (int) buffer.getLong(40);
        buffer.putLong(first + 32, buffer.getShort(60)).putShort(60, (short) 0);
        buffer.putInt(first + 40, buffer.getShort(62)).putShort(62, (short) 0xffff);
        buffer.putInt(first + 44, buffer.getShort(56)).putShort(56, (short) 0xffff);
        ElfFile extended = ElfFile.parse(ByteSource.of(buffer.array()), "file");
        ElfFile plain = ElfFile.parse(ByteSource.of(library), "file");

        assertThat(extended.segments()).isEqualTo(plain.segments());
        assertThat(extended.sections()).hasSameSizeAs(plain.sections());
        assertThat(extended.section(".text")).isEqualTo(plain.section(".text")).isPresent();
    }

    @Test
    void filesThatCannotBeReadAreNotAskedWhatTheyContain() throws IOException {
        assertThatThrownBy(() -> ElfFile.open(directory.resolve("nothing"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> ElfFile.open(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not a regular file");
        Command.run(directory, "mkfifo", "fifo");
        assertThatThrownBy(() -> ElfFile.open(directory.resolve("fifo")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not a regular file");
    }

    @Test
    @Timeout(30)
    void truncatedFilesEndInAnElfExceptionOrInNone() {
        for (byte[] file : new byte[][] {library, program}) {
            for (int length = 0; length < file.length; length += length < 4096 ? 13 : 97) {
                readEverything(Arrays.copyOf(file, length));
            }
        }
    }

    @Test
    @Timeout(60)
    void changedFilesEndInAnElfExceptionOrInNone() {
        Random random = new Random(20250101);
        for (byte[] file : new byte[][] {library, program}) {
            // Most of the tables are in the first and last kibibytes.
            for (int i = 0; i < 3000; i++) {
                byte[] changed = file.clone();
                for (int change = random.nextInt(4); change >= 0; change--) {
                    int offset = random.nextBoolean() ? random.nextInt(2048) : random.nextInt(changed.length);
                    changed[offset] =
                            (byte) (random.nextBoolean() ? changed[offset] ^ 1 << random.nextInt(8) : random.nextInt());
                }
                long start = System.nanoTime();
                readEverything(changed);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            }
        }
    }

    @Test
    @Timeout(60)
    void everyByteOfTheHeadersMayBeAnything() {
        for (byte[] file : new byte[][] {library, program}) {
            for (int offset = 16; offset < 0x2a0; offset++) {
                for (byte value : new byte[] {0, 1, 0x7f, (byte) 0x80, (byte) 0xff}) {
                    byte[] changed = file.clone();
                    changed[offset] = value;
                    readEverything(changed);
                }
            }
        }
    }

    private static void readEverything(byte[] bytes) {
        ElfFile elf;
        try {
            elf = ElfFile.parse(ByteSource.of(bytes), "file");
        } catch (ElfException e) {
            return;
        }
        attempt(elf::isExecutableProgram);
        attempt(elf::interpreter);
        attempt(elf::buildId);
        attempt(elf::notes);
        attempt(() -> elf.sections().forEach(section -> attempt(() -> SectionData.of(elf, section))));
        attempt(() -> elf.dynamic().needed());
        attempt(() -> elf.dynamic().soname());
        attempt(() -> elf.dynamicSymbols()
                .forEach(symbol -> assertThat(symbol.versionedName()).isNotNull()));
        attempt(() -> elf.dynamicSymbols().findAll("puts"));
        attempt(() -> elf.dynamicSymbols().find("f"));
        attempt(() -> elf.dynamicSymbols().functions().at(0));
        attempt(() -> elf.symbols().functions().at(0));
        attempt(() -> elf.symbols().find("f"));
        attempt(() -> elf.imports().list().forEach(anImport -> anImport.pltVirtualAddress()));
        attempt(() -> new SymbolScope(List.of(elf)).find("f"));
        attempt(() -> elf.unwindTable().containing(0x1000));
        elf.loadBias(0x7f00_0000_0000L, 0x1000);
        elf.isReadable(0x7f00_0000_1000L, 0x7f00_0000_0000L, 0x1000);
        elf.fileOffsetOf(0x1000);
        elf.virtualAddressOf(0x1000);
    }

    /** Lets pass only the exception that the package promises. */
    private static void attempt(Runnable read) {
        try {
            read.run();
        } catch (ElfException e) {
            assertThat(e.getMessage()).startsWith("file");
        }
    }
}
