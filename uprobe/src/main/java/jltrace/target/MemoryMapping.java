package jltrace.target;

import java.util.ArrayList;
import java.util.List;

/**
 * One mapping of a process: a line of {@code /proc/PID/maps} (proc(5)).
 *
 * @param start first virtual address
 * @param end virtual address after the last
 * @param executable whether code may run there
 * @param readable whether it may be read
 * @param fileOffset where in the file it begins, in bytes
 * @param file which file it is
 * @param path where the file is, as the process sees it, or a name in brackets such as {@code [stack]}, or empty
 */
public record MemoryMapping(
        long start, long end, boolean executable, boolean readable, long fileOffset, FileIdentity file, String path) {
    /** What the kernel puts behind the path of a file that was deleted, or replaced by another. */
    private static final String DELETED = " (deleted)";

    /** Where a file is, or was before it was deleted or replaced. */
    static String withoutDeletedMark(String path) {
        return path.endsWith(DELETED) ? path.substring(0, path.length() - DELETED.length()) : path;
    }

    /** Parses the text of a {@code maps} file; lines that are not understood are left out. */
    public static List<MemoryMapping> parse(String maps) {
        List<MemoryMapping> mappings = new ArrayList<>();
        int line = 0;
        while (line < maps.length()) {
            int end = maps.indexOf('\n', line);
            end = end < 0 ? maps.length() : end;
            MemoryMapping mapping = parseLine(maps.substring(line, end));
            if (mapping != null) {
                mappings.add(mapping);
            }
            line = end + 1;
        }
        return mappings;
    }

    /** {@code 7f0000000000-7f0000001000 r-xp 00001000 fe:00 1234    /usr/lib/x.so}. */
    private static @org.jspecify.annotations.Nullable MemoryMapping parseLine(String line) {
        int dash = line.indexOf('-');
        int blank = line.indexOf(' ');
        if (dash < 0 || blank < dash || line.length() < blank + 6) {
            return null;
        }
        try {
            long start = Long.parseUnsignedLong(line, 0, dash, 16);
            long end = Long.parseUnsignedLong(line, dash + 1, blank, 16);
            int offsetAt = blank + 6;
            int offsetEnd = line.indexOf(' ', offsetAt);
            long offset = Long.parseUnsignedLong(line, offsetAt, offsetEnd, 16);
            int deviceEnd = line.indexOf(' ', offsetEnd + 1);
            int inodeEnd = line.indexOf(' ', deviceEnd + 1);
            int inodeStop = inodeEnd < 0 ? line.length() : inodeEnd;
            FileIdentity file =
                    identity(line.substring(offsetEnd + 1, deviceEnd), line.substring(deviceEnd + 1, inodeStop));
            String path = inodeEnd < 0 ? "" : line.substring(inodeEnd).stripLeading();
            return new MemoryMapping(
                    start,
                    end,
                    line.charAt(blank + 3) == 'x',
                    line.charAt(blank + 1) == 'r',
                    offset,
                    file,
                    unescape(path));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            return null;
        }
    }

    /** {@code fe:00} and {@code 1234}. */
    private static FileIdentity identity(String device, String inode) {
        int colon = device.indexOf(':');
        return FileIdentity.of(
                Integer.parseInt(device, 0, colon, 16),
                Integer.parseInt(device, colon + 1, device.length(), 16),
                Long.parseUnsignedLong(inode));
    }

    /** The kernel writes a line break in a path as {@code \012}. */
    private static String unescape(String path) {
        return path.replace("\\012", "\n");
    }
}
