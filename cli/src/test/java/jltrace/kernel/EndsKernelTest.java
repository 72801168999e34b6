package jltrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How programs end, and how jltrace does: its exit status and its one line where it can't trace. */
@OnKernel
class EndsKernelTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, exited (status 0)",
        "return 3, 3, exited (status 3)",
        "_exit 255, 255, exited (status 255)",
        "kill 9, 137, killed by SIGKILL",
        "kill 15, 143, killed by SIGTERM",
        "segv, 139, killed by SIGSEGV",
        "abort, 134, killed by SIGABRT"
    })
    void theProgramsStatusIsPassedOn(String arguments, int status, String told)
            throws IOException, InterruptedException {
        TraceRun run = Jltrace.of("exitstatus", arguments.split(" ", -1)).run();

        assertThat(run.status()).isEqualTo(status);
        assertThat(run.lines()).last().isEqualTo("+++ " + told + " +++");
        assertThat(run.messages()).isEmpty();
    }

    @Test
    void aLeaderThatEndsBeforeItsThreadsIsNoEnd() throws IOException, InterruptedException {
        TraceRun run = Jltrace.of("leaderexits")
                .with("-l", "libcalls.so.1")
                .withPrototypes()
                .run();

        assertThat(run.status()).isEqualTo(5);
        assertThat(run.calls().events()).containsExactly("+++ exited (status 5) +++");
    }

    @ParameterizedTest
    @CsvSource({
        "elf/no-such-program, 127",
        "elf/dangling-link, 127",
        "elf/not-executable, 126",
        "elf/directory, 126",
        "elf/empty, 126",
        "elf/text, 126",
        "elf/riscv, 126",
        "elf/header-cut, 126",
        "elf/program-headers-wild, 126",
        "elf/script-without-interpreter, 127",
        "elf/bigendian, 125",
        "elf/needed-wild, 125",
        "elf/relocation-size-huge, 125"
    })
    void aFileThatCannotBeTracedIsOneLine(String file, int status) throws IOException, InterruptedException {
        TraceRun run = Jltrace.of(Fixtures.program(file)).toStandardError().run();

        assertThat(run.status()).isEqualTo(status);
        assertThat(run.output()).isEmpty();
        assertThat(run.errors().lines())
                .singleElement()
                .asString()
                .startsWith("jltrace: ")
                .contains(Path.of(file).getFileName().toString())
                .doesNotContain("Exception");
    }

    /** Whether the kernel can execute it decides how. */
    @Test
    void aProgramOf32BitsIsRefused() throws IOException, InterruptedException {
        String program = Fixtures.program("elf/elf32");

        TraceRun run = Jltrace.of(program).toStandardError().run();

        assertThat(run.status()).isEqualTo(isExecutable(program) ? 125 : 126);
        assertThat(run.output()).isEmpty();
        assertThat(run.errors().lines())
                .singleElement()
                .asString()
                .startsWith("jltrace: ")
                .contains("elf32");
    }

    /** Asks bash whether it ends with 5: unlike execvp(3) and ProcessBuilder it does not take what the kernel refuses for a script. */
    private static boolean isExecutable(String program) throws IOException, InterruptedException {
        Process bash = new ProcessBuilder("bash", "-c", "exec \"$0\"", program)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return bash.waitFor() == 5;
    }

    @Test
    void wrongUsageIsOneLine() throws IOException, InterruptedException {
        for (List<String> options : List.of(
                List.of("-p", "999999999"),
                List.of("-p", "1x"),
                List.of("-s", "-1"),
                List.of("-e", "/unclosed(/"),
                List.of("-F", "/no/such/file"),
                List.<String>of())) {
            TraceRun run = Jltrace.alone().with(options.toArray(String[]::new)).run();

            assertThat(run.status()).as(options.toString()).isEqualTo(125);
            assertThat(run.errors().lines())
                    .as(options.toString())
                    .singleElement()
                    .asString()
                    .startsWith("jltrace: ")
                    .doesNotContain("Exception");
        }
    }

    @Test
    void anOutputThatCannotBeWrittenIsOneLine() throws IOException, InterruptedException {
        TraceRun run = Jltrace.of("inner")
                .toStandardError()
                .with("-o", "/no/such/folder/trace")
                .run();

        assertThat(run.status()).isEqualTo(125);
        assertThat(run.output()).isEmpty();
        assertThat(run.errors().lines())
                .singleElement()
                .asString()
                .startsWith("jltrace: ")
                .contains("/no/such/folder");
    }

    @Test
    void aProgramRunsToItsEndWhenItsTraceCannotBeWritten() throws IOException, InterruptedException {
        TraceRun run = Jltrace.of("loop", "5000", "push")
                .withPrototypes()
                .toStandardError()
                .with("-o", "/dev/full")
                .run();

        assertThat(run.status()).isEqualTo(125);
        assertThat(run.errors().lines()).containsExactly("jltrace: cannot write /dev/full: No space left on device");
        assertThat(run.output()).startsWith("truth calls 5000 kind push sum ");
    }

    @Test
    void aTableThatCannotBeWrittenIsOneLine() throws IOException, InterruptedException {
        TraceRun run = Jltrace.of("exitstatus", "return", "3")
                .toStandardError()
                .with("-c", "-o", "/dev/full")
                .run();

        assertThat(run.status()).isEqualTo(125);
        assertThat(run.errors().lines()).containsExactly("jltrace: cannot write /dev/full: No space left on device");
    }

    @Test
    void aReaderThatHasSeenEnoughEndsTheTraceAndNotTheProcess() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("jltrace-test");
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        try (RunningProcess server = RunningProcess.start("server", "2")) {
            RunningTrace trace = Jltrace.alone()
                    .withPrototypes()
                    .toStandardError()
                    .with("-l", "libcalls.so.1", "-p", Long.toString(server.pid()), "-o", pipe.toString())
                    .start();
            try (BufferedReader reader = Files.newBufferedReader(pipe)) {
                server.tell("free");
                assertThat(reader.readLine()).contains("starts_push(");
            }
            TraceRun run = trace.end();
            server.ask("stop", "truth counted");

            assertThat(run.status()).isEqualTo(125);
            assertThat(run.errors().lines()).containsExactly("jltrace: cannot write " + pipe + ": Broken pipe");
            assertThat(server.ask("go 10", "truth done")).contains("truth done 10 calls in each of 2 threads");
            assertThat(server.end()).isZero();
        } finally {
            Files.delete(pipe);
            Files.delete(folder);
        }
    }

    @Test
    void whatIsNoProcessWithAProgramIsToldSo() throws IOException, InterruptedException {
        Process ended = new ProcessBuilder("sh", "-c", "sleep 0 & exec sleep 60").start();
        try (RunningProcess server = RunningProcess.start("server", "2")) {
            String thread = lastThreadOf(server.pid());
            await(() -> ended.children().findFirst().isPresent());
            long zombie = ended.children().findFirst().orElseThrow().pid();
            await(() -> Files.readString(Path.of("/proc/" + zombie + "/stat")).contains(") Z "));
            Map<String, String> told = Map.of(
                    thread,
                    thread + " is a thread of process " + server.pid(),
                    Long.toString(zombie),
                    "process " + zombie + " has ended",
                    server.pid() + ",999999999",
                    "no process 999999999");
            for (Map.Entry<String, String> each : told.entrySet()) {
                TraceRun run = Jltrace.alone()
                        .toStandardError()
                        .with("-p", each.getKey())
                        .run();

                assertThat(run.status()).as(each.getKey()).isEqualTo(125);
                assertThat(run.errors().lines()).singleElement().asString().startsWith("jltrace: " + each.getValue());
            }
        } finally {
            ended.destroyForcibly();
        }
    }

    private static String lastThreadOf(long pid) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return threads.map(thread -> thread.getFileName().toString())
                    .filter(thread -> !thread.equals(Long.toString(pid)))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void await(Callable<Boolean> condition) {
        for (int i = 0; i < 1000; i++) {
            try {
                if (condition.call()) {
                    return;
                }
                Thread.sleep(10);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
        assertThat(false).as("waited in vain").isTrue();
    }

    @Test
    void aProgramWithoutCallsIntoLibrariesIsOneLine() throws IOException, InterruptedException {
        for (String name : List.of("static", "static-pie", "nolibc")) {
            TraceRun run = Jltrace.of(name).toStandardError().run();

            assertThat(run.status()).as(name).isEqualTo(125);
            assertThat(run.errors().lines()).as(name).singleElement().asString().startsWith("jltrace: ");
            assertThat(run.output()).as(name).isEmpty();
        }
    }
}
