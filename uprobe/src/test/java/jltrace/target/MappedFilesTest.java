package jltrace.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedFilesTest {
    private static final int NO_PROCESS = Integer.MAX_VALUE;

    @TempDir
    Path folder;

    private static MemoryMapping mapping(FileIdentity file, Path path) {
        return new MemoryMapping(0x1000, 0x2000, true, true, 0, file, path.toString());
    }

    @Test
    void aFileIsWhatStatTells() throws IOException, InterruptedException {
        Path file = Files.createFile(folder.resolve("file"));
        Process stat = new ProcessBuilder("stat", "-c", "%d %i", file.toString()).start();
        String[] numbers = new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                .strip()
                .split(" ", -1);
        assertThat(stat.waitFor()).isZero();

        assertThat(FileIdentity.of(file))
                .isEqualTo(new FileIdentity(Long.parseLong(numbers[0]), Long.parseLong(numbers[1])));
    }

    /** The number is what Python's os.makedev answers, which is makedev(3). */
    @Test
    void twoNumbersMakeADevice() {
        assertThat(FileIdentity.of(0x345, 0x6789a, 7)).isEqualTo(new FileIdentity(0x6783459a, 7));
        assertThat(FileIdentity.of(0, 0, 0)).isEqualTo(FileIdentity.NONE);
    }

    @Test
    void theFileAtThePathIsTakenIfItIsTheMappedOne() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        FileIdentity identity = FileIdentity.of(file);

        assertThat(new MappedFiles().locate(NO_PROCESS, mapping(identity, file)))
                .isEqualTo(new MappedFiles.Located(file, identity, file.toString()));
    }

    @Test
    void anotherFileAtThePathIsNotTaken() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        FileIdentity identity = FileIdentity.of(file);
        Path other = Files.createFile(folder.resolve("other"));
        Files.move(file, folder.resolve("away"));
        Files.move(other, file);
        MemoryMapping mapping = mapping(identity, file);

        assertThatThrownBy(() -> new MappedFiles().locate(NO_PROCESS, mapping)).isInstanceOf(IOException.class);
    }
}
