package jltrace.bytes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;

/**
 * Little-endian bytes with random access by offset, all reads checked against the bytes that exist.
 *
 * <p>Every read outside throws {@link MalformedBytesException}, which carries the offset in the outermost source, so that
 * a slice of a slice of a file still reports where in the file the fault is. Immutable, for any number of threads. A
 * mapped file needs no closing: the mapping goes with the garbage collection of its last slice.
 */
public abstract sealed class ByteSource permits BufferedBytes, WindowedBytes {
    private static final int STRING_CHUNK = 64;

    private final long origin;
    private final long size;

    /**
     * @param origin offset of the first byte in the outermost source
     * @param size number of bytes
     */
    ByteSource(long origin, long size) {
        this.origin = origin;
        this.size = size;
    }

    /** The bytes of an array, which must not change afterwards. */
    public static ByteSource of(byte[] bytes) {
        return new BufferedBytes(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), 0, bytes.length, 0);
    }

    /**
     * A whole file of any size, mapped and not read: only the pages that are looked at cost anything. The file must not
     * shrink while it is in use: the JVM then throws an {@link InternalError}, at the read or some time after it.
     *
     * @throws IOException if the file cannot be opened or mapped
     */
    public static ByteSource map(Path file) throws IOException {
        return map(file, WindowedBytes.DEFAULT_WINDOW_SIZE);
    }

    /** As {@link #map(Path)}, in mappings of {@code windowSize} bytes, a power of two. */
    static ByteSource map(Path file, int windowSize) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long fileSize = channel.size();
            if (fileSize == 0) {
                return of(new byte[0]); // mmap(2) refuses a length of zero
            }
            int windowCount = Math.toIntExact((fileSize - 1) / windowSize + 1);
            ByteBuffer[] windows = new ByteBuffer[windowCount];
            for (int i = 0; i < windowCount; i++) {
                long windowOffset = (long) i * windowSize;
                long length = Math.min(windowSize, fileSize - windowOffset);
                windows[i] = channel.map(FileChannel.MapMode.READ_ONLY, windowOffset, length)
                        .order(ByteOrder.LITTLE_ENDIAN);
            }
            return windowCount == 1
                    ? new BufferedBytes(windows[0], 0, (int) fileSize, 0)
                    : new WindowedBytes(windows, windowSize, 0, fileSize, 0);
        }
    }

    /** Number of bytes. */
    public final long size() {
        return size;
    }

    /** Offset of the first byte in the outermost source: for a slice of a file, the offset in the file. */
    public final long origin() {
        return origin;
    }

    /** The unsigned byte at {@code offset}. */
    public final int u8(long offset) {
        check(offset, 1);
        return byteAt(offset) & 0xff;
    }

    /** The unsigned 16-bit number at {@code offset}. */
    public final int u16(long offset) {
        check(offset, 2);
        return shortAt(offset) & 0xffff;
    }

    /** The signed 32-bit number at {@code offset}. */
    public final int i32(long offset) {
        check(offset, 4);
        return intAt(offset);
    }

    /** The unsigned 32-bit number at {@code offset}. */
    public final long u32(long offset) {
        check(offset, 4);
        return intAt(offset) & 0xffff_ffffL;
    }

    /** The 64-bit number at {@code offset}. */
    public final long i64(long offset) {
        check(offset, 8);
        return longAt(offset);
    }

    /** A copy of {@code length} bytes from {@code offset} on. */
    public final byte[] bytes(long offset, int length) {
        check(offset, length);
        byte[] copy = new byte[length];
        copyTo(offset, copy, 0, length);
        return copy;
    }

    /** A copy of all bytes; for sources that fit an array. */
    public final byte[] bytes() {
        if (size > Integer.MAX_VALUE - 8) {
            throw MalformedBytesException.outOfBounds(origin, size, origin + Integer.MAX_VALUE - 8);
        }
        return bytes(0, (int) size);
    }

    /** The CRC-32 of all bytes, as zlib computes it, without copying them. */
    public final long crc32() {
        CRC32 checksum = new CRC32();
        update(checksum);
        return checksum.getValue();
    }

    /** The {@code length} bytes from {@code offset} on, not copied. */
    public final ByteSource slice(long offset, long length) {
        check(offset, length);
        return part(offset, length);
    }

    /** The bytes from {@code offset} to the end, not copied. */
    public final ByteSource from(long offset) {
        check(offset, 0);
        return part(offset, size - offset);
    }

    /** Throws if not all of the {@code length} bytes at {@code offset} exist. */
    public final void check(long offset, long length) {
        if ((offset | length) < 0 || offset > size - length) {
            throw MalformedBytesException.outOfBounds(origin + offset, length, origin + size);
        }
    }

    /**
     * The string that begins at {@code offset} and ends before the next zero byte, decoded as UTF-8 (a byte that is not
     * UTF-8 becomes U+FFFD).
     */
    public final String string(long offset) {
        check(offset, 1);
        int wanted = STRING_CHUNK;
        while (true) {
            int length = (int) Math.min(wanted, size - offset);
            byte[] chunk = new byte[length];
            copyTo(offset, chunk, 0, length);
            for (int i = 0; i < length; i++) {
                if (chunk[i] == 0) {
                    return new String(chunk, 0, i, StandardCharsets.UTF_8);
                }
            }
            if (length == size - offset || wanted > Integer.MAX_VALUE / 4) {
                throw MalformedBytesException.outOfBounds(origin + offset, (long) length + 1, origin + size);
            }
            wanted *= 4;
        }
    }

    /** Whether the bytes from {@code offset} on are {@code text} and a zero byte. */
    public final boolean stringEquals(long offset, byte[] text) {
        if (offset < 0 || offset >= size - text.length || byteAt(offset + text.length) != 0) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (byteAt(offset + i) != text[i]) {
                return false;
            }
        }
        return true;
    }

    /** The byte at an offset that was checked, as are those of the methods below. */
    abstract byte byteAt(long offset);

    abstract short shortAt(long offset);

    abstract int intAt(long offset);

    abstract long longAt(long offset);

    abstract void copyTo(long offset, byte[] target, int targetOffset, int length);

    abstract void update(CRC32 checksum);

    abstract ByteSource part(long offset, long length);
}
