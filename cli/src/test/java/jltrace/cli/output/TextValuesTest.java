package jltrace.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import jltrace.type.Display;
import jltrace.type.EnumType;
import jltrace.type.IntegerType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The texts are those of ltrace 0.7.3, as {@link Display} and {@link EnumType} have them. */
class TextValuesTest {
    private static String written(Consumer<TextValues> writer) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TextBuffer buffer = new TextBuffer(out);
        writer.accept(new TextValues(buffer, Colors.NONE));
        buffer.flush();
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static String number(long value, int width, boolean signed, Display display) {
        return written(values -> values.number(value, new IntegerType(width, signed, display)));
    }

    @ParameterizedTest
    @CsvSource({
        "DECIMAL, 4, true, -2, -2",
        "DECIMAL, 4, false, 4294967294, 4294967294",
        "DECIMAL, 8, true, -9223372036854775808, -9223372036854775808",
        "DECIMAL, 8, false, -2, 18446744073709551614",
        "HEXADECIMAL, 4, true, -2, 0xfffffffe",
        "HEXADECIMAL, 1, true, -1, 0xff",
        "HEXADECIMAL, 2, false, 255, 0xff",
        "HEXADECIMAL, 8, true, -1, 0xffffffffffffffff",
        "HEXADECIMAL, 4, true, 0, 0",
        "OCTAL, 4, true, 420, 0644",
        "OCTAL, 4, true, 0, 00",
        "OCTAL, 2, true, -1, 0177777",
        "OCTAL, 8, true, -1, 01777777777777777777777",
        "BOOLEAN, 4, true, 0, false",
        "BOOLEAN, 4, true, -5, true",
        "BINARY, 4, true, 5, 101",
        "BINARY, 1, true, -1, 11111111",
        "BINARY, 4, true, 0, 0",
        "GUESS, 8, true, 10000, 10000",
        "GUESS, 8, true, 10001, 0x2711",
        "GUESS, 8, true, -10000, -10000",
        "GUESS, 8, true, -10001, 0xffffffffffffd8ef",
        "GUESS, 8, true, -2, -2",
        "GUESS, 8, true, 0, 0",
        "GUESS, 4, true, -2, 0xfffffffe",
        "GUESS, 2, true, -2, 0xfffe",
        "GUESS, 1, true, -2, -2",
        "BIT_VECTOR, 4, false, 184, '<3-5,7>'",
        "BIT_VECTOR, 4, false, 4294967294, '~<0>'",
        "BIT_VECTOR, 4, false, 0, '<>'",
        "BIT_VECTOR, 4, false, 4294967295, '~<>'",
        "BIT_VECTOR, 8, false, -9223372036854775808, '<63>'",
        "BIT_VECTOR, 1, false, 15, '<0-3>'",
        "NETWORK_ORDER, 2, false, 20480, htons(80)",
        "NETWORK_ORDER, 2, false, 65535, htons(65535)",
        "NETWORK_ORDER, 4, false, 16777216, htonl(1)",
        "NETWORK_ORDER, 4, true, -1, htonl(4294967295)",
        "NETWORK_ORDER, 8, false, 72057594037927936, htobe64(1)",
        "NETWORK_ORDER, 1, false, 200, 200",
    })
    void anIntegerIsShownInItsTypesWay(Display display, int width, boolean signed, long value, String expected) {
        assertThat(number(value, width, signed, display)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            1 | 97  | 'a'
            1 | 10  | '\\n'
            1 | 39  | '\\''
            1 | 34  | '"'
            1 | 92  | '\\\\'
            1 | 0   | '\\0'
            1 | -1  | '\\377'
            1 | 27  | '\\033'
            4 | 97  | 'a'
            4 | 255 | '\\377'
            4 | -1  | -1
            4 | 256 | 256
            """)
    void aCharacterIsQuotedIfItIsOne(int width, long value, String expected) {
        assertThat(number(value, width, true, Display.CHARACTER)).isEqualTo(expected);
    }

    @Test
    void anEnumerationIsItsFirstConstantOrTheNumber() {
        EnumType type = new EnumType(
                IntegerType.INT,
                List.of(
                        EnumType.Constant.enumerator("A", 1),
                        EnumType.Constant.enumerator("B", 1),
                        EnumType.Constant.enumerator("C", -1)),
                EnumType.Kind.ENUMERATION);
        assertThat(written(values -> values.enumerated(1, type))).isEqualTo("A");
        assertThat(written(values -> values.enumerated(-1, type))).isEqualTo("C");
        assertThat(written(values -> values.enumerated(7, type))).isEqualTo("7");
        assertThat(written(values -> values.enumerated(-7, type))).isEqualTo("-7");
    }

    @ParameterizedTest
    @CsvSource({
        "0, O_RDONLY",
        "1, O_WRONLY",
        "2, O_RDWR",
        "65, O_WRONLY|O_CREAT",
        "64, O_RDONLY|O_CREAT",
        "577, O_WRONLY|O_CREAT|O_TRUNC",
        "1052672, O_RDONLY|O_SYNC",
        "4096, O_RDONLY|O_DSYNC",
        "-2147483648, O_RDONLY|0x80000000",
        "67, O_CREAT|0x3"
    })
    void flagsAreTheirConstantsAndTheRest(long value, String expected) {
        EnumType type = new EnumType(
                IntegerType.INT,
                List.of(
                        new EnumType.Constant("O_RDONLY", 0, 3),
                        new EnumType.Constant("O_WRONLY", 1, 3),
                        new EnumType.Constant("O_RDWR", 2, 3),
                        EnumType.Constant.flag("O_CREAT", 0x40),
                        EnumType.Constant.flag("O_TRUNC", 0x200),
                        EnumType.Constant.flag("O_SYNC", 0x101000),
                        EnumType.Constant.flag("O_DSYNC", 0x1000)),
                EnumType.Kind.FLAGS);
        assertThat(written(values -> values.enumerated(value, type))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0, PROT_NONE", "1, PROT_READ", "3, PROT_READ|PROT_WRITE", "8, 0x8", "9, PROT_READ|0x8"})
    void aFlagOfNoBitsIsShownForZeroAlone(long value, String expected) {
        EnumType type = new EnumType(
                IntegerType.INT,
                List.of(
                        EnumType.Constant.flag("PROT_NONE", 0),
                        EnumType.Constant.flag("PROT_READ", 1),
                        EnumType.Constant.flag("PROT_WRITE", 2)),
                EnumType.Kind.FLAGS);
        assertThat(written(values -> values.enumerated(value, type))).isEqualTo(expected);
    }

    @Test
    void flagsWithoutAnyConstantAreANumber() {
        EnumType type = new EnumType(IntegerType.INT, List.of(EnumType.Constant.flag("A", 1)), EnumType.Kind.FLAGS);
        assertThat(written(values -> values.enumerated(0, type))).isEqualTo("0");
    }

    @ParameterizedTest
    @CsvSource({
        "0, []",
        "1, [A]",
        "3, [A B]",
        "7, [A B 0x4]",
        "31, [A B 0x1c]",
        "63, ~[H 0x40]",
        "-1, ~[]",
        "255, ~[]",
        "-2, ~[A]",
        "-128, [H]"
    })
    void aSetIsItsMembersOrOnceTwoThirdsAreInTheOthers(long value, String expected) {
        EnumType type = new EnumType(
                new IntegerType(1, true, Display.DECIMAL),
                List.of(
                        EnumType.Constant.flag("A", 1),
                        EnumType.Constant.flag("B", 2),
                        EnumType.Constant.flag("H", -128)),
                EnumType.Kind.SET);
        assertThat(written(values -> values.enumerated(value, type))).isEqualTo(expected);
    }

    @Test
    void argumentsAreSeparatedByCommas() {
        assertThat(written(values -> {
                    values.begin();
                    values.argument();
                    values.nil();
                    values.argument();
                    values.address(0x10);
                    values.argument();
                    values.address(0);
                    values.argument();
                    values.unknown();
                    values.argument();
                    values.text("a\"b\n".getBytes(StandardCharsets.US_ASCII), 0, 4, false);
                    values.argument();
                    values.text("xab".getBytes(StandardCharsets.US_ASCII), 1, 2, true);
                }))
                .isEqualTo("nil, 0x10, nil, ?, \"a\\\"b\\n\"..., \"ab\"");
        assertThat(written(TextValues::nothing)).isEqualTo("<void>");
    }

    @Test
    void structuresAndArraysAreInBrackets() {
        assertThat(written(values -> {
                    values.beginStruct();
                    values.field("x");
                    values.number(1, IntegerType.INT);
                    values.field("items");
                    values.beginArray();
                    for (int i = 1; i <= 4; i++) {
                        values.element();
                        values.number(i, IntegerType.INT);
                    }
                    values.endArray(false);
                    values.field("");
                    values.nil();
                    values.endStruct(true);
                }))
                .isEqualTo("{ x=1, items=[ 1, 2, 3, 4... ], nil }");
    }

    @Test
    void theDotsOfAnArrayAreNoneOfItsLastElements() {
        assertThat(array(false, values -> values.text("ab".getBytes(StandardCharsets.US_ASCII), 0, 2, true)))
                .isEqualTo("[ \"ab\", ... ]");
        assertThat(array(false, values -> values.text("ab".getBytes(StandardCharsets.US_ASCII), 0, 2, false)))
                .isEqualTo("[ \"ab\"..., ... ]");
        assertThat(array(true, values -> values.text("ab".getBytes(StandardCharsets.US_ASCII), 0, 2, false)))
                .isEqualTo("[ \"ab\"... ]");
        assertThat(array(false, values -> values.wideText(new byte[] {'a', 0}, 0, 1, 2, true)))
                .isEqualTo("[ u\"a\", ... ]");
        assertThat(array(false, TextValues::more)).isEqualTo("[ ..., ... ]");
        assertThat(array(false, values -> {
                    values.beginStruct();
                    values.field("a");
                    values.text("ab".getBytes(StandardCharsets.US_ASCII), 0, 2, false);
                    values.endStruct(true);
                }))
                .isEqualTo("[ { a=\"ab\"... }... ]");
        assertThat(array(false, values -> {
                    values.text("ab".getBytes(StandardCharsets.US_ASCII), 0, 2, true);
                    values.element();
                    values.nil();
                }))
                .isEqualTo("[ \"ab\", nil... ]");
    }

    private static String array(boolean complete, Consumer<TextValues> elements) {
        return written(values -> {
            values.beginArray();
            values.element();
            elements.accept(values);
            values.endArray(complete);
        });
    }

    @Test
    void emptyAndUnfinishedBracketsAreToldApart() {
        assertThat(written(values -> {
                    values.beginArray();
                    values.endArray(true);
                }))
                .isEqualTo("[]");
        assertThat(written(values -> {
                    values.beginArray();
                    values.endArray(false);
                }))
                .isEqualTo("[ ... ]");
        assertThat(written(values -> {
                    values.beginStruct();
                    values.field("a");
                    values.more();
                    values.endStruct(false);
                }))
                .isEqualTo("{ a=..., ... }");
        assertThat(written(values -> {
                    values.beginStruct();
                    values.field("a");
                    values.beginStruct();
                    values.endStruct(true);
                    values.field("b");
                    values.recursion(2);
                    values.endStruct(true);
                }))
                .isEqualTo("{ a={}, b=recurse^^ }");
    }

    @Test
    void aWideStringHasItsPrefixAndUniversalNames() {
        byte[] characters = "a\u20ac\"\ud83d\ude00\n".getBytes(java.nio.charset.Charset.forName("UTF-32LE"));
        assertThat(written(values -> values.wideText(characters, 0, 5, 4, false)))
                .isEqualTo("L\"a\\u20ac\\\"\\U0001f600\\n\"...");
        byte[] invalid = {0, 0, 0, (byte) 0x80, (byte) 0x85, 0, 0, 0};
        assertThat(written(values -> values.wideText(invalid, 0, 2, 4, true))).isEqualTo("L\"\\U80000000\\205\"");
    }

    @Test
    void namesFromDebugInformationAreEscaped() {
        assertThat(written(values -> {
                    values.beginStruct();
                    values.field("evil\033[31m");
                    values.constant("A\n");
                    values.endStruct(true);
                }))
                .isEqualTo("{ evil\\033[31m=A\\n }");
        EnumType type = new EnumType(
                IntegerType.INT, List.of(EnumType.Constant.enumerator("B\007", 1)), EnumType.Kind.ENUMERATION);
        assertThat(written(values -> values.enumerated(1, type))).isEqualTo("B\\a");
        byte[] name = {'f', 27, 'x'};
        assertThat(written(values -> values.function(name))).isEqualTo("f\\033x");
    }

    @Test
    void bitsOfSeveralBytesAreCountedOn() {
        byte[] bytes = {0, 1, 2, (byte) 0x80, 3};
        assertThat(written(values -> values.bits(bytes, 1, 4))).isEqualTo("<0,9,23-25>");
    }
}
