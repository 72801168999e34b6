package jltrace.prototype;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The prototype files that come with jltrace. */
final class BundledTexts implements PrototypeTexts {

    @Override
    public Optional<Text> read(String name) {
        if (name.indexOf('/') >= 0) {
            return Optional.empty();
        }
        String fileName = name + ".conf";
        try (InputStream stream = BundledTexts.class.getResourceAsStream(fileName)) {
            return stream == null
                    ? Optional.empty()
                    : Optional.of(new Text(fileName, new String(stream.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException("jltrace's own " + fileName + " cannot be read", e);
        }
    }
}
