package jltrace.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ByteSourceTest {
    private static final byte[] BYTES = {1, 2, 3, 4, 5, 6, 7, (byte) 0x88, 'a', 'b', 0, (byte) 0xc3, (byte) 0xa9, 0, 'z'
    };

    /** With Python: {@code zlib.crc32(bytes)}, of all and of "ab". */
    private static final long CHECKSUM = 3271570069L;

    private static final long CHECKSUM_OF_AB = 2659403885L;

    @TempDir
    private Path directory;

    @Test
    void numbersAreLittleEndianAndUnsignedWhereTheirNameSaysSo() {
        checkNumbers(ByteSource.of(BYTES));
    }

    @Test
    void aMappedFileReadsAsItsBytes() throws IOException {
        checkNumbers(ByteSource.map(file(BYTES)));
    }

    @Test
    void valuesThatCrossWindowsReadAsIfThereWereNone() throws IOException {
        for (int windowSize = 1; windowSize <= 16; windowSize *= 2) {
            checkNumbers(ByteSource.map(file(BYTES), windowSize));
        }
    }

    private static void checkNumbers(ByteSource source) {
        assertThat(source.size()).isEqualTo(15);
        assertThat(source.u8(7)).isEqualTo(0x88);
        assertThat(source.u16(6)).isEqualTo(0x8807);
        assertThat(source.u32(4)).isEqualTo(0x88070605L);
        assertThat(source.i32(4)).isEqualTo(0x88070605);
        assertThat(source.i64(0)).isEqualTo(0x8807060504030201L);
        assertThat(source.bytes(6, 3)).containsExactly(7, (byte) 0x88, 'a');
        assertThat(source.bytes()).isEqualTo(BYTES);
        assertThat(source.crc32()).isEqualTo(CHECKSUM);
        assertThat(source.slice(8, 2).crc32()).isEqualTo(CHECKSUM_OF_AB);
        assertThat(source.string(8)).isEqualTo("ab");
        assertThat(source.string(10)).isEmpty();
        assertThat(source.string(11)).isEqualTo("\u00e9");
        assertThat(source.stringEquals(8, "ab".getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(source.stringEquals(8, "a".getBytes(StandardCharsets.UTF_8))).isFalse();
        assertThat(source.stringEquals(8, "abc".getBytes(StandardCharsets.UTF_8)))
                .isFalse();
        assertThat(source.stringEquals(14, "z".getBytes(StandardCharsets.UTF_8)))
                .isFalse();
        assertThat(source.stringEquals(-1, new byte[0])).isFalse();
        assertThat(source.slice(2, 8).i64(0)).isEqualTo(0x6261_8807_0605_0403L);
        assertThat(source.slice(2, 8).from(3).u16(0)).isEqualTo(0x0706);
        assertThat(source.slice(2, 8).from(3).origin()).isEqualTo(5);
        assertThat(source.slice(15, 0).size()).isZero();
    }

    @Test
    void everyReadPastTheEndIsRefusedWithTheOffsetInTheFile() throws IOException {
        for (ByteSource source :
                new ByteSource[] {ByteSource.of(BYTES), ByteSource.map(file(BYTES)), ByteSource.map(file(BYTES), 4)}) {
            ByteSource slice = source.slice(4, 8);
            assertRefused(() -> slice.u8(8), 12);
            assertRefused(() -> slice.u8(-1), 3);
            assertRefused(() -> slice.u16(7), 11);
            assertRefused(() -> slice.i32(5), 9);
            assertRefused(() -> slice.u32(5), 9);
            assertRefused(() -> slice.i64(1), 5);
            assertRefused(() -> slice.bytes(3, 6), 7);
            assertRefused(() -> slice.bytes(3, -1), 7);
            assertRefused(() -> slice.slice(4, 5), 8);
            assertRefused(() -> slice.slice(0, Long.MAX_VALUE), 4);
            assertRefused(() -> slice.slice(Long.MAX_VALUE, 1), Long.MIN_VALUE + 3);
            assertRefused(() -> slice.from(9), 13);
            assertRefused(() -> slice.string(7), 11);
            assertRefused(() -> slice.string(8), 12);
        }
    }

    private static void assertRefused(ThrowingCallable read, long offset) {
        assertThatThrownBy(read)
                .isInstanceOfSatisfying(
                        MalformedBytesException.class,
                        e -> assertThat(e.offset()).isEqualTo(offset))
                .hasMessageContaining("0x" + Long.toHexString(offset));
    }

    @Test
    void stringsLongerThanWhatIsReadAtOnceAreComplete() {
        String text = "x".repeat(1000);

        assertThat(ByteSource.of((text + "\0").getBytes(StandardCharsets.UTF_8)).string(0))
                .isEqualTo(text);
        assertRefused(() -> ByteSource.of(text.getBytes(StandardCharsets.UTF_8)).string(0), 0);
    }

    @Test
    void anEmptyFileHasNoBytes() throws IOException {
        assertThat(ByteSource.map(file(new byte[0])).size()).isZero();
    }

    @Test
    void filesOfMoreThanTwoGibibytesAreReadToTheirEnd() throws IOException {
        Path file = directory.resolve("large");
        long size = 5L << 30;
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(size);
            sparse.seek(size - 8);
            sparse.write(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
            sparse.seek((1L << 32) - 2);
            sparse.write(new byte[] {1, 2, 3, 4});
        }
        ByteSource source = ByteSource.map(file);

        assertThat(source.size()).isEqualTo(size);
        assertThat(source.i64(size - 8)).isEqualTo(0x0807060504030201L);
        assertThat(source.i32((1L << 32) - 2)).isEqualTo(0x04030201);
        assertThat(source.slice((1L << 32) - 3, 8).bytes()).containsExactly(0, 1, 2, 3, 4, 0, 0, 0);
        assertThat(source.from(size - 8).origin()).isEqualTo(size - 8);
        assertRefused(source::bytes, 0);
    }

    private Path file(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("bytes"), bytes);
    }
}
