package jltrace.prototype;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The files that come with jltrace. */
final class BundledTexts implements PrototypeTexts {

    @Override
    public Optional<Text> read(String name) {
        // Only libraries are bundled: a program may have the name of another resource.
        if (name.indexOf('/') >= 0 || !name.contains(".so.")) {
            return Optional.empty();
        }
        String fileName = name + ".conf";
        try (InputStream stream = BundledTexts.class.getResourceAsStream(fileName)) {
            return stream == null ? Optional.empty() : Optional.of(new Text(fileName, text(stream)));
        } catch (IOException e) {
            throw new UncheckedIOException("jltrace's own " + fileName + " cannot be read", e);
        }
    }

    /** The text of a file that is there. */
    static String text(String fileName) {
        try (InputStream stream = BundledTexts.class.getResourceAsStream(fileName)) {
            if (stream == null) {
                throw new IllegalStateException("jltrace's own " + fileName + " is missing");
            }
            return text(stream);
        } catch (IOException e) {
            throw new UncheckedIOException("jltrace's own " + fileName + " cannot be read", e);
        }
    }

    private static String text(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
}
