package jltrace.bytes;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** Bytes of a file that is too large for one mapping: several mappings of equal size, the last one shorter. */
final class WindowedBytes extends ByteSource {
    static final int DEFAULT_WINDOW_SIZE = 1 << 30;

    private final ByteBuffer[] windows;
    private final int windowSize;
    private final long start;

    /** @param windowSize bytes in each window but the last, a power of two */
    WindowedBytes(ByteBuffer[] windows, int windowSize, long start, long size, long origin) {
        super(origin, size);
        this.windows = windows;
        this.windowSize = windowSize;
        this.start = start;
    }

    @Override
    byte byteAt(long offset) {
        long position = start + offset;
        return windows[(int) (position / windowSize)].get((int) (position & (windowSize - 1)));
    }

    @Override
    short shortAt(long offset) {
        return (short) ((byteAt(offset) & 0xff) | byteAt(offset + 1) << 8);
    }

    @Override
    int intAt(long offset) {
        return (shortAt(offset) & 0xffff) | shortAt(offset + 2) << 16;
    }

    @Override
    long longAt(long offset) {
        return (intAt(offset) & 0xffff_ffffL) | (long) intAt(offset + 4) << 32;
    }

    @Override
    void copyTo(long offset, byte[] target, int targetOffset, int length) {
        long position = start + offset;
        int copied = 0;
        while (copied < length) {
            int inWindow = (int) (position & (windowSize - 1));
            int count = Math.min(length - copied, windowSize - inWindow);
            windows[(int) (position / windowSize)].get(inWindow, target, targetOffset + copied, count);
            copied += count;
            position += count;
        }
    }

    @Override
    void update(CRC32 checksum) {
        for (long at = 0; at < size(); ) {
            long inWindow = (start + at) & (windowSize - 1);
            long length = Math.min(size() - at, windowSize - inWindow);
            part(at, length).update(checksum);
            at += length;
        }
    }

    @Override
    ByteSource part(long offset, long length) {
        long position = start + offset;
        int inWindow = (int) (position & (windowSize - 1));
        if (length > 0 && length <= windowSize - inWindow) {
            // Nearly every section lies in one window, and is then read without the detour.
            ByteBuffer window = windows[(int) (position / windowSize)];
            return new BufferedBytes(window, inWindow, (int) length, origin() + offset);
        }
        return new WindowedBytes(windows, windowSize, position, length, origin() + offset);
    }
}
