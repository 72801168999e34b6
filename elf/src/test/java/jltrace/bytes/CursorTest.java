package jltrace.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {

    /** The examples of DWARF 5, table 7.7, and the limits. */
    @ParameterizedTest
    @CsvSource({
        "02, 2",
        "7f, 127",
        "80 01, 128",
        "81 01, 129",
        "82 01, 130",
        "b9 64, 12857",
        "80 80 00, 0",
        "ff ff ff ff ff ff ff ff 7f, 9223372036854775807",
        "ff ff ff ff ff ff ff ff ff 01, -1",
        "81 80 80 80 80 80 80 80 80 80 80 00, 1"
    })
    void unsignedLebNumbers(String bytes, long value) {
        Cursor cursor = cursor(bytes);

        assertThat(cursor.uleb128()).isEqualTo(value);
        assertThat(cursor.hasRemaining()).isFalse();
    }

    /** The examples of DWARF 5, table 7.8, and the limits. */
    @ParameterizedTest
    @CsvSource({
        "02, 2",
        "7e, -2",
        "ff 00, 127",
        "81 7f, -127",
        "80 01, 128",
        "80 7f, -128",
        "81 01, 129",
        "ff 7e, -129",
        "ff ff ff ff ff ff ff ff ff 00, 9223372036854775807",
        "80 80 80 80 80 80 80 80 80 7f, -9223372036854775808",
        "ff ff ff ff ff ff ff ff ff ff ff 7f, -1",
        "81 80 80 80 80 80 80 80 80 80 80 00, 1"
    })
    void signedLebNumbers(String bytes, long value) {
        Cursor cursor = cursor(bytes);

        assertThat(cursor.sleb128()).isEqualTo(value);
        assertThat(cursor.hasRemaining()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ff ff ff ff ff ff ff ff ff 02",
                "ff ff ff ff ff ff ff ff ff 7f",
                "80 80 80 80 80 80 80 80 80 80 01"
            })
    void anUnsignedLebNumberOfMoreThan64BitsIsRefused(String bytes) {
        assertThatThrownBy(() -> cursor(bytes).uleb128())
                .isInstanceOf(MalformedBytesException.class)
                .hasMessageContaining("longer than 64 bits");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ff ff ff ff ff ff ff ff ff 01",
                "80 80 80 80 80 80 80 80 80 01",
                "80 80 80 80 80 80 80 80 80 80 01",
                "ff ff ff ff ff ff ff ff ff ff 00"
            })
    void aSignedLebNumberOfMoreThan64BitsIsRefused(String bytes) {
        assertThatThrownBy(() -> cursor(bytes).sleb128())
                .isInstanceOf(MalformedBytesException.class)
                .hasMessageContaining("longer than 64 bits");
    }

    @Test
    void aLebNumberThatIsCutShortIsRefused() {
        assertThatThrownBy(() -> cursor("80 80").uleb128()).isInstanceOf(MalformedBytesException.class);
        assertThatThrownBy(() -> cursor("80 80").sleb128()).isInstanceOf(MalformedBytesException.class);
    }

    @Test
    void readsFollowEachOther() {
        Cursor cursor = cursor("01 0203 04050607 08090a0b 0c0d0e0f10111213 616200 ff f1");

        assertThat(cursor.u8()).isEqualTo(1);
        assertThat(cursor.u16()).isEqualTo(0x0302);
        assertThat(cursor.i32()).isEqualTo(0x07060504);
        assertThat(cursor.u32()).isEqualTo(0x0b0a0908);
        assertThat(cursor.i64()).isEqualTo(0x131211100f0e0d0cL);
        assertThat(cursor.string()).isEqualTo("ab");
        assertThat(cursor.position()).isEqualTo(22);
        assertThat(cursor.remaining()).isEqualTo(2);
        assertThat(cursor.slice(1).u8(0)).isEqualTo(0xff);
        cursor.skip(1);
        assertThat(cursor.hasRemaining()).isFalse();
        assertThatThrownBy(cursor::u8).isInstanceOf(MalformedBytesException.class);
        assertThatThrownBy(() -> cursor.skip(1)).isInstanceOf(MalformedBytesException.class);
        assertThatThrownBy(() -> cursor.seek(-1)).isInstanceOf(MalformedBytesException.class);
        cursor.seek(1);
        assertThat(cursor.u8()).isEqualTo(2);
    }

    @Test
    void aStringWithoutAnEndIsRefusedAndLeavesThePosition() {
        Cursor cursor = new Cursor(ByteSource.of("abc".getBytes(StandardCharsets.UTF_8)), 1);

        assertThatThrownBy(cursor::string).isInstanceOf(MalformedBytesException.class);
        assertThat(cursor.position()).isEqualTo(1);
    }

    private static Cursor cursor(String hexadecimal) {
        String digits = hexadecimal.replace(" ", "");
        return new Cursor(ByteSource.of(HexFormat.of().parseHex(digits)));
    }
}
