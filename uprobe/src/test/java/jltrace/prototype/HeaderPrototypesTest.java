package jltrace.prototype;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import jltrace.type.FunctionPointerType;
import jltrace.type.FunctionSignature;
import jltrace.type.IntegerType;
import jltrace.type.Parameter;
import jltrace.type.StringType;
import jltrace.type.VoidType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderPrototypesTest {
    private static final Path CALLS =
            Path.of(System.getProperty("jltrace.root", "..")).resolve("fixtures/lib/calls/calls.h");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void aHeaderTellsTypesAndNamesOfParameters(String compiler) throws Exception {
        Path header = write("shapes.h", """
                #include <stddef.h>
                typedef int (*compare)(const void *, const void *);
                struct point { int x; short y; };
                extern void sort(void *base, size_t __count, compare by) __attribute__((nonnull(1)));
                char *label(const struct point *, const char *text, unsigned char (*of)[4], ...);
                void (*chosen(int number, void (*otherwise)(int)))(int);
                static inline int within(int a) { return a; }
                #define renamed(a) real_name(a)
                long real_name(long n);
                struct point *origin(void);
                typedef long number(long);
                int plain[sizeof(int)];
                """);
        HeaderPrototypes prototypes = HeaderPrototypes.read(header, only(compiler));
        assertThat(prototypes.functionNames())
                .containsExactlyInAnyOrder("sort", "label", "chosen", "real_name", "origin");
        FunctionSignature sort = signature(prototypes, "sort");
        assertThat(sort.result()).isEqualTo(VoidType.VOID);
        assertThat(sort.parameters()).extracting(Parameter::name).containsExactly("base", "count", "by");
        assertThat(sort.parameters().get(1).type()).isEqualTo(IntegerType.UNSIGNED_LONG);
        assertThat(sort.parameters().get(2).type()).isEqualTo(FunctionPointerType.CALLBACK);
        FunctionSignature label = signature(prototypes, "label");
        assertThat(label.variadic()).isTrue();
        assertThat(label.result()).isEqualTo(StringType.C_STRING);
        assertThat(label.parameters()).extracting(Parameter::name).containsExactly("", "text", "of");
        assertThat(signature(prototypes, "chosen").parameters())
                .extracting(Parameter::name)
                .containsExactly("number", "otherwise");
        assertThat(signature(prototypes, "chosen").result()).isEqualTo(FunctionPointerType.CALLBACK);
        assertThat(prototypes.find("any.so", "sort").orElseThrow().source().toString())
                .isEqualTo(header.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void everyFunctionThatAFixturesHeaderDeclaresIsThere(String compiler) throws Exception {
        Set<String> declared = new HashSet<>();
        for (String line : Files.readAllLines(CALLS)) {
            if (line.matches("\\w.*\\w\\(.*\\);.*") && !line.startsWith("typedef")) {
                declared.add(line.replaceFirst("\\(.*", "").replaceFirst(".*[ *]", ""));
            }
        }
        assertThat(declared).hasSizeGreaterThan(50);
        assertThat(HeaderPrototypes.read(CALLS, only(compiler)).functionNames()).containsAll(declared);
    }

    @Test
    void headersOfTheSystemThatAreIncludedGiveNothing() throws Exception {
        write("inner/part.h", "int part(int a);\n");
        Path header = write("outer.h", "#include <stdio.h>\n#include \"inner/part.h\"\nint whole(FILE *to);\n");
        assertThat(HeaderPrototypes.read(header, path()).functionNames()).containsExactlyInAnyOrder("whole", "part");
    }

    @Test
    void aFunctionWithoutAPrototypeIsNotTakenForOneWithoutParameters() throws Exception {
        Path header = write("old.h", "int old();\nint named(size_t);\nint none(void);\n");
        assertThat(HeaderPrototypes.read(header, only("gcc")).functionNames()).containsExactly("none");
    }

    @Test
    void aHeaderWithoutFunctionsGivesNone() throws Exception {
        assertThat(HeaderPrototypes.read(write("empty.h", ""), path()).functionNames())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void aHeaderThatNeedsAnotherIsOneErrorWithTheFirstComplaint(String compiler) throws Exception {
        Path header = write("needs.h", "int a(size_t n);\nint b(uint32_t n);\n");
        assertThatThrownBy(() -> HeaderPrototypes.read(header, only(compiler)))
                .isInstanceOf(PrototypeFileException.class)
                .hasMessageStartingWith("cannot take prototypes from " + header + ": " + header.toRealPath() + ":1:")
                .hasMessageContaining("size_t")
                .hasMessageNotContaining("uint32_t")
                .hasMessageNotContaining("\n");
    }

    @Test
    void anIncludedHeaderThatIsMissingIsNamed() throws Exception {
        Path header = write("broken.h", "#include <no/such/header.h>\n");
        assertThatThrownBy(() -> HeaderPrototypes.read(header, path()))
                .isInstanceOf(PrototypeFileException.class)
                .hasMessageContaining("broken.h:1:10: fatal error: no/such/header.h: No such file or directory");
    }

    @Test
    void whatIsNoHeaderIsAnErrorWithItsReason() throws Exception {
        Path missing = directory.resolve("missing.h");
        assertThatThrownBy(() -> HeaderPrototypes.read(missing, path()))
                .hasMessage("cannot take prototypes from " + missing + ": there is no such file");
        assertThatThrownBy(() -> HeaderPrototypes.read(directory, path()))
                .hasMessage("cannot take prototypes from " + directory + ": it is no regular file");
        Path bytes = directory.resolve("bytes.h");
        Files.write(bytes, new byte[] {0x7f, 'E', 'L', 'F', 0, 1, 2, 3, (byte) 0xff});
        assertThatThrownBy(() -> HeaderPrototypes.read(bytes, path())).isInstanceOf(PrototypeFileException.class);
    }

    @Test
    void withoutACompilerTheErrorSaysWhatToInstall() throws Exception {
        Path header = write("fine.h", "int a(void);\n");
        assertThatThrownBy(() -> HeaderPrototypes.read(header, directory.toString() + ":.:"))
                .hasMessage(
                        "cannot take prototypes from " + header + ": no C compiler on the PATH: install gcc or clang");
    }

    @Test
    void headersComeAfterTheUsersFilesAndBeforeTheBundledOnes() throws Exception {
        Path header = write("mine.h", "int strlen(int named_by_the_header);\nint other(int a);\n");
        Path file = write("mine.conf", "void other(string);\n");
        Prototypes prototypes = new PrototypeSearchPath().prototypes(List.of(file), List.of(header));
        assertThat(prototypes.find("libc.so.6", "strlen").signature().parameters())
                .extracting(Parameter::name)
                .containsExactly("named_by_the_header");
        assertThat(prototypes.find("libc.so.6", "strlen").source().origin()).isEqualTo(PrototypeSource.Origin.USER);
        assertThat(prototypes.find("libc.so.6", "other").signature().result()).isEqualTo(VoidType.VOID);
    }

    @Test
    void nothingIsLeftInTheDirectoryForTemporaryFiles() throws Exception {
        Set<Path> before = temporary();
        HeaderPrototypes.read(write("fine.h", "int a(void);\n"), path());
        Path broken = write("broken.h", "int a(;\n");
        assertThatThrownBy(() -> HeaderPrototypes.read(broken, path())).isInstanceOf(PrototypeFileException.class);
        Set<Path> after = temporary();
        after.removeAll(before);
        assertThat(after).isEmpty();
    }

    private static Set<Path> temporary() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            Set<Path> ours = new HashSet<>();
            files.filter(file -> file.getFileName().toString().startsWith("jltrace-header-"))
                    .forEach(ours::add);
            return ours;
        }
    }

    /** A search path on which there is one compiler. */
    private String only(String compiler) throws IOException {
        Path folder = Files.createDirectories(directory.resolve("only-" + compiler));
        Path script =
                Files.writeString(folder.resolve(compiler), "#!/bin/sh\nexec /usr/bin/%s \"$@\"\n".formatted(compiler));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return folder.toString();
    }

    private static String path() {
        return "/usr/bin:/bin";
    }

    private static FunctionSignature signature(HeaderPrototypes prototypes, String function) {
        return prototypes.find("any.so", function).orElseThrow().signature();
    }

    private Path write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
