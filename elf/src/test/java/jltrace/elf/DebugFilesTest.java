package jltrace.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files are made as distributions make them, with {@code objcopy --only-keep-debug} and {@code --add-gnu-debuglink}. */
class DebugFilesTest {
    private static final String SOURCE = "static int hidden(void) { return 1; } int (*volatile keep)(void) = hidden;";

    @TempDir
    private Path root;

    private Path bin;
    private ElfFile stripped;

    @BeforeEach
    void build() throws IOException {
        bin = Files.createDirectories(root.resolve("opt/bin"));
        new Compiler(bin).library("whole.so", SOURCE, "-g");
        Command.run(bin, "objcopy", "--only-keep-debug", "whole.so", "prog.debug");
        Command.run(bin, "objcopy", "--strip-all", "--add-gnu-debuglink=prog.debug", "whole.so", "prog.so");
        stripped = ElfFile.open(bin.resolve("prog.so"));
    }

    private Optional<ElfFile> find() {
        return new DebugFiles(root).find(stripped, "/opt/bin/prog.so");
    }

    private void move(String place) throws IOException {
        Path target = root.resolve(place);
        Files.createDirectories(target.getParent());
        Files.move(bin.resolve("prog.debug"), target);
    }

    private String buildIdPath() {
        String buildId = stripped.buildId().orElseThrow();
        return "usr/lib/debug/.build-id/" + buildId.substring(0, 2) + "/" + buildId.substring(2) + ".debug";
    }

    @ParameterizedTest
    @ValueSource(strings = {"opt/bin/prog.debug", "opt/bin/.debug/prog.debug", "usr/lib/debug/opt/bin/prog.debug"})
    void theLinkLeadsToThreePlaces(String place) throws IOException {
        if (!place.equals("opt/bin/prog.debug")) {
            move(place);
        }

        ElfFile debugFile = find().orElseThrow();
        assertThat(debugFile.name()).isEqualTo(root.resolve(place).toRealPath().toString());
        assertThat(debugFile.symbols().find("hidden")).isPresent();
        assertThat(debugFile.dynamic().size())
                .as("its dynamic table was left out")
                .isZero();
        assertThat(debugFile.imports().list()).isEmpty();
    }

    @Test
    void theBuildIdLeadsThereBeforeTheLink() throws IOException {
        Files.createDirectories(root.resolve(buildIdPath()).getParent());
        Files.copy(bin.resolve("prog.debug"), root.resolve(buildIdPath()));

        assertThat(find().orElseThrow().name())
                .endsWith(".build-id/"
                        + stripped.buildId().orElseThrow().substring(0, 2) + "/"
                        + stripped.buildId().orElseThrow().substring(2) + ".debug");
    }

    @Test
    void aDebugFileOfAnotherBuildIsNotTaken() throws IOException {
        Files.delete(bin.resolve("prog.debug"));
        new Compiler(bin).library("other.so", "int other;", "-g");
        Command.run(bin, "objcopy", "--only-keep-debug", "other.so", "prog.debug");
        assertThat(find()).as("another checksum").isEmpty();

        move(buildIdPath());
        assertThat(find()).as("another build id").isEmpty();
    }

    @Test
    void whatIsNoElfFileIsNotTaken() throws IOException {
        Files.writeString(bin.resolve("prog.debug"), "nothing");

        assertThat(find()).isEmpty();
    }

    @Test
    void anObjectWithoutLinkOrBuildIdHasNoDebugFile() throws IOException {
        Path file = new Compiler(bin).library("bare.so", SOURCE, "-Wl,--build-id=none -s");

        assertThat(new DebugFiles(root).find(ElfFile.open(file), "/opt/bin/bare.so"))
                .isEmpty();
    }

    @Test
    void aDebugFileIsOpenedOnce() {
        DebugFiles debugFiles = new DebugFiles(root);
        ElfFile debugFile = debugFiles.find(stripped, "/opt/bin/prog.so").orElseThrow();

        assertThat(debugFiles.find(stripped, "/opt/bin/prog.so").orElseThrow()).isSameAs(debugFile);
    }

    /** Checks the debug files of this machine against the libraries that they are for. */
    @Test
    void installedDebugFilesAreFound() throws IOException {
        Path libc = Path.of("/lib/x86_64-linux-gnu/libc.so.6");
        ElfFile elf = ElfFile.open(libc);
        Optional<ElfFile> debugFile = new DebugFiles(Path.of("/")).find(elf, libc.toString());
        assumeThat(debugFile).as("libc6-dbg is installed").isPresent();

        assertThat(debugFile.orElseThrow().buildId()).isEqualTo(elf.buildId());
        assertThat(debugFile.orElseThrow().symbols().find("__strlen_avx2")).isPresent();
    }

    /** Made by hand as dwz(1) writes it: a name, a zero, and the build id of the file of that name. */
    @Test
    void supplementaryFilesAreFoundByPathAndByBuildId() throws IOException {
        ByteArrayOutputStream link = new ByteArrayOutputStream();
        link.write("common\0".getBytes(StandardCharsets.UTF_8));
        link.write(HexFormat.of().parseHex(stripped.buildId().orElseThrow()));
        Files.write(bin.resolve("link"), link.toByteArray());
        Command.run(bin, "objcopy", "--add-section", ".gnu_debugaltlink=link", "prog.debug", "linked.debug");
        ElfFile linked = ElfFile.open(bin.resolve("linked.debug"));
        DebugFiles debugFiles = new DebugFiles(root);

        assertThat(debugFiles.findSupplementary(linked, "/opt/bin/linked.debug"))
                .isEmpty();
        Files.copy(bin.resolve("prog.so"), bin.resolve("common"));
        assertThat(debugFiles
                        .findSupplementary(linked, "/opt/bin/linked.debug")
                        .orElseThrow()
                        .name())
                .endsWith("/opt/bin/common");
        Files.delete(bin.resolve("common"));
        move(buildIdPath());
        assertThat(debugFiles
                        .findSupplementary(linked, "/opt/bin/linked.debug")
                        .orElseThrow()
                        .name())
                .contains(".build-id");
        assertThat(debugFiles.findSupplementary(stripped, "/opt/bin/prog.so")).isEmpty();
    }

    /** Files as Fedora makes them carry their symbols with them. */
    @Test
    void whatAStrippedObjectLacksIsInItsDebugFileOrInItself() throws IOException {
        Command.run(bin, "objcopy", "-S", "--keep-symbol=hidden", "whole.so", "mini");
        Command.run(bin, "xz", "mini");
        Command.run(bin, "objcopy", "--add-section", ".gnu_debugdata=mini.xz", "prog.so", "carrying.so");
        ElfFile carrying = ElfFile.open(bin.resolve("carrying.so"));

        ElfFile besides = new DebugFiles(root)
                .symbolFile(carrying, "/opt/bin/carrying.so")
                .orElseThrow();
        assertThat(besides.name()).endsWith("prog.debug");
        Files.delete(bin.resolve("prog.debug"));
        ElfFile within = new DebugFiles(root)
                .symbolFile(carrying, "/opt/bin/carrying.so")
                .orElseThrow();
        assertThat(within.symbols().find("hidden").orElseThrow().virtualAddress())
                .isEqualTo(besides.symbols().find("hidden").orElseThrow().virtualAddress());
        assertThat(new DebugFiles(root).symbolFile(stripped, "/opt/bin/prog.so"))
                .isEmpty();
    }

    @Test
    void corruptEmbeddedSymbolsAreNone() throws IOException {
        Files.writeString(bin.resolve("text"), "no xz data");
        Files.delete(bin.resolve("prog.debug"));
        Command.run(bin, "objcopy", "--add-section", ".gnu_debugdata=text", "prog.so", "carrying.so");

        assertThat(new DebugFiles(root).symbolFile(ElfFile.open(bin.resolve("carrying.so")), "/opt/bin/carrying.so"))
                .isEmpty();
    }
}
