package jltrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Libraries wherever they come from: opened late, preloaded, found by each way of the loader's search, oddly named. */
@OnKernel
class LibrariesKernelTest {
    private static final Path ODD = Fixtures.BUILD.resolve("odd");

    @Test
    void aLibraryThatIsOpenedLateIsPickedUp() throws IOException, InterruptedException {
        try (RunningProcess server = RunningProcess.start("server", "1")) {
            RunningTrace trace = Jltrace.alone()
                    .withPrototypes()
                    .with("-v", "-l", "libplugin.so", "-p", Long.toString(server.pid()))
                    .start();
            trace.awaitAttached();

            server.ask("open ./libplugin.so", "truth plugin");
            awaitProbes(trace, "libplugin.so:");
            server.ask("open ./libplugin.so", "truth plugin");
            trace.awaitTrace(text -> text.contains("plugin_run"));
            trace.signal("INT");

            assertThat(trace.end().calls().of("plugin_run"))
                    .extracting(TracedCall::text)
                    .contains("server->plugin_run(5) = 7");
            assertThat(server.end()).isZero();
        }
    }

    @Test
    void callsOfALibraryThatIsOpenedLateAreShownAsItsOwn() throws IOException, InterruptedException {
        TraceRun run = Jltrace.of("dlopens", "./libplugin.so", "2")
                .withPrototypes()
                .with("-l", "libcalls.so.1")
                .run();

        assertThat(run.calls().texts())
                .contains(
                        "dlopens->starts_push(1) = 2",
                        "libplugin.so->starts_push(0) = 1",
                        "libplugin.so->starts_push(100) = 101",
                        "dlopens->starts_push(2) = 3");
    }

    @Test
    void aPreloadedLibraryIsCalledAndCallsOn() throws IOException, InterruptedException {
        Jltrace jltrace = Jltrace.of("five-lazy").withPrototypes().with("-e", "starts_push+starts_sub");
        jltrace.environment().put("LD_PRELOAD", Fixtures.program("libinterpose.so"));

        assertThat(jltrace.run().calls().texts())
                .contains("five-lazy->starts_push(0) = 1001", "five-lazy->starts_sub(6) = 2006");
    }

    @Test
    void aFunctionInThePlaceOfTheCLibrarysHasItsPrototype() throws IOException, InterruptedException {
        Jltrace jltrace = Jltrace.of("ifuncs").with("-e", "strlen");
        jltrace.environment().put("LD_PRELOAD", Fixtures.program("libinterpose.so"));

        assertThat(jltrace.run().calls().texts()).contains("ifuncs->strlen(\"length\") = 6");
    }

    @Test
    void theLibraryThatTheLoaderFindsIsTheOneThatIsTraced() throws IOException, InterruptedException {
        Jltrace jltrace = Jltrace.of("searchpath").withPrototypes().with("-e", "found_*");
        jltrace.environment().put("LD_LIBRARY_PATH", Fixtures.program("variable"));
        Jltrace byRpath = Jltrace.of("searchpath-rpath").withPrototypes().with("-e", "found_*");
        byRpath.environment().put("LD_LIBRARY_PATH", Fixtures.program("variable"));

        // LD_LIBRARY_PATH comes before RUNPATH and after RPATH: the fixture's libraries tell which of them answered.
        assertThat(jltrace.run().lines())
                .containsExactly(
                        "searchpath->found_by_runpath() = 1",
                        "searchpath->found_by_variable() = 2",
                        "searchpath->found_by_either() = 2",
                        "+++ exited (status 0) +++");
        assertThat(byRpath.run().lines())
                .containsExactly(
                        "searchpath-rpath->found_by_runpath() = 1",
                        "searchpath-rpath->found_by_variable() = 2",
                        "searchpath-rpath->found_by_either() = 1",
                        "+++ exited (status 0) +++");
    }

    @Test
    void aProgramWithAnOddNameIsTraced() throws IOException, InterruptedException {
        for (Path program : odd("prog")) {
            TraceRun run = Jltrace.of(program.toString(), "3")
                    .withPrototypes()
                    .with("-l", "libcalls.so.1")
                    .run();
            assertThat(run.status()).as(program.toString()).isEqualTo(3);
            assertThat(run.lines()).as(program.toString()).hasSize(3);
            assertThat(run.lines().get(0)).as(program.toString()).endsWith("->starts_push(1) = 2");
            assertThat(run.trace()).doesNotContain("\033");
        }
    }

    @Test
    void aLibraryWithAnOddNameIsACaller() throws IOException, InterruptedException {
        for (Path library : odd("lib")) {
            // Preloaded, so that it is there from the start; names with spaces and colons can't be.
            if (library.toString().matches("(?s).*[ :\t].*")) {
                continue;
            }
            Jltrace jltrace = Jltrace.of("inner").with("-l", "libc.so.6");
            jltrace.environment().put("LD_PRELOAD", library.toString());
            TraceRun run = jltrace.run();

            assertThat(run.status()).as(library.toString()).isZero();
            assertThat(run.calls().of("strdup"))
                    .as(library.toString())
                    .extracting(TracedCall::text)
                    .first()
                    .asString()
                    .startsWith("libplugin.so->strdup(\"plugin starts\") = ");
        }
    }

    /** Some of the odd names: a blank, a tab, a newline, an escape sequence, quotes. */
    private static List<Path> odd(String prefix) throws IOException {
        try (Stream<Path> files = Files.list(ODD)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .filter(file -> file.toString().chars().allMatch(c -> c < 0x7f))
                    .filter(file -> file.getFileName().toString().matches("(?s).*[ \\t\\n\\033\"*].*"))
                    .sorted()
                    .toList();
        }
    }

    /** As Fedora strips programs: the names of their own functions are in .gnu_debugdata. */
    @Test
    void aStrippedProgramsOwnFunctionsAreFoundBySymbolsThatItCarries(@TempDir Path folder)
            throws IOException, InterruptedException {
        String program = Fixtures.program("recursion");
        for (String command : List.of(
                "objcopy -S --keep-symbol=down " + program + " mini",
                "xz mini",
                "strip -o stripped " + program,
                "objcopy --add-section .gnu_debugdata=mini.xz stripped carrying")) {
            assertThat(new ProcessBuilder(command.split(" ", -1))
                            .directory(folder.toFile())
                            .inheritIO()
                            .start()
                            .waitFor())
                    .isZero();
        }
        Jltrace jltrace = Jltrace.of(folder.resolve("carrying").toString()).with("-L", "-x", "down");
        jltrace.environment().put("LD_LIBRARY_PATH", Fixtures.BUILD.toString());
        TraceRun run = jltrace.run();

        assertThat(run.status()).isZero();
        assertThat(run.calls().of("down")).hasSize(10_001);
    }

    private static void awaitProbes(RunningTrace trace, String on) throws IOException, InterruptedException {
        for (int i = 0; i < 500; i++) {
            if (Tracefs.probesOf(trace.pid()).stream().anyMatch(line -> line.contains(on))) {
                // Registered; opened a moment later.
                Thread.sleep(200);
                return;
            }
            Thread.sleep(20);
        }
        assertThat(Tracefs.probesOf(trace.pid())).as("probes on " + on).isNotEmpty();
    }
}
