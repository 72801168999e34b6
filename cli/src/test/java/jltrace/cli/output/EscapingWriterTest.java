package jltrace.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class EscapingWriterTest {
    private static String written(String text) {
        StringWriter out = new StringWriter();
        try (PrintWriter writer = new PrintWriter(new EscapingWriter(out))) {
            writer.print(text);
            writer.print(text.toCharArray());
            writer.print('\n');
        }
        return out.toString();
    }

    @Test
    void whatATerminalShowsStays() {
        assertThat(written("jltrace: ./größe: no such file\n"))
                .isEqualTo("jltrace: ./größe: no such file\n".repeat(2) + "\n");
        assertThat(written("\ud83d\ude00")).isEqualTo("\ud83d\ude00".repeat(2) + "\n");
    }

    @Test
    void whatATerminalObeysDoesNot() {
        assertThat(written("a\u001b[31mb")).isEqualTo("a\\u001b[31mb".repeat(2) + "\n");
        assertThat(written("\r\t\u0007\u009b")).isEqualTo("\\u000d\\u0009\\u0007\\u009b".repeat(2) + "\n");
        assertThat(written("\udb40\udc41")).as("a tag").isEqualTo("\\U000e0041".repeat(2) + "\n");
        assertThat(written("x\u202ey\u2028")).isEqualTo("x\\u202ey\\u2028".repeat(2) + "\n");
    }
}
