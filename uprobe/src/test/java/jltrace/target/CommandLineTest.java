package jltrace.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {
    @TempDir
    Path directory;

    private Path first = Path.of("first");
    private Path second = Path.of("second");

    @BeforeEach
    void aPathOfTwoFolders() throws IOException {
        first = Files.createDirectory(directory.resolve("first"));
        second = Files.createDirectory(directory.resolve("second"));
    }

    private static Path file(Path folder, String name, String permissions) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private static List<byte[]> bytes(String... texts) {
        return java.util.Arrays.stream(texts)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    private String find(String name) throws LaunchException {
        return CommandLine.of(name, bytes(name), bytes("A=1", "PATH=" + first + ":" + second, "PATH=/nowhere"))
                .path();
    }

    private void fails(String name, int status, String... words) {
        assertThatExceptionOfType(LaunchException.class)
                .isThrownBy(() -> find(name))
                .satisfies(failure -> assertThat(failure.exitStatus()).isEqualTo(status))
                .satisfies(failure ->
                        assertThat(failure.getMessage()).contains(words).doesNotContain("\n"));
    }

    @Test
    void aNameIsLookedForAlongThePath() throws IOException {
        Path inSecond = file(second, "prog", "rwxr-xr-x");
        assertThat(find("prog")).isEqualTo(inSecond.toString());
        Path inFirst = file(first, "prog", "rwxr-xr-x");
        assertThat(find("prog")).isEqualTo(inFirst.toString());
    }

    @Test
    void whatIsNotExecutableIsPassedOver() throws IOException {
        file(first, "prog", "rw-r--r--");
        Files.createDirectory(first.resolve("other"));
        Path inSecond = file(second, "prog", "rwxr-xr-x");
        Path other = file(second, "other", "rwxr-xr-x");
        assertThat(find("prog")).isEqualTo(inSecond.toString());
        assertThat(find("other")).isEqualTo(other.toString());
    }

    @Test
    void aNameWithASlashIsAPath() throws IOException {
        Path prog = file(directory, "prog", "rwxr-xr-x");
        assertThat(find(prog.toString())).isEqualTo(prog.toString());
        fails("./prog", 127, "./prog");
    }

    @Test
    void anEmptyPartOfThePathIsTheWorkingDirectory() throws LaunchException {
        assertThatExceptionOfType(LaunchException.class)
                .isThrownBy(() -> CommandLine.of("no-such-program", bytes(), bytes("PATH=")));
        assertThatExceptionOfType(LaunchException.class)
                .isThrownBy(() -> CommandLine.of("no-such-program", bytes(), bytes("PATH=:/nowhere:")));
    }

    @Test
    void withoutAPathTheSystemsFoldersAreSearched() throws LaunchException {
        assertThat(CommandLine.of("sh", bytes("sh"), bytes("A=1")).path()).isEqualTo("/bin/sh");
    }

    @Test
    void whatIsNotThereHasTheShellsStatus() {
        fails("no-such-program", 127, "no such program", "no-such-program");
        fails("/no/such/program", 127, "/no/such/program");
        fails("", 127, "no such program");
    }

    @Test
    void whatCanNotBeExecutedHasTheShellsStatus() throws IOException {
        file(first, "prog", "rw-r--r--");
        fails("prog", 126, "prog", "not executable");
        fails(first.resolve("prog").toString(), 126, "not executable", "chmod");
        fails(first.toString(), 126, "is a directory");
    }

    @Test
    void argumentsAndEnvironmentAreKeptAsTheyAre() throws LaunchException {
        List<byte[]> arguments = List.of(new byte[] {'s', 'h'}, new byte[] {(byte) 0xff}, new byte[0]);
        List<byte[]> environment = List.of(new byte[] {(byte) 0xfe, '=', 1}, new byte[] {'x'});
        CommandLine command = CommandLine.of("sh", arguments, environment);
        assertThat(command.arguments()).isEqualTo(arguments);
        assertThat(command.environment()).isEqualTo(environment);
    }

    /** execve(2) fails with ENOEXEC or ENOENT then; a plain shell's status is the same. */
    @Test
    void aSearchFindsTheSameAsTheShell() throws IOException, InterruptedException {
        file(first, "a", "rw-r--r--");
        file(second, "a", "rwxr-xr-x");
        file(second, "b", "rwx------");
        Files.createSymbolicLink(first.resolve("c"), second.resolve("b"));
        Files.createSymbolicLink(first.resolve("d"), Path.of("/nowhere"));
        for (String name : List.of("a", "b", "c")) {
            ProcessBuilder builder = new ProcessBuilder("/bin/bash", "-c", "type -P " + name);
            builder.environment().put("PATH", first + ":" + second);
            Process shell = builder.start();
            assertThat(find(name)).isEqualTo(shell.inputReader().readLine());
            shell.waitFor();
        }
        fails("d", 127, "d");
    }
}
