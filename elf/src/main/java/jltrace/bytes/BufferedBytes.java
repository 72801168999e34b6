package jltrace.bytes;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** Bytes in one buffer: an array, or a mapping of less than 2 GiB. */
final class BufferedBytes extends ByteSource {
    private final ByteBuffer buffer;
    private final int start;

    BufferedBytes(ByteBuffer buffer, int start, int size, long origin) {
        super(origin, size);
        this.buffer = buffer;
        this.start = start;
    }

    @Override
    byte byteAt(long offset) {
        return buffer.get(start + (int) offset);
    }

    @Override
    short shortAt(long offset) {
        return buffer.getShort(start + (int) offset);
    }

    @Override
    int intAt(long offset) {
        return buffer.getInt(start + (int) offset);
    }

    @Override
    long longAt(long offset) {
        return buffer.getLong(start + (int) offset);
    }

    @Override
    void copyTo(long offset, byte[] target, int targetOffset, int length) {
        buffer.get(start + (int) offset, target, targetOffset, length);
    }

    @Override
    void update(CRC32 checksum) {
        checksum.update(buffer.duplicate().limit(start + (int) size()).position(start));
    }

    @Override
    ByteSource part(long offset, long length) {
        return new BufferedBytes(buffer, start + (int) offset, (int) length, origin() + offset);
    }
}
