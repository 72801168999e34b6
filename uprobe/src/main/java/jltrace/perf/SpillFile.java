package jltrace.perf;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A temporary file for segments that found no room in memory. It has no name, so nothing is left of it however this process ends, and its
 * space is used again once all that is in it was read. One thread writes, one reads.
 */
final class SpillFile implements AutoCloseable {
    /** Where large temporary files go: {@code /tmp} may be memory. */
    private static final Path FOLDER = Path.of("/var/tmp");

    /** Other programs need space too: what is left to them at least, or a tenth of a small file system. */
    private static final long LEFT_FREE = 1L << 30;

    private static final int SMALL_PART = 10;

    private final Path folder;
    private final FileChannel channel;
    private long end;
    private int unread;

    /** Makes a file when one is needed. */
    @FunctionalInterface
    interface Opener {
        SpillFile open() throws IOException;
    }

    /** Where a segment is in the file, and what it is. */
    record Place(long offset, int length, int ring, long completeBeforeNanos) implements Waiting {}

    private SpillFile(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    static SpillFile open() throws IOException {
        Path folder = Files.isDirectory(FOLDER) ? FOLDER : Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
        return in(folder);
    }

    static SpillFile in(Path folder) throws IOException {
        Path file = Files.createTempFile(folder, "jltrace", null);
        try {
            return new SpillFile(folder, FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
        } finally {
            Files.delete(file);
        }
    }

    /**
     * Writes a segment.
     *
     * @throws IOException if there is no space, or so little that it is left to others
     */
    Place append(RingSegment segment) throws IOException {
        // Not by way of its FileStore: that is looked up in the mount table, which a chroot's root need not be in.
        File place = folder.toFile();
        if (place.getUsableSpace() < Math.min(LEFT_FREE, place.getTotalSpace() / SMALL_PART)) {
            throw new IOException("little space is left in " + folder);
        }
        long offset;
        synchronized (this) {
            offset = unread == 0 ? 0 : end;
        }
        ByteBuffer bytes = ByteBuffer.wrap(segment.bytes, 0, segment.length);
        while (bytes.hasRemaining()) {
            channel.write(bytes, offset + bytes.position());
        }
        synchronized (this) {
            end = offset + segment.length;
            unread++;
        }
        return new Place(offset, segment.length, segment.ring, segment.completeBeforeNanos);
    }

    /** Reads a segment, once. */
    void read(Place place, RingSegment segment) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(segment.bytes, 0, place.length());
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, place.offset() + bytes.position()) < 0) {
                throw new IOException("what was spilled to a file in " + folder + " is not there");
            }
        }
        segment.length = place.length();
        segment.ring = place.ring();
        segment.completeBeforeNanos = place.completeBeforeNanos();
        synchronized (this) {
            unread--;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
