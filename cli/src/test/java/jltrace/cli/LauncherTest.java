package jltrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** bin/jltrace in a small checkout of its own, whose build and whose java only write down how they were started. */
class LauncherTest {
    private static final Path BIN = Path.of(System.getProperty("jltrace.root", ".."), "bin");
    private static final Instant LAST_BUILD = Instant.parse("2025-01-01T12:00:00Z");

    @TempDir
    private Path folder;

    private Path checkout;
    private Path source;

    @BeforeEach
    void makeCheckout() throws IOException {
        checkout = Files.createDirectory(folder.resolve("a checkout"));
        source = checkout.resolve("cli/src/main/java/Main.java");
        Files.createDirectories(source.getParent());
        Files.createFile(source);
        Files.createFile(checkout.resolve("pom.xml"));
        Files.createFile(checkout.resolve("cli/pom.xml"));
        Files.createDirectories(checkout.resolve("bin"));
        for (String script : List.of("jltrace", "setup.bash")) {
            Files.copy(BIN.resolve(script), checkout.resolve("bin").resolve(script));
        }
        script(
                "bin/build",
                "echo built >&2",
                "mkdir -p \"${0%/*}/../.jltrace/dist\"",
                "touch \"${0%/*}/../.jltrace/dist/built\"");
        script(
                "java/bin/java",
                "tr '\\0' '\\n' </proc/$$/environ",
                "echo pid=$$",
                "echo folder=$(readlink /proc/$$/cwd)",
                "for argument; do echo \"argument=$argument\"; done",
                "sed s/^/input=/");
        Files.writeString(checkout.resolve("java/release"), "JAVA_VERSION=\"17.0.15\"\n");
    }

    @Test
    void theFirstStartBuildsAndTheSecondDoesNot() throws IOException, InterruptedException {
        assertThat(start()).contains("built");
        assertThat(start()).doesNotContain("built");
    }

    @Test
    void aNewerSourceIsBuilt() throws IOException, InterruptedException {
        pretendThatEverythingIsBuilt();
        assertThat(start()).doesNotContain("built");
        Files.setLastModifiedTime(source, FileTime.from(LAST_BUILD.plusMillis(1)));
        assertThat(start()).contains("built");
    }

    @Test
    void aRemovedSourceIsBuilt() throws IOException, InterruptedException {
        pretendThatEverythingIsBuilt();
        Files.delete(source);
        assertThat(start()).contains("built");
    }

    @Test
    void aNewerPomIsBuilt() throws IOException, InterruptedException {
        pretendThatEverythingIsBuilt();
        Files.setLastModifiedTime(checkout.resolve("cli/pom.xml"), FileTime.from(LAST_BUILD.plusMillis(1)));
        assertThat(start()).contains("built");
    }

    @Test
    void theEnvironmentIsHandedOnAsItCame() throws IOException, InterruptedException {
        ProcessBuilder launcher = launcher("bin/jltrace");
        Map<String, String> environment = launcher.environment();
        environment.clear();
        environment.put("JAVA_HOME", checkout.resolve("java").toString());
        environment.put("TWO LINES", "one\ntwo");
        environment.put("-u", "not an option");
        environment.put("_", "/bin/jltrace");
        environment.put("BASH_FUNC_say%%", "() {  echo not this one\n}");

        assertThat(outputOf(launcher).takeWhile(line -> !line.startsWith("pid=")))
                .contains("built", "JAVA_HOME=" + checkout.resolve("java"))
                .contains("TWO LINES=one", "two", "-u=not an option", "_=/bin/jltrace")
                .contains("BASH_FUNC_say%%=() {  echo not this one", "}")
                .contains("LC_ALL=C.UTF-8")
                .hasSize(9);
    }

    @Test
    void theLocaleIsTheLaunchersOwnAndTheUsersGoesAlongUnderAnotherName() throws IOException, InterruptedException {
        ProcessBuilder launcher = launcher("bin/jltrace");
        Map<String, String> environment = launcher.environment();
        environment.clear();
        environment.put("JAVA_HOME", checkout.resolve("java").toString());
        environment.put("LC_ALL", "POSIX");

        assertThat(outputOf(launcher).takeWhile(line -> !line.startsWith("pid=")))
                .contains("LC_ALL=C.UTF-8", "JLTRACE_LC_ALL=POSIX")
                .doesNotContain("LC_ALL=POSIX");
    }

    @Test
    void argumentsFolderAndInputAreHandedOnAsTheyCame() throws IOException, InterruptedException {
        ProcessBuilder launcher = launcher("bin/jltrace", "-l", "two words", "", "*");
        launcher.directory(folder.toFile());
        Path input = Files.writeString(folder.resolve("input"), "hello\n");
        launcher.redirectInput(input.toFile());

        assertThat(outputOf(launcher))
                .contains("folder=" + folder.toRealPath(), "input=hello")
                .containsSequence(
                        "argument=jltrace.cli.Main", "argument=-l", "argument=two words", "argument=", "argument=*");
    }

    @Test
    void theScriptBecomesJava() throws IOException, InterruptedException {
        Process process = launcher("bin/jltrace").start();
        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8).lines())
                .contains("pid=" + process.pid());
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void aSymbolicLinkStartsTheCheckoutThatItPointsTo() throws IOException, InterruptedException {
        Path link = folder.resolve("link");
        Files.createSymbolicLink(link, checkout.resolve("bin/jltrace"));
        Path linkToLink = folder.resolve("link to link");
        Files.createSymbolicLink(linkToLink, Path.of("link"));

        assertThat(outputOf(launcher(linkToLink.toString()))).contains("built", "argument=jltrace.cli.Main");
    }

    @Test
    void aFailedBuildIsStatus125() throws IOException, InterruptedException {
        script("bin/build", "exit 1");
        Process process = launcher("bin/jltrace").start();
        assertThat(process.getInputStream().readAllBytes()).isEmpty();
        assertThat(process.waitFor()).isEqualTo(125);
    }

    @Test
    void theArchiveOfThisJavaIsUsed() throws IOException, InterruptedException {
        pretendThatEverythingIsBuilt();
        archive("17.0.15+6-Debian", "an archive");
        archive("17.0.16+8-Debian", "another's");
        useJava("17.0.15+6-Debian");
        assertThat(start())
                .doesNotContain("built")
                .anyMatch(line -> line.startsWith("argument=-XX:SharedArchiveFile=")
                        && line.endsWith("/.jltrace/dist/17.0.15+6-Debian.jsa"));
    }

    @Test
    void anArchiveIsMadeForAnotherJava() throws IOException, InterruptedException {
        pretendThatEverythingIsBuilt();
        archive("17.0.15+6-Debian", "an archive");
        useJava("17.0.16+8-Debian");
        assertThat(start()).contains("built").noneMatch(line -> line.startsWith("argument=-XX:SharedArchiveFile="));
    }

    @Test
    void anArchiveThatCouldNotBeMadeIsNotTriedAgain() throws IOException, InterruptedException {
        pretendThatEverythingIsBuilt();
        archive("17.0.15+6-Debian", "");
        useJava("17.0.15+6-Debian");
        assertThat(start())
                .doesNotContain("built")
                .noneMatch(line -> line.startsWith("argument=-XX:SharedArchiveFile="));
    }

    private void archive(String javaBuild, String content) throws IOException {
        Files.writeString(checkout.resolve(".jltrace/dist/" + javaBuild + ".jsa"), content);
    }

    private void useJava(String build) throws IOException {
        Files.writeString(
                checkout.resolve("java/release"), "JAVA_RUNTIME_VERSION=\"" + build + "\"\nJAVA_VERSION=\"17.0.15\"\n");
    }

    /** Everything is older than the last build. */
    private void pretendThatEverythingIsBuilt() throws IOException {
        Path built = checkout.resolve(".jltrace/dist/built");
        Files.createDirectories(built.getParent());
        Files.createFile(built);
        try (Stream<Path> files = Files.walk(checkout)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.from(LAST_BUILD));
            }
        }
    }

    private Stream<String> start() throws IOException, InterruptedException {
        return outputOf(launcher("bin/jltrace"));
    }

    private ProcessBuilder launcher(String script, String... arguments) {
        ProcessBuilder launcher = new ProcessBuilder(checkout.resolve(script).toString());
        launcher.command().addAll(List.of(arguments));
        launcher.environment().put("JAVA_HOME", checkout.resolve("java").toString());
        return launcher.redirectInput(Path.of("/dev/null").toFile()).redirectErrorStream(true);
    }

    private static Stream<String> outputOf(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines();
    }

    private void script(String path, String... lines) throws IOException {
        Path script = checkout.resolve(path);
        Files.createDirectories(script.getParent());
        Files.writeString(script, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
