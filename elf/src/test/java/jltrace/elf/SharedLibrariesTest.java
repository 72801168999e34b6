package jltrace.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cases of the loader's search, each compared with what {@code ldd} makes of the same files. */
class SharedLibrariesTest {
    private static final Pattern LDD = Pattern.compile("\t(?:(\\S+) => )?(\\S+)(?: \\(0x[0-9a-f]+\\)| found)");

    @TempDir
    private Path directory;

    private Compiler compiler;

    @BeforeEach
    void useDirectory() throws IOException {
        directory = directory.toRealPath();
        compiler = new Compiler(directory);
    }

    /** A library whose function returns {@code number}. */
    private Path library(String output, int number, String options) {
        return compiler.library(
                output, "int number(void) { return " + number + "; }", "-Wl,-soname,libnumber.so.1 " + options);
    }

    private Path program(String options) {
        return compiler.build("prog", "int number(void); int main(void) { return number(); }", options);
    }

    private SharedLibraries sharedLibraries(Path program, Map<String, String> variables) throws IOException {
        return SharedLibraries.of(program.toString(), environment(variables, false));
    }

    private LoaderEnvironment environment(Map<String, String> variables, boolean secureExecution) {
        return new LoaderEnvironment(
                Path.of("/"), directory.toString(), variables, secureExecution, LoaderHelp.capabilities());
    }

    /** Compares with ldd, and returns the paths behind the program, missing libraries left out. */
    private List<String> pathsAsLdd(Path program, Map<String, String> variables) throws IOException {
        SharedLibraries libraries = sharedLibraries(program, variables);
        List<String> lines = new ArrayList<>();
        List<String> paths = new ArrayList<>();
        for (LoadedObject object :
                libraries.objects().subList(1, libraries.objects().size())) {
            if (!libraries.scope().objects().contains(object.elf())) {
                continue; // ldd does not show a loader that nothing needs.
            }
            lines.add(object.name().equals(object.path()) ? object.path() : object.name() + " " + object.path());
            paths.add(object.path());
        }
        List<String> missing = new ArrayList<>();
        for (MissingLibrary library : libraries.missing()) {
            if (!library.neededBy().isEmpty()) {
                missing.add(library.name());
            }
        }
        List<String> expected = new ArrayList<>();
        List<String> expectedMissing = new ArrayList<>();
        for (String line : Command.output(directory, variables, List.of("ldd", program.toString()))) {
            Matcher matcher = LDD.matcher(line);
            if (matcher.matches() && !line.contains("linux-vdso")) {
                if (matcher.group(2).equals("not")) {
                    expectedMissing.add(matcher.group(1));
                } else {
                    expected.add(
                            matcher.group(1) == null ? matcher.group(2) : matcher.group(1) + " " + matcher.group(2));
                }
            }
        }
        assertThat(lines).isEqualTo(expected);
        assertThat(missing).isEqualTo(expectedMissing);
        return paths;
    }

    @Test
    void runpathIsRelativeToTheObject() throws IOException {
        Path library = library("lib/libnumber.so.1", 1, "");
        Path program = program(library + " -Wl,--enable-new-dtags,-rpath,$ORIGIN/lib");

        assertThat(pathsAsLdd(program, Map.of())).first().isEqualTo(directory + "/lib/libnumber.so.1");
        LoadedObject found = sharedLibraries(program, Map.of()).objects().get(1);
        assertThat(found.foundBy()).isEqualTo(LoadedObject.FoundBy.RUNPATH);
        assertThat(found.name()).isEqualTo("libnumber.so.1");
    }

    @Test
    void bracesAndTheOtherTokensAreReplaced() throws IOException {
        Path library = library("lib/x86_64-linux-gnu/libnumber.so.1", 1, "");
        for (String platform : List.of("x86_64", "haswell", "xeon_phi")) { // Which it is depends on the machine.
            library("for-" + platform + "/libnumber.so.1", 2, "");
        }
        Path program = program(library + " -Wl,-rpath,${ORIGIN}/$LIB:$ORIGIN/for-$PLATFORM");

        assertThat(pathsAsLdd(program, Map.of())).first().asString().endsWith("libnumber.so.1");
        Path other = program(library + " -Wl,-rpath,$ORIGINAL:$ORIGIN/for-${PLATFORM}");
        assertThat(pathsAsLdd(other, Map.of())).first().asString().endsWith("libnumber.so.1");
    }

    @Test
    void rpathServesWhatLibrariesNeedAndRunpathDoesNot() throws IOException {
        Path inner = library("inner/libnumber.so.1", 1, "");
        Path outer = compiler.library(
                "outer/libouter.so", "int number(void); int outer(void) { return number(); }", inner.toString());
        String source = "int outer(void); int main(void) { return outer(); }";
        String paths = ",-rpath,$ORIGIN/outer:$ORIGIN/inner " + outer + " -Wl,--allow-shlib-undefined";
        Path withRpath = compiler.build("rpath", source, "-Wl,--disable-new-dtags" + paths);
        Path withRunpath = compiler.build("runpath", source, "-Wl,--enable-new-dtags" + paths);

        assertThat(pathsAsLdd(withRpath, Map.of())).contains(inner.toString());
        assertThat(pathsAsLdd(withRunpath, Map.of())).doesNotContain(inner.toString());
        MissingLibrary missing =
                sharedLibraries(withRunpath, Map.of()).missing().get(0);
        assertThat(missing).isEqualTo(new MissingLibrary("libnumber.so.1", outer.toString(), "not found"));
    }

    @Test
    void aLibraryWithRunpathTakesNoNoticeOfTheProgramsRpath() throws IOException {
        Path inner = library("inner/libnumber.so.1", 1, "");
        Path outer = compiler.library(
                "outer/libouter.so",
                "int number(void); int outer(void) { return number(); }",
                inner + " -Wl,--enable-new-dtags,-rpath,/nowhere");
        Path program = compiler.build(
                "prog",
                "int outer(void); int main(void) { return outer(); }",
                outer + " -Wl,--allow-shlib-undefined -Wl,--disable-new-dtags,-rpath,$ORIGIN/outer:$ORIGIN/inner");

        assertThat(pathsAsLdd(program, Map.of())).doesNotContain(inner.toString());
    }

    @Test
    void libraryPathComesAfterRpathAndBeforeRunpath() throws IOException {
        Path library = library("lib/libnumber.so.1", 1, "");
        Path other = library("other/libnumber.so.1", 2, "");
        Map<String, String> variables = Map.of("LD_LIBRARY_PATH", "/nowhere;" + other.getParent() + "/");

        Path withRpath = program(library + " -Wl,--disable-new-dtags,-rpath,$ORIGIN/lib");
        assertThat(pathsAsLdd(withRpath, variables)).first().isEqualTo(library.toString());
        assertThat(sharedLibraries(withRpath, variables).objects().get(1).foundBy())
                .isEqualTo(LoadedObject.FoundBy.RPATH);
        Path withRunpath = program(library + " -Wl,--enable-new-dtags,-rpath,$ORIGIN/lib");
        assertThat(pathsAsLdd(withRunpath, variables)).first().isEqualTo(other.toString());
        assertThat(sharedLibraries(withRunpath, variables).objects().get(1).foundBy())
                .isEqualTo(LoadedObject.FoundBy.LIBRARY_PATH);
    }

    @Test
    void anEmptyElementOfLibraryPathIsTheWorkingDirectory() throws IOException {
        Path library = library("libnumber.so.1", 1, "");

        assertThat(pathsAsLdd(program(library.toString()), Map.of("LD_LIBRARY_PATH", "/nowhere:")))
                .first()
                .isEqualTo("libnumber.so.1");
    }

    @Test
    void preloadedLibrariesComeFirstAndMissingOnesDoNotMatter() throws IOException {
        Path library = library("lib/libnumber.so.1", 1, "");
        Path first = compiler.library("first.so", "int first;", "");
        Path second = compiler.library("second.so", "int number(void) { return 7; }", "");
        Path program = program(library + " -Wl,-rpath,$ORIGIN/lib");
        Map<String, String> variables = Map.of("LD_PRELOAD", first + " /nowhere/third.so:" + second);

        assertThat(pathsAsLdd(program, variables)).startsWith(first.toString(), second.toString(), library.toString());
        SharedLibraries libraries = sharedLibraries(program, variables);
        assertThat(libraries.missing()).containsExactly(new MissingLibrary("/nowhere/third.so", "", "not found"));
        assertThat(libraries.scope().find("number").orElseThrow().object().name())
                .as("interposition")
                .isEqualTo(second.toString());
    }

    @Test
    void aNameWithASlashIsAPath() throws IOException {
        library("sub/libnumber.so.1", 1, "-Wl,-soname,sub/libnumber.so.1");
        Path program = program("sub/libnumber.so.1");

        assertThat(pathsAsLdd(program, Map.of())).first().isEqualTo("sub/libnumber.so.1");
    }

    @Test
    void subdirectoriesForTheProcessorComeFirst() throws IOException {
        Path library = library("lib/libnumber.so.1", 1, "");
        library("lib/glibc-hwcaps/x86-64-v2/libnumber.so.1", 2, "");
        library("lib/glibc-hwcaps/x86-64-v3/libnumber.so.1", 3, "");
        library("lib/glibc-hwcaps/x86-64-v4/libnumber.so.1", 4, "");

        Path program = program(library + " -Wl,-rpath,$ORIGIN/lib");
        pathsAsLdd(program, Map.of());
        LoaderEnvironment oldProcessor =
                new LoaderEnvironment(Path.of("/"), "/", Map.of(), false, ProcessorCapabilities.of("", ""));
        assertThat(SharedLibraries.of(program.toString(), oldProcessor)
                        .objects()
                        .get(1)
                        .path())
                .isEqualTo(library.toString());
    }

    @Test
    void subdirectoriesOfOlderLoadersAreLookedInIfTheLoaderIsOlder() throws IOException {
        Path library = library("lib/libnumber.so.1", 1, "");
        library("lib/tls/libnumber.so.1", 2, "");
        library("lib/x86_64/libnumber.so.1", 3, "");
        library("lib/tls/x86_64/libnumber.so.1", 4, "");

        pathsAsLdd(program(library + " -Wl,-rpath,$ORIGIN/lib"), Map.of());
    }

    @Test
    void librariesForOtherMachinesArePassedOver() throws IOException {
        Path library = library("lib/libnumber.so.1", 1, "");
        byte[] bytes = Files.readAllBytes(library);
        ByteBuffer arm =
                ByteBuffer.wrap(bytes.clone()).order(ByteOrder.LITTLE_ENDIAN).putShort(18, (short) 183);
        Files.createDirectories(directory.resolve("arm"));
        Files.write(directory.resolve("arm/libnumber.so.1"), arm.array());
        byte[] narrow = bytes.clone();
        narrow[4] = 1;
        Files.createDirectories(directory.resolve("narrow"));
        Files.write(directory.resolve("narrow/libnumber.so.1"), narrow);
        Path program = program(library + " -Wl,-rpath,$ORIGIN/lib");
        String paths = directory + "/arm:" + directory + "/narrow";

        assertThat(pathsAsLdd(program, Map.of("LD_LIBRARY_PATH", paths)))
                .first()
                .isEqualTo(library.toString());
    }

    @Test
    void aFileThatIsNoElfFileEndsTheSearch() throws IOException {
        Path library = library("lib/libnumber.so.1", 1, "");
        Files.createDirectories(directory.resolve("text"));
        Files.writeString(
                directory.resolve("text/libnumber.so.1"), "INPUT(libnumber.so.2) and more than an ELF header has");
        Path program = program(library + " -Wl,-rpath,$ORIGIN/lib");
        Map<String, String> variables = Map.of("LD_LIBRARY_PATH", directory + "/text");

        assertThat(sharedLibraries(program, variables).missing())
                .singleElement()
                .satisfies(missing -> {
                    assertThat(missing.name()).isEqualTo("libnumber.so.1");
                    assertThat(missing.reason()).contains("not an ELF file");
                });
        List<String> errors = new ArrayList<>();
        int status = Command.run(directory, variables, List.of(program.toString()), true, errors::add);
        assertThat(status).as("status of the loader, which says %s", errors).isEqualTo(127);
    }

    @Test
    void oneFileUnderTwoNamesIsOneObject() throws IOException {
        Path library = library("lib/libnumber.so.1", 1, "");
        Path user = compiler.library(
                "lib/libuser.so", "int number(void); int user(void) { return number(); }", library.toString());
        Files.createSymbolicLink(directory.resolve("lib/libother.so"), Path.of("libnumber.so.1"));
        Path program = program("-Wl,--no-as-needed " + library + " " + user + " -Wl,-rpath,$ORIGIN/lib");
        Map<String, String> variables = Map.of("LD_PRELOAD", directory + "/lib/libother.so");

        assertThat(pathsAsLdd(program, variables))
                .startsWith(directory + "/lib/libother.so", user.toString())
                .doesNotContain(library.toString());
        assertThat(sharedLibraries(program, variables).objects().get(1).file()).isEqualTo(library);
    }

    @Test
    void withoutDefaultDirectoriesOnlyGivenOnesCount() throws IOException {
        Path library = library("lib/libnumber.so.1", 1, "");
        Path program = program(library + " -Wl,-z,nodefaultlib -Wl,-rpath,$ORIGIN/lib");

        pathsAsLdd(program, Map.of());
        pathsAsLdd(program, Map.of("LD_LIBRARY_PATH", "/lib/x86_64-linux-gnu"));
    }

    @Test
    void staticProgramsAreAlone() throws IOException {
        for (String option : List.of("-static", "-static-pie")) {
            Path program = compiler.build("static", "int main(void) { return 0; }", option);

            assertThat(sharedLibraries(program, Map.of("LD_PRELOAD", "/lib/x86_64-linux-gnu/libm.so.6")))
                    .singleElement()
                    .satisfies(object -> assertThat(object.foundBy()).isEqualTo(LoadedObject.FoundBy.PROGRAM));
        }
    }

    @Test
    void theLoaderOfAProgramThatNeedsNothingIsLoadedToo() throws IOException {
        Path program = compiler.build("alone", "void _start(void) { }", "-nostdlib -pie -fPIE");

        List<LoadedObject> objects = sharedLibraries(program, Map.of()).objects();
        assertThat(objects).hasSize(2);
        assertThat(objects.get(1).path()).isEqualTo("/lib64/ld-linux-x86-64.so.2");
        assertThat(objects.get(1).foundBy()).isEqualTo(LoadedObject.FoundBy.INTERPRETER);
    }

    @Test
    void aProgramThatGainsPrivilegesTrustsNoVariables() throws IOException {
        Path library = library("lib/libnumber.so.1", 1, "");
        library("other/libnumber.so.1", 2, "");
        Path program = program(library + " -Wl,-rpath,$ORIGIN/lib:" + directory + "/lib");
        Map<String, String> variables =
                Map.of("LD_LIBRARY_PATH", directory + "/other", "LD_PRELOAD", library.toString());

        SharedLibraries libraries = SharedLibraries.of(program.toString(), environment(variables, true));
        LoadedObject number = libraries.objects().get(1);
        assertThat(number.path()).isEqualTo(library.toString());
        assertThat(number.foundBy()).isEqualTo(LoadedObject.FoundBy.RUNPATH);
        assertThat(libraries.missing()).as("a path to preload is passed over").isEmpty();
    }

    @Test
    void aHardLinkIsTheSameObject() throws IOException {
        Path library = library("lib/libnumber.so.1", 1, "");
        Files.createLink(directory.resolve("lib/hard.so"), library);
        Path program = program(library + " -Wl,-rpath,$ORIGIN/lib");

        assertThat(pathsAsLdd(program, Map.of("LD_PRELOAD", directory + "/lib/hard.so")))
                .doesNotContain(library.toString());
    }

    @Test
    void inAContainerLinksLeadToFilesOfTheContainer() throws IOException {
        Path root = directory.resolve("root");
        Files.createDirectories(root.resolve("usr/lib64"));
        Files.createDirectories(root.resolve("opt/real"));
        Files.createDirectories(root.resolve("usr/bin"));
        Files.createSymbolicLink(root.resolve("lib64"), Path.of("usr/lib64"));
        Path library = library("root/opt/real/libnumber.so.1", 1, "-nostdlib");
        Files.createSymbolicLink(root.resolve("opt/link"), Path.of("/opt/../opt/real"));
        Files.copy(Path.of("/lib64/ld-linux-x86-64.so.2"), root.resolve("usr/lib64/ld-linux-x86-64.so.2"));
        Path program = compiler.build(
                "root/usr/bin/prog",
                "int number(void); void _start(void) { number(); }",
                "-nostdlib " + library + " -Wl,-rpath,/opt/link");

        LoaderEnvironment environment = new LoaderEnvironment(root, "/", Map.of(), false, LoaderHelp.capabilities());
        SharedLibraries libraries = SharedLibraries.of("/usr/bin/prog", environment);
        assertThat(libraries)
                .extracting(LoadedObject::path)
                .containsExactly("/usr/bin/prog", "/opt/link/libnumber.so.1", "/lib64/ld-linux-x86-64.so.2");
        assertThat(libraries)
                .extracting(LoadedObject::file)
                .containsExactly(program, library, root.resolve("usr/lib64/ld-linux-x86-64.so.2"));
        assertThat(libraries.missing()).isEmpty();
    }

    @Test
    void aMissingProgramIsReportedAsSuch() {
        assertThatThrownBy(() -> sharedLibraries(directory.resolve("nothing"), Map.of()))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("nothing");
    }
}
