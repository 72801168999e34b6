package jltrace.cli.output;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;

/**
 * Lets through what does nothing to a terminal: names in messages come from files and programs that may mean harm. Control
 * characters but line breaks, and invisible ones that change how others are shown, are written as {@code \\u001b}.
 */
public final class EscapingWriter extends FilterWriter {
    public EscapingWriter(Writer out) {
        super(out);
    }

    @Override
    public void write(int character) throws IOException {
        char c = (char) character;
        if (c == '\n' || isHarmless(c)) {
            out.write(c);
        } else {
            out.write(String.format("\\u%04x", (int) c));
        }
    }

    private static boolean isHarmless(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    @Override
    public void write(char[] characters, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            write(characters[i]);
        }
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            write(text.charAt(i));
        }
    }
}
