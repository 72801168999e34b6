package jltrace.prototype;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jltrace.fuzz.Cost;
import jltrace.fuzz.Target;

/** The text of a prototype file, which may import itself, and that of returns.conf. */
public final class PrototypeTarget implements Target {
    private static final int EXCERPT = 4000;

    @Override
    public List<byte[]> seeds() {
        List<byte[]> inputs = new ArrayList<>();
        for (String name : List.of("libc.so.6.conf", "returns.conf")) {
            byte[] text = BundledTexts.text(name).getBytes(StandardCharsets.ISO_8859_1);
            for (int at = 0; at < text.length && at < 6 * EXCERPT; at += EXCERPT) {
                inputs.add(java.util.Arrays.copyOfRange(text, at, Math.min(text.length, at + EXCERPT)));
            }
        }
        Path fixtures = Path.of(System.getProperty("jltrace.root", ".."), "fixtures", "calls.conf");
        try {
            inputs.add(Files.readAllBytes(fixtures));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return inputs;
    }

    @Override
    public void read(byte[] data) {
        String text = new String(data, StandardCharsets.ISO_8859_1);
        Cost.check(data.length, () -> {
            List<PrototypeFile> files = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                int other = 1 - i;
                files.add(new PrototypeFile(
                        PrototypeSource.Origin.USER, "file" + i, text, name -> Optional.of(files.get(other))));
            }
            files.get(0).check();
            try {
                new ReturnBehaviours(text).of("libc.so.6", "qsort");
            } catch (IllegalArgumentException e) {
                Target.expected(e);
            }
        });
    }
}
