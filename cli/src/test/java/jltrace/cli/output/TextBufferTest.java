package jltrace.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextBufferTest {
    private static String written(Consumer<TextBuffer> writer) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TextBuffer buffer = new TextBuffer(out);
        writer.accept(buffer);
        buffer.flush();
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void numbersAreWrittenAsTheJdkWritesThem() {
        LongStream.concat(
                        LongStream.of(
                                0,
                                1,
                                9,
                                10,
                                99,
                                -1,
                                -10,
                                Long.MAX_VALUE,
                                Long.MIN_VALUE,
                                Integer.MIN_VALUE,
                                1L << 32,
                                1L << 63),
                        new java.util.Random(1).longs(2000))
                .forEach(value -> {
                    assertThat(written(out -> out.decimal(value))).isEqualTo(Long.toString(value));
                    assertThat(written(out -> out.unsigned(value))).isEqualTo(Long.toUnsignedString(value));
                    assertThat(written(out -> out.hexadecimal(value))).isEqualTo("0x" + Long.toHexString(value));
                    assertThat(written(out -> out.octal(value))).isEqualTo("0" + Long.toOctalString(value));
                });
    }

    @ParameterizedTest
    @CsvSource({"0,1,0", "0,3,000", "7,2,07", "42,1,42", "123456,6,123456", "9223372036854775807,3,9223372036854775807"
    })
    void paddedNumbersHaveAtLeastSoManyDigits(long value, int digits, String expected) {
        assertThat(written(out -> out.padded(value, digits, '0'))).isEqualTo(expected);
    }

    /** The escapes of C11 6.4.4.4; three octal digits, so that a digit that follows does not join them. */
    @Test
    void everyByteIsPrintableOrEscaped() {
        for (int value = 0; value < 256; value++) {
            byte b = (byte) value;
            String text = written(out -> out.escaped(new byte[] {b, '7'}, 0, 2, '"'));
            String escape = switch (value) {
                case 7 -> "\\a";
                case 8 -> "\\b";
                case 9 -> "\\t";
                case 10 -> "\\n";
                case 11 -> "\\v";
                case 12 -> "\\f";
                case 13 -> "\\r";
                case '"' -> "\\\"";
                case '\\' -> "\\\\";
                default ->
                    value >= 0x20 && value < 0x7f ? String.valueOf((char) value) : "\\" + String.format("%03o", value);
            };
            assertThat(text).isEqualTo(escape + "7");
        }
    }

    @Test
    void theOtherQuoteNeedsNoEscape() {
        byte[] quotes = {'"', '\''};
        assertThat(written(out -> out.escaped(quotes, 0, 2, '"'))).isEqualTo("\\\"'");
        assertThat(written(out -> out.escaped(quotes, 0, 2, '\''))).isEqualTo("\"\\'");
        assertThat(written(out -> out.escaped(quotes, 0, 2, '\0'))).isEqualTo("\"'");
    }

    @Test
    void theColumnCountsWhatIsSeen() {
        written(out -> {
            out.append("abc\nde");
            assertThat(out.column()).isEqualTo(2);
            out.appendControl("\033[1m");
            assertThat(out.column()).isEqualTo(2);
            out.hexadecimal(255);
            assertThat(out.column()).isEqualTo(6);
            out.escaped(new byte[] {'a', '\n', (byte) 0xff}, 0, 3, '"');
            assertThat(out.column()).isEqualTo(6 + 1 + 2 + 4);
            out.spacesTo(20);
            assertThat(out.column()).isEqualTo(20);
            out.spacesTo(5);
            assertThat(out.column()).isEqualTo(20);
            out.append('\n');
            assertThat(out.column()).isZero();
        });
    }

    @Test
    void nothingIsLostAcrossManyBuffers() {
        StringBuilder expected = new StringBuilder();
        String text = written(out -> {
            for (int i = 0; i < 100_000; i++) {
                expected.append(i)
                        .append(' ')
                        .append("0x")
                        .append(Integer.toHexString(i))
                        .append('\n');
                out.decimal(i);
                out.append(' ');
                out.hexadecimal(i);
                out.append('\n');
            }
        });
        assertThat(text).isEqualTo(expected.toString());
    }

    @Test
    void nothingIsWrittenBeforeItHasTo() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TextBuffer buffer = new TextBuffer(out);
        buffer.append("abc");
        assertThat(out.size()).isZero();
        buffer.flush();
        assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("abc");
    }

    @Test
    void aFailureIsToldAndTheTextIsNotWrittenTwice() {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("no space left on device");
            }
        };
        TextBuffer buffer = new TextBuffer(broken);
        buffer.append("abc");
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(buffer::flush)
                .withMessageContaining("no space left");
        buffer.flush();
    }

    private static String inUtf8(byte... bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TextBuffer buffer = new TextBuffer(out, true);
        buffer.escaped(bytes, 0, bytes.length, '"');
        buffer.flush();
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Every character that is alone: the JDK's encoder is the oracle of what UTF-8 is. */
    @Test
    void charactersThatHaveAShapeAreShownInUtf8() {
        for (String text : new String[] {"caf\u00e9", "\u20ac", "\ud83d\ude00", "\u4e2d\u6587", "e\u0301", "\ufffd"}) {
            assertThat(inUtf8(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
            assertThat(written(out -> {
                        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                        out.escaped(bytes, 0, bytes.length, '"');
                    }))
                    .matches("\\p{ASCII}*");
        }
    }

    @Test
    void whatATerminalCouldObeyIsEscapedInUtf8Too() {
        for (int character : new int[] {
            0x80, 0x85, 0x9b, 0x9f, 0xad, 0x61c, 0x200b, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2066, 0x2069,
            0xe000, 0xfeff, 0xffff, 0xe0001, 0x10ffff
        }) {
            byte[] bytes = Character.toString(character).getBytes(StandardCharsets.UTF_8);
            assertThat(inUtf8(bytes)).as("U+%04X", character).matches("(\\\\[0-7]{3})+");
        }
        assertThat(inUtf8((byte) 27, (byte) '[', (byte) 127)).isEqualTo("\\033[\\177");
    }

    @Test
    void bytesThatAreNoUtf8AreEscaped() {
        int[][] sequences = {
            {0xc3},
            {0xc3, 0x41},
            {0xa9},
            {0xc0, 0x80},
            {0xc1, 0xbf},
            {0xe0, 0x80, 0x80},
            {0xe0, 0x9f, 0xbf},
            {0xed, 0xa0, 0x80},
            {0xf0, 0x80, 0x80, 0x80},
            {0xf4, 0x90, 0x80, 0x80},
            {0xf5, 0x80, 0x80, 0x80},
            {0xe2, 0x82},
            {0xff}
        };
        for (int[] sequence : sequences) {
            StringBuilder expected = new StringBuilder();
            byte[] bytes = new byte[sequence.length];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) sequence[i];
                expected.append(
                        sequence[i] < 0x80 ? String.valueOf((char) sequence[i]) : String.format("\\%03o", sequence[i]));
            }
            assertThat(inUtf8(bytes)).isEqualTo(expected.toString());
        }
    }

    @Test
    void aCharacterOfWideTextIsEncodedAsTheJdkDoes() {
        for (int character : new int[] {0x41, 0xe9, 0x7ff, 0x800, 0x20ac, 0x4e2d, 0x1f600}) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            TextBuffer buffer = new TextBuffer(out, true);
            buffer.escapedCharacter(character, '"');
            buffer.flush();
            assertThat(out.toString(StandardCharsets.UTF_8))
                    .isEqualTo(
                            Character.getType(character) == Character.UNASSIGNED
                                    ? String.format("\\u%04x", character)
                                    : Character.toString(character));
        }
    }
}
