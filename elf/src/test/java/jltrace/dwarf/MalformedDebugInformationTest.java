package jltrace.dwarf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.zip.Deflater;
import jltrace.bytes.ByteSource;
import jltrace.bytes.Cursor;
import jltrace.cache.BuildCache;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfException;
import jltrace.elf.ElfFile;
import jltrace.elf.Section;
import jltrace.type.StructType;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MalformedDebugInformationTest {
    private static final Encoding ENCODING = new Encoding(5, 4, 8);

    @TempDir
    private Path directory;

    /** Whatever bytes are changed, an answer or a typed exception comes, and soon. */
    @ParameterizedTest
    @ValueSource(strings = {"gcc -gdwarf-5 -O1", "clang -gdwarf-4 -O1", "gcc -gdwarf-4 -fdebug-types-section"})
    void changedBytesLeadToAnAnswerOrATypedException(String compiler) throws IOException {
        Path program = Programs.build(directory, "shapes.c", compiler);
        byte[] original = Files.readAllBytes(program);
        List<Section> sections = ElfFile.open(program).sections().stream()
                .filter(section -> section.name().startsWith(".debug") && section.size() > 0)
                .toList();
        Random random = new Random(20251125);
        int failures = 0;
        for (int round = 0; round < 300; round++) {
            byte[] bytes = original.clone();
            for (int change = 0; change <= random.nextInt(8); change++) {
                Section section = sections.get(random.nextInt(sections.size()));
                int at = (int) (section.fileOffset() + random.nextLong(section.size()));
                bytes[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : random.nextBoolean() ? 0xff : 0);
            }
            failures += Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> ask(bytes)) ? 0 : 1;
        }
        assertThat(failures).as("some changes must have been noticed").isPositive();
    }

    /** Asks everything; false if that was refused. */
    private static boolean ask(byte[] bytes) {
        try {
            ElfFile elf = ElfFile.parse(ByteSource.of(bytes), "changed");
            DebugInformation information = DebugInformation.find(
                            elf, "/changed", new DebugFiles(Path.of("/")), BuildCache.none())
                    .orElseThrow();
            information.signatureOf("structures");
            for (Subprogram function : information.functions()) {
                information.lineOf(function.virtualAddress());
                function.signature()
                        .ifPresent(signature -> signature.parameters().forEach(parameter -> {
                            if (parameter.type() instanceof StructType struct) {
                                struct.fields();
                            }
                        }));
            }
            for (String type : List.of("node", "flags", "grid", "colour", "handler_t")) {
                information.type(type);
            }
            return true;
        } catch (DwarfException | ElfException e) {
            assertThat(e.getMessage()).contains("changed");
            return false;
        }
    }

    private static DwarfException refused(Runnable reading) {
        try {
            reading.run();
        } catch (DwarfException e) {
            return e;
        }
        throw new AssertionError("was read");
    }

    private static ByteSource unit(int... bytes) {
        byte[] array = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            array[i] = (byte) bytes[i];
        }
        return ByteSource.of(array);
    }

    @Test
    void theExceptionCarriesTheVersionThatIsNotKnown() {
        DwarfException e = refused(() -> UnitHeader.read(unit(4, 0, 0, 0, 6, 0, 1, 8), 0, false, "file"));

        assertThat(e.kind()).isEqualTo(DwarfException.Kind.UNKNOWN_VERSION);
        assertThat(e.value()).isEqualTo(6);
        assertThat(e.fileName()).isEqualTo("file");
    }

    @Test
    void theExceptionCarriesTheFormThatIsNotKnown() {
        ByteSource abbreviation = unit(1, 0x11, 0, 3, 0x77, 0, 0, 0);
        Abbreviations table = Abbreviations.read(abbreviation, 0, ENCODING, "file");
        DwarfException e = refused(() -> table.skip(0, new Cursor(unit(1, 2, 3))));

        assertThat(e.kind()).isEqualTo(DwarfException.Kind.UNKNOWN_FORM);
        assertThat(e.value()).isEqualTo(0x77);
    }

    @Test
    void anIndirectFormMustLeadToAnotherForm() {
        DwarfException e =
                refused(() -> Form.skip(Form.INDIRECT, new Cursor(unit(0x16, 0x16, 0x0b, 1)), ENCODING, "file"));

        assertThat(e.value()).isEqualTo(Form.INDIRECT);
    }

    @Test
    void readingTooMuchForOneQuestionIsRefused() {
        Effort effort = new Effort("file", 0);

        assertThatThrownBy(() -> effort.answer(() -> {
                    while (true) {
                        effort.spend(1 << 20);
                    }
                }))
                .isInstanceOfSatisfying(
                        DwarfException.class, e -> assertThat(e.kind()).isEqualTo(DwarfException.Kind.TOO_COMPLEX));
    }

    /** A real file never comes near the limit of a question, so not even a hundred times near a part of it. */
    @Test
    void manyCostlyQuestionsAreRefusedThoughEachIsNot() {
        Effort effort = new Effort("file", 0);
        Supplier<String> question = () -> {
            effort.spend(1 << 25);
            return "answer";
        };

        assertThat(effort.answer(question)).isEqualTo("answer");
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        effort.answer(question);
                    }
                })
                .isInstanceOfSatisfying(
                        DwarfException.class, e -> assertThat(e.kind()).isEqualTo(DwarfException.Kind.TOO_COMPLEX));
        Effort cheap = new Effort("file", 0);
        for (int i = 0; i < 100_000; i++) {
            assertThat(cheap.<Boolean>answer(() -> {
                        cheap.spend(1 << 16);
                        return true;
                    }))
                    .isTrue();
        }
    }

    /** The same compressed bytes under every name: each section may be as large as these allow, but not all together. */
    @Test
    void compressedSectionsMayNotOverlapWithoutEnd() throws IOException {
        Programs.build(directory, "shapes.c", "gcc -gdwarf-5 -gz=zlib");
        byte[] good = Files.readAllBytes(directory.resolve("prog"));
        ElfFile elf = ElfFile.parse(ByteSource.of(good), "prog");
        byte[] text = new byte[24 << 20];
        for (int i = 0; i < text.length; i += 100) {
            text[i] = (byte) ((i * 31) >> 5);
        }
        int size = text.length;
        Deflater deflater = new Deflater();
        deflater.setInput(text.clone());
        deflater.finish();
        int packed = deflater.deflate(text);
        deflater.end();
        byte[] bytes = Arrays.copyOf(good, good.length + 24 + packed);
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(good.length, 1).putLong(good.length + 8, size).put(good.length + 24, text, 0, packed);
        for (Section section : elf.sections()) {
            if (section.hasFlags(Section.COMPRESSED)) {
                int header = (int) (file.getLong(40) + 64L * section.index());
                file.putLong(header + 24, good.length).putLong(header + 32, 24 + packed);
            }
        }
        DebugSections sections = DebugSections.of(ElfFile.parse(ByteSource.of(bytes), "overlapping"));

        assertThat(sections.get(DebugSection.INFO).size()).isEqualTo(size);
        DwarfException e = refused(() -> {
            for (DebugSection section : DebugSection.values()) {
                sections.get(section);
            }
        });
        assertThat(e.kind()).isEqualTo(DwarfException.Kind.TOO_COMPLEX);
    }

    /** Every byte of the section, changed to what is most likely to mislead. */
    @Test
    void aLineNumberProgramIsRefusedOrReadWhateverItsBytesAre() throws IOException {
        Path program = Programs.build(directory, "shapes.c", "clang -gdwarf-2");
        byte[] original = Files.readAllBytes(program);
        Section lines = ElfFile.open(program).section(".debug_line").orElseThrow();
        int refused = 0;
        for (long at = lines.fileOffset(); at < lines.fileOffset() + lines.size(); at++) {
            for (int value : new int[] {0, 1, 0x7f, 0x80, 0xff}) {
                byte[] bytes = original.clone();
                bytes[(int) at] = (byte) value;
                refused += ask(bytes) ? 0 : 1;
            }
        }
        assertThat(refused).isPositive();
    }

    /** Of what a compiler wrote for a header, the first relocation of its entries (gABI chapter 4, "Relocation"). */
    @Test
    void aRelocationOutsideOfItsSectionIsRefused() throws IOException {
        Programs.build(directory, "shapes.c", "gcc -gdwarf-4");
        byte[] bytes = Files.readAllBytes(directory.resolve("prog.o"));
        Section relocations = ElfFile.open(directory.resolve("prog.o"))
                .section(".rela.debug_info")
                .orElseThrow();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong((int) relocations.fileOffset(), 0x80_0301);

        assertThat(ask(bytes)).isFalse();
    }

    /** Two typedefs that name each other, in DWARF 4 as the standard (7.5) has it. */
    @Test
    void typedefsInACircleAreRefused() throws IOException {
        Path program = Programs.build(directory, "shapes.c", "gcc -gdwarf-4");
        ElfFile elf = ElfFile.open(program);
        byte[] bytes = Files.readAllBytes(program);
        DwarfFile file =
                DwarfFile.of(elf, program.toString(), new DebugFiles(Path.of("/")), new IndexCache(BuildCache.none()));
        Section info = elf.section(".debug_info").orElseThrow();
        DieWalk walk = file.info().unit(file.info().headers().get(0)).walk();
        while (walk.next()) {
            if (walk.tag() == Tag.TYPEDEF && walk.die().name().equals(Optional.of("handler_t"))) {
                long at = info.fileOffset()
                        + walk.die().attribute(Attribute.TYPE).orElseThrow().position();
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt((int) at, (int) walk.offset());
            }
        }
        DebugInformation changed = DebugInformation.find(
                        ElfFile.parse(ByteSource.of(bytes), "circle"),
                        "/circle",
                        new DebugFiles(Path.of("/")),
                        BuildCache.none())
                .orElseThrow();

        DwarfException e = refused(() -> changed.signatureOf("callbacks"));
        assertThat(e.kind()).isEqualTo(DwarfException.Kind.TOO_COMPLEX);
        assertThat(changed.signatureOf("nothing"))
                .as("other functions are not affected")
                .isPresent();
    }
}
