package jltrace.prototype;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jltrace.type.FunctionSignature;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrototypeSearchPathTest {

    @TempDir
    private Path root;

    private PrototypeSearchPath searchPath = new PrototypeSearchPath();

    @BeforeEach
    void makeHome() throws IOException {
        searchPath =
                new PrototypeSearchPath(Map.of("HOME", "/home/me", "XDG_CONFIG_DIRS", "/etc/a:relative:/etc/b"), root);
    }

    @Test
    void theFirstSourceThatKnowsAFunctionAnswers() throws Exception {
        Path named = write("named.conf", "int a(int);\n");
        Path directory = root.resolve("named");
        write("named/libx.so.1.conf", "int a();\nint b(int);\n");
        write("home/me/.config/ltrace/libx.so.1.conf", "int b();\nint c(int);\n");
        write("home/me/.ltrace/libx.so.1.conf", "int c();\nint d(int);\n");
        write("etc/a/ltrace/libx.so.1.conf", "int d();\nint e(int);\n");
        write("etc/b/ltrace/libx.so.1.conf", "int e();\nint f(int);\n");
        write("usr/share/ltrace/libx.so.1.conf", "int f();\nint g(int);\n");
        write("home/me/.ltrace.conf", "int g();\nint h(int);\n");
        write("etc/ltrace.conf", "int h();\nint i(int);\n");
        Prototypes prototypes = searchPath.prototypes(List.of(named, directory));
        for (String function : List.of("a", "b", "c", "d", "e", "f", "g", "h", "i")) {
            Prototype prototype = prototypes.find("libx.so.1", function);
            assertThat(prototype.signature().parameters()).as(function).hasSize(1);
            assertThat(prototype.source().origin())
                    .isEqualTo("ab".contains(function) ? PrototypeSource.Origin.USER : PrototypeSource.Origin.LTRACE);
        }
        assertThat(prototypes.find("libx.so.1", "i").source()).hasToString(root.resolve("etc/ltrace.conf") + ":2");
        assertThat(prototypes.find("libx.so.1", "j"))
                .isEqualTo(new Prototype(FunctionSignature.guessed("j"), PrototypeSource.GUESS));
        assertThat(prototypes.find("libx.so.1", "j").source()).hasToString("guess");
        assertThat(prototypes.errors()).isEmpty();
    }

    @Test
    void theUsersFileGoesBeforeTheBundledAndTheBundledBeforeLtraces() throws Exception {
        write("usr/share/ltrace/libc.so.6.conf", "int strlen();\nint fromltrace(int);\n");
        write("etc/ltrace.conf", "int strlen();\nint close();\n");
        Prototypes plain = searchPath.prototypes(List.of());
        assertThat(plain.find("libc.so.6", "strlen").source().origin()).isEqualTo(PrototypeSource.Origin.BUNDLED);
        assertThat(plain.find("libc.so.6", "fromltrace").source().origin()).isEqualTo(PrototypeSource.Origin.LTRACE);
        Path named = write("named.conf", "int strlen(int, int);\n");
        Prototypes withUsers = searchPath.prototypes(List.of(named));
        assertThat(withUsers.find("libc.so.6", "strlen").source().origin()).isEqualTo(PrototypeSource.Origin.USER);
        assertThat(withUsers.find("libc.so.6", "close").source().origin()).isEqualTo(PrototypeSource.Origin.BUNDLED);
    }

    @Test
    void aLibrarysPrototypesAreItsOwn() throws Exception {
        Prototypes prototypes = searchPath.prototypes(List.of());
        assertThat(prototypes.find("libother.so.1", "strlen").signature().guessed())
                .isTrue();
        assertThat(prototypes.find("libpthread.so.0", "pthread_join").source().file())
                .isEqualTo("libc.so.6.conf");
        assertThat(prototypes.find("returns", "noreturn").signature().guessed()).isTrue();
        assertThat(prototypes.errors()).isEmpty();
    }

    @Test
    void ltracesCommonFileSpeaksOfTheCLibraryWhereItHasItsNames() throws Exception {
        write("etc/ltrace.conf", "string index(string, char);\nint bfd_init(int);\n");
        Prototypes prototypes = searchPath.prototypes(List.of());
        assertThat(prototypes.find("libmine.so.1", "index").signature().guessed())
                .isTrue();
        assertThat(prototypes.find("libc.musl-x86_64.so.1", "index").signature().guessed())
                .isFalse();
        assertThat(prototypes.find("libbfd.so", "bfd_init").signature().guessed())
                .isFalse();
        write("home/me/.ltrace.conf", "long index(long);\n");
        assertThat(searchPath
                        .prototypes(List.of())
                        .find("libmine.so.1", "index")
                        .signature()
                        .parameters())
                .hasSize(1);
    }

    @Test
    void aFileForAnOlderNameServesWhereThereIsNoneForTheNewer() throws Exception {
        write("usr/share/ltrace/libx.so.conf", "int a(int);\n");
        write("usr/share/ltrace/liby.so.2.conf", "int a(int);\n");
        write("usr/share/ltrace/libx.conf", "int b(int);\n");
        write("usr/share/ltrace/prog.conf", "int b(int);\n");
        Prototypes prototypes = searchPath.prototypes(List.of());
        assertThat(prototypes.find("libx.so.6.1", "a").signature().guessed()).isFalse();
        assertThat(prototypes.find("liby.so.2.3", "a").signature().guessed()).isFalse();
        assertThat(prototypes.find("liby.so.1", "a").signature().guessed()).isTrue();
        assertThat(prototypes.find("libx.so.6", "b").signature().guessed()).isTrue();
        assertThat(prototypes.find("prog", "b").signature().guessed()).isFalse();
    }

    @Test
    void importsAreFoundBesideTheFileInLtracesDirectoriesAndAmongTheBundled() throws Exception {
        write("usr/share/ltrace/types.conf", "typedef number = hex(int);\n");
        write("users/beside.conf", "typedef text = string;\n");
        Path named = write(
                "users/named.conf",
                "import \"types\"\nimport \"beside\"\nimport \"libc.so.6\"\nnumber f(text, signum);\n");
        Prototypes prototypes = searchPath.prototypes(List.of(named));
        assertThat(prototypes.find("libx.so.1", "f").signature().parameters()).hasSize(2);
        assertThat(prototypes.errors()).isEmpty();
    }

    @Test
    void aNamedFileThatCannotBeReadIsAnErrorWithItsReason() {
        Path missing = root.resolve("missing.conf");
        assertThatThrownBy(() -> searchPath.prototypes(List.of(missing)))
                .isInstanceOf(PrototypeFileException.class)
                .hasMessage("cannot read the prototype file " + missing + ": there is no such file");
    }

    @Test
    void aSonameThatLeadsElsewhereHasNoFile() throws Exception {
        write("usr/share/evil.conf", "int a(int);\n");
        write("usr/share/ltrace/x.conf", "int a(int);\n");
        Prototypes prototypes = searchPath.prototypes(List.of());
        assertThat(prototypes.find("../evil", "a").signature().guessed()).isTrue();
        assertThat(prototypes.find("li\0b", "a").signature().guessed()).isTrue();
    }

    @Test
    void bytesThatAreNoTextAreReadAllTheSame() throws Exception {
        Path file = root.resolve("latin1.conf");
        Files.write(
                file, new byte[] {';', (byte) 0xe4, '\n', 'i', 'n', 't', ' ', 'f', '(', ')', '\n', (byte) 0xff, '\n'});
        Prototypes prototypes = searchPath.prototypes(List.of(file));
        assertThat(prototypes.find("libx.so.1", "f").signature().guessed()).isFalse();
        assertThat(prototypes.errors()).hasSize(1);
    }

    private Path write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
