package jltrace.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import jltrace.bytes.ByteSource;
import org.jspecify.annotations.Nullable;

/**
 * A directory that keeps what was found out about files from one run to the next, in files named by build id.
 *
 * <p>It is a convenience: a file that is missing, or someone else's, is as if it were not there, and one that cannot be written
 * is not. Whoever reads one finds out whether it is whole. Only the owner may read or write what is in it. Links are not followed.
 * When it has grown too large, what was not used for longest goes.
 */
public final class BuildCache {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
            PosixFilePermissions.asFileAttribute(OWNER_ONLY);
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final long LARGEST_FILE = 1L << 30;
    private static final long LARGEST_DIRECTORY = 1L << 31;
    /** How exactly a file's time says when it was used last. */
    private static final Duration USED = Duration.ofDays(1);

    private final Optional<Path> directory;
    private final long mostBytes;
    private @Nullable Boolean known;

    private BuildCache(Optional<Path> directory, long mostBytes) {
        this.directory = directory;
        this.mostBytes = mostBytes;
    }

    /** Keeps the files in a directory, which is made when the first one is written. */
    public static BuildCache in(Path directory) {
        return in(directory, LARGEST_DIRECTORY);
    }

    static BuildCache in(Path directory, long mostBytes) {
        return new BuildCache(Optional.of(directory), mostBytes);
    }

    /** One that keeps nothing. */
    public static BuildCache none() {
        return new BuildCache(Optional.empty(), 0);
    }

    /**
     * The user's: {@code jltrace} in {@code $XDG_CACHE_HOME}, by default {@code ~/.cache} (XDG Base Directory Specification).
     *
     * @param environment the variables
     */
    public static BuildCache ofUser(Map<String, String> environment) {
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        String home = environment.getOrDefault("HOME", "");
        if (cache.startsWith("/")) {
            return in(Path.of(cache, "jltrace"));
        }
        return home.startsWith("/") ? in(Path.of(home, ".cache", "jltrace")) : none();
    }

    /**
     * The bytes that were kept of a build; empty if there are none.
     *
     * @param kind what of the build, as the file's name ends
     */
    public Optional<ByteSource> read(String buildId, String kind) {
        if (directory.isEmpty() || !isFileName(buildId)) {
            return Optional.empty();
        }
        Path file = file(directory.get(), buildId, kind);
        try {
            if (!isPrivate(directory.get())) {
                return Optional.empty();
            }
            PosixFileAttributes attributes =
                    Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile() || attributes.size() > LARGEST_FILE) {
                return Optional.empty();
            }
            Instant now = Instant.now();
            if (attributes.lastModifiedTime().toInstant().plus(USED).isBefore(now)) {
                Files.setLastModifiedTime(file, FileTime.from(now));
            }
            return Optional.of(ByteSource.map(file));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Keeps bytes of a build, if that is possible.
     *
     * @param kind what of the build, as the file's name ends
     */
    public void write(String buildId, String kind, byte[] bytes) {
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
                known = null;
            }
            if (isPrivate(folder)) {
                makeRoom(folder, bytes.length);
                replace(folder, file(folder, buildId, kind), bytes);
            }
        } catch (IOException | UncheckedIOException e) {
            // The next run finds it out again.
        }
    }

    private static Path file(Path folder, String buildId, String kind) {
        return folder.resolve(buildId + '.' + kind);
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

    private record Kept(Path file, FileTime used, long size) {}

    /** Removes files until there is room, and some more, so that it is not done each time. */
    private void makeRoom(Path folder, long wanted) throws IOException {
        List<Kept> all = new ArrayList<>();
        long total = wanted;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                PosixFileAttributes attributes =
                        Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                all.add(new Kept(file, attributes.lastModifiedTime(), attributes.size()));
                total += attributes.size();
            }
        }
        if (total <= mostBytes) {
            return;
        }
        all.sort(Comparator.comparing(Kept::used));
        for (Kept oldest : all) {
            if (total > mostBytes / 4 * 3) {
                Files.deleteIfExists(oldest.file());
                total -= oldest.size();
            }
        }
    }

    /** Whether a folder is one, not a link, and the user alone may use it: what root reads must not be what someone else wrote. */
    private boolean isPrivate(Path folder) {
        Boolean result = known;
        if (result == null) {
            result = looksPrivate(folder);
            known = result;
        }
        return result;
    }

    private static boolean looksPrivate(Path folder) {
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
