package jltrace.cli.output;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.Locale;

/**
 * Lets through what does nothing to a terminal: names in messages come from files and programs that may mean harm. What is not
 * printable but a line break is written as {@code \\u001b}.
 */
public final class EscapingWriter extends FilterWriter {
    public EscapingWriter(Writer out) {
        super(out);
    }

    @Override
    public void write(int character) throws IOException {
        if (character == '\n' || (character >= ' ' && character < 0x7f) || PrintableText.isPrintable(character)) {
            out.write(Character.toString(character));
        } else {
            out.write(String.format(Locale.ROOT, character >>> 16 == 0 ? "\\u%04x" : "\\U%08x", character));
        }
    }

    @Override
    public void write(char[] characters, int offset, int length) throws IOException {
        write(new String(characters, offset, length), 0, length);
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
        int end = offset + length;
        for (int at = offset; at < end; at += Character.charCount(text.codePointAt(at))) {
            write(text.codePointAt(at));
        }
    }
}
