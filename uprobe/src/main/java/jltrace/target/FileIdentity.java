package jltrace.target;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * Which file it is, whatever path leads there: what stat(2), {@code /proc/PID/maps} and the kernel's records of mappings tell.
 *
 * @param device as in {@code st_dev}
 * @param inode its number on that device
 */
public record FileIdentity(long device, long inode) {
    /** What is mapped where there is no file. */
    public static final FileIdentity NONE = new FileIdentity(0, 0);

    /** With a device as the kernel tells it elsewhere; makedev(3) makes a {@code st_dev} of the two numbers. */
    public static FileIdentity of(int majorDevice, int minorDevice, long inode) {
        long device = (majorDevice & 0xfffff000L) << 32
                | (majorDevice & 0xfffL) << 8
                | (minorDevice & 0xffffff00L) << 12
                | (minorDevice & 0xffL);
        return new FileIdentity(device, inode);
    }

    /**
     * The file that a path leads to, symbolic links followed.
     *
     * @throws IOException if there is none
     */
    public static FileIdentity of(Path file) throws IOException {
        Map<String, Object> numbers = Files.readAttributes(file, "unix:dev,ino");
        return new FileIdentity(number(numbers, "dev"), number(numbers, "ino"));
    }

    private static long number(Map<String, Object> numbers, String name) {
        return (Long) Objects.requireNonNull(numbers.get(name));
    }

    // A record's own methods are put together from method handles when they are first called, which takes milliseconds.

    @Override
    public boolean equals(Object other) {
        return other instanceof FileIdentity file && file.device == device && file.inode == inode;
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(device) + Long.hashCode(inode);
    }
}
