package jltrace.dwarf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jltrace.bytes.ByteSource;

/**
 * A directory that keeps indexes of debug information from one run to the next, and what was compressed in it, in files named by
 * build id.
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
    private static final String INDEX = ".dwarf-index";
    private static final String SECTIONS = ".dwarf-sections";
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
        return map(buildId, INDEX).flatMap(bytes -> DebugIndex.parse(bytes, buildId));
    }

    /** The decompressed sections of a build; empty if there are none that are good. */
    Optional<Map<DebugSection, ByteSource>> readSections(String buildId) {
        return map(buildId, SECTIONS).flatMap(bytes -> UnpackedSections.read(bytes, buildId));
    }

    private Optional<ByteSource> map(String buildId, String suffix) {
        if (directory.isEmpty() || !isFileName(buildId)) {
            return Optional.empty();
        }
        Path file = directory.get().resolve(buildId + suffix);
        try {
            boolean good = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    && isPrivate(directory.get())
                    && Files.size(file) <= LARGEST_FILE;
            return good ? Optional.of(ByteSource.map(file)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Keeps an index, if that is possible.
     *
     * @param decompressed what was compressed in the file
     */
    void write(String buildId, DebugIndex index, Map<DebugSection, ByteSource> decompressed) {
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
                replace(folder, folder.resolve(buildId + INDEX), index.bytes().bytes());
                Optional<byte[]> sections = UnpackedSections.write(decompressed, buildId);
                if (sections.isPresent()) {
                    replace(folder, folder.resolve(buildId + SECTIONS), sections.get());
                }
            }
        } catch (IOException e) {
            // The next run reads the debug information again.
        }
    }

    /** A reader sees the old file or the new one, never a part. */
    private static void replace(Path folder, Path file, byte[] bytes) throws IOException {
        Path temporary = Files.createTempFile(folder, "new", ".tmp", PRIVATE_FILE);
        try {
            Files.write(temporary, bytes);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Whether a folder is one, not a link, and the user alone may use it: what root reads must not be what someone else wrote. */
    private static boolean isPrivate(Path folder) {
        try {
            PosixFileAttributes attributes =
                    Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isDirectory()
                    && OWNER_ONLY.containsAll(attributes.permissions())
                    && attributes.owner().getName().equals(System.getProperty("user.name"));
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
