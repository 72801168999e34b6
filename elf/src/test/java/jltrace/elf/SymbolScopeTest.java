package jltrace.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of the loader's search for symbols; the expectations are those of glibc's elf/dl-lookup.c. */
class SymbolScopeTest {
    @TempDir
    private Path directory;

    private Compiler compiler;

    @BeforeEach
    void useDirectory() {
        compiler = new Compiler(directory);
    }

    private ElfFile library(String name, String source, String versions, String options) throws IOException {
        String script = "";
        if (!versions.isEmpty()) {
            Files.writeString(directory.resolve("versions"), versions);
            script = "-Wl,--version-script=versions ";
        }
        return ElfFile.open(compiler.library(name, source, script + options));
    }

    private static Optional<String> found(Optional<SymbolScope.Definition> definition) {
        return definition.map(found -> Path.of(found.object().name()).getFileName() + " "
                + found.symbol().versionedName());
    }

    private static SymbolScope scope(ElfFile... objects) {
        return new SymbolScope(List.of(objects));
    }

    private ElfFile versioned() throws IOException {
        return library(
                "versioned.so",
                """
                int one(void) { return 1; }
                int two(void) { return 2; }
                int three(void) { return 3; }
                __asm__(".symver one, f@V1\\n.symver two, f@V2\\n.symver three, f@@V3");
                int g(void) { return 4; }
                int h(void) { return 5; }
                """,
                "V1 { global: f; h; local: one; two; three; }; V2 { f; } V1; V3 { f; g; } V2;",
                "");
    }

    @Test
    void aVersionIsFoundExactly() throws IOException {
        SymbolScope scope = scope(versioned());

        assertThat(found(scope.find("f", "V2"))).contains("versioned.so f@V2");
        assertThat(found(scope.find("f", "V3"))).contains("versioned.so f@@V3");
        assertThat(found(scope.find("f", "V4"))).isEmpty();
    }

    @Test
    void withoutAVersionTheFirstVersionIsFoundOrElseTheOnlyDefaultOne() throws IOException {
        SymbolScope scope = scope(versioned());

        assertThat(found(scope.find("f")))
                .as("what programs linked before versions get")
                .contains("versioned.so f@V1");
        assertThat(found(scope.find("g"))).as("the only default version").contains("versioned.so g@@V3");
        assertThat(found(scope.find("h"))).contains("versioned.so h@@V1");
    }

    @Test
    void aDefinitionWithoutVersionsServesEveryVersionAndComesFirstIfItsObjectDoes() throws IOException {
        ElfFile plain = library("plain.so", "int f(void) { return 0; }", "", "");

        assertThat(found(scope(plain, versioned()).find("f", "V2"))).contains("plain.so f");
        assertThat(found(scope(versioned(), plain).find("f", "V2"))).contains("versioned.so f@V2");
        assertThat(found(scope(versioned(), plain).find("f", "V9"))).contains("plain.so f");
    }

    @Test
    void hiddenLocalAndUndefinedSymbolsAreNotFound() throws IOException {
        ElfFile user = library("user.so", "int f(void); int u(void) { return f(); }", "", "");
        ElfFile plain = library(
                "plain.so",
                "static int s(void) { return 0; } int (*volatile p)(void) = s;"
                        + " __attribute__((visibility(\"hidden\"))) int k(void) { return 1; } int f(void) { return 2; }",
                "",
                "");

        assertThat(found(scope(user, plain).find("f"))).contains("plain.so f");
        assertThat(found(scope(user).find("f"))).isEmpty();
        assertThat(found(scope(plain).find("s"))).isEmpty();
        assertThat(found(scope(plain).find("k"))).isEmpty();
    }

    @Test
    void aWeakDefinitionComesBeforeALaterGlobalOne() throws IOException {
        ElfFile weak = library("weak.so", "__attribute__((weak)) int f(void) { return 0; }", "", "");
        ElfFile plain = library("plain.so", "int f(void) { return 0; }", "", "");

        assertThat(found(scope(weak, plain).find("f"))).contains("weak.so f");
    }

    @Test
    void callsOfOwnFunctionsAreTakenOverByEarlierObjectsUnlessTheObjectIsSymbolic() throws IOException {
        String source = "int f(void) { return 0; } int g(void) { return f() + 1; }";
        ElfFile first = library("first.so", "int f(void) { return 1; }", "", "");
        ElfFile plain = library("plain.so", source, "", "-fno-inline");
        Import call = plain.imports().ownFunctions().get(0);

        assertThat(call.name()).isEqualTo("f");
        assertThat(found(scope(first, plain).definitionOf(plain, call))).contains("first.so f");
        assertThat(found(scope(plain, first).definitionOf(plain, call))).contains("plain.so f");

        ElfFile symbolic = library("symbolic.so", source, "", "-fno-inline -Wl,-z,lazy -Wl,-Bsymbolic");
        assertThat(symbolic.dynamic().isSymbolic()).isTrue();
        assertThat(symbolic.imports().ownFunctions())
                .as("bound when it was linked")
                .isEmpty();
    }

    @Test
    void aPointerToAFunctionOfAProgramForAFixedAddressIsItsStubAndACallIsNot() throws IOException {
        ElfFile library = library(
                "libf.so",
                "int f(void) { return 0; } void *volatile p = f; int g(void) { return f(); }",
                "",
                "-fno-inline");
        Path program = compiler.build(
                "prog",
                "int f(void); int main(void) { return (long) f % 7 + f(); }",
                "-no-pie -fno-pie " + library.name());
        ElfFile elf = ElfFile.open(program);
        SymbolScope scope = scope(elf, library);

        for (Import anImport : library.imports().ownFunctions()) {
            SymbolScope.Definition definition =
                    scope.definitionOf(library, anImport).orElseThrow();
            boolean isCall = anImport.kind() == Import.Kind.JUMP_SLOT;
            assertThat(definition.object()).as("%s", anImport.kind()).isSameAs(isCall ? library : elf);
        }
        assertThat(library.imports().ownFunctions())
                .extracting(Import::kind)
                .contains(Import.Kind.JUMP_SLOT, Import.Kind.ABSOLUTE_64);
    }
}
