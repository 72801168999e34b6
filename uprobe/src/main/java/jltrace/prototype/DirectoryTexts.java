package jltrace.prototype;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The prototype files in a directory. */
final class DirectoryTexts implements PrototypeTexts {

    private static final int LARGEST = 16 << 20;

    private final Path directory;

    DirectoryTexts(Path directory) {
        this.directory = directory;
    }

    @Override
    public Optional<Text> read(String name) {
        if (name.indexOf('/') >= 0) {
            return Optional.empty();
        }
        try {
            Path path = directory.resolve(name + ".conf");
            return Files.isRegularFile(path) ? Optional.of(readFile(path)) : Optional.empty();
        } catch (PrototypeFileException | InvalidPathException e) {
            return Optional.empty();
        }
    }

    /**
     * The text of a file, or of a pipe.
     *
     * @throws PrototypeFileException if it cannot be read or holds more than 16 MiB
     */
    static Text readFile(Path path) throws PrototypeFileException {
        try (InputStream stream = Files.newInputStream(path)) {
            byte[] bytes = stream.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new PrototypeFileException(path, "it is larger than 16 MiB");
            }
            return new Text(path.toString(), new String(bytes, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            throw new PrototypeFileException(path, "there is no such file");
        } catch (AccessDeniedException e) {
            throw new PrototypeFileException(path, "permission denied");
        } catch (IOException e) {
            throw new PrototypeFileException(path, String.valueOf(e.getMessage()));
        }
    }
}
