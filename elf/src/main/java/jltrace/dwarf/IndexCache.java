package jltrace.dwarf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jltrace.bytes.ByteSource;

/**
 * A directory that keeps indexes of debug information from one run to the next, a file for each build id.
 *
 * <p>It is a convenience: a file that is missing, corrupt or someone else's is as if it were not there, and one that cannot be written
 * is not. Only the owner may read or write what is in it. Links are not followed.
 */
public final class IndexCache {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
            PosixFilePermissions.asFileAttribute(OWNER_ONLY);
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final String SUFFIX = ".dwarf-index";
    private static final long LARGEST_FILE = 1L << 30;

    private final Optional<Path> directory;

    private IndexCache(Optional<Path> directory) {
        this.directory = directory;
    }

    /** Keeps the files in a directory, which is made when the first one is written. */
    public static IndexCache in(Path directory) {
        return new IndexCache(Optional.of(directory));
    }

    /** One that keeps nothing. */
    public static IndexCache none() {
        return new IndexCache(Optional.empty());
    }

    /**
     * The user's: {@code jltrace} in {@code $XDG_CACHE_HOME}, by default {@code ~/.cache} (XDG Base Directory Specification).
     *
     * @param environment the variables
     */
    public static IndexCache ofUser(Map<String, String> environment) {
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        String home = environment.getOrDefault("HOME", "");
        if (cache.startsWith("/")) {
            return in(Path.of(cache, "jltrace"));
        }
        return home.startsWith("/") ? in(Path.of(home, ".cache", "jltrace")) : none();
    }

    /** The index of a build; empty if there is none that is good. */
    Optional<DebugIndex> read(String buildId) {
        if (directory.isEmpty() || !isFileName(buildId) || !isPrivate(directory.get())) {
            return Optional.empty();
        }
        Path file = directory.get().resolve(buildId + SUFFIX);
        try (SeekableByteChannel channel =
                Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            long size = channel.size();
            if (size > LARGEST_FILE || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
            ByteBuffer buffer = ByteBuffer.allocate((int) size);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // Up to the end.
            }
            return buffer.hasRemaining() ? Optional.empty() : DebugIndex.parse(ByteSource.of(buffer.array()), buildId);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Keeps an index, if that is possible. */
    void write(String buildId, DebugIndex index) {
        if (directory.isEmpty() || !isFileName(buildId)) {
            return;
        }
        Path folder = directory.get();
        try {
            if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                Path parent = folder.getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                Files.createDirectory(folder, PRIVATE_DIRECTORY);
            }
            if (isPrivate(folder)) {
                replace(folder, folder.resolve(buildId + SUFFIX), index.bytes().bytes());
            }
        } catch (IOException e) {
            // The next run reads the debug information again.
        }
    }

    /** A reader sees the old file or the new one, never a part. */
    private static void replace(Path folder, Path file, byte[] bytes) throws IOException {
        Path temporary = Files.createTempFile(folder, "new", ".tmp", PRIVATE_FILE);
        try {
            boolean own = Files.getOwner(temporary).equals(Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS));
            if (own) {
                Files.write(temporary, bytes);
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Whether a folder is one, not a link, and only its owner may use it. */
    private static boolean isPrivate(Path folder) {
        try {
            return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    && OWNER_ONLY.containsAll(Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS));
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isFileName(String buildId) {
        return buildId.length() >= 8
                && buildId.length() <= 128
                && buildId.chars().allMatch(digit -> Character.digit(digit, 16) >= 0);
    }
}
