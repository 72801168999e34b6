package jltrace.elf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A directory that is {@code /} for a program. Symbolic links below it, absolute ones too, lead to files below it, which
 * the kernel would not see to from outside.
 */
final class FileSystemRoot {
    private static final int MAXIMUM_LINKS = 40;

    private final Path root;
    private final String workingDirectory;
    private final boolean isOwnRoot;
    private final Map<String, Boolean> directories = new HashMap<>();

    FileSystemRoot(Path root, String workingDirectory) {
        this.root = root;
        this.workingDirectory = workingDirectory;
        this.isOwnRoot = root.equals(Path.of("/"));
    }

    /** The path that the program knows as {@code path}, made absolute; symbolic links stay. */
    String absolute(String path) {
        return path.startsWith("/") ? path : workingDirectory + "/" + path;
    }

    /** The regular file behind all symbolic links of a path of the program; empty if there is none. */
    Optional<Path> regularFile(String path) {
        try {
            Path file = isOwnRoot ? Path.of(absolute(path)).toRealPath() : followLinks(absolute(path));
            return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
        } catch (IOException | InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** The same for all paths of one file, hard links included. */
    static Object identity(Path file) {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return key == null ? file : key;
        } catch (IOException e) {
            return file;
        }
    }

    /** Whether a path of the program leads to a directory. */
    boolean isDirectory(String path) {
        Boolean known = directories.get(path);
        if (known == null) {
            known = looksLikeDirectory(path);
            directories.put(path, known);
        }
        return known;
    }

    private boolean looksLikeDirectory(String path) {
        try {
            return Files.isDirectory(isOwnRoot ? Path.of(absolute(path)) : followLinks(absolute(path)));
        } catch (IOException | InvalidPathException e) {
            return false;
        }
    }

    /** The path, as the program knows it, of a file that {@link #regularFile} found. */
    String pathOf(Path file) {
        return isOwnRoot ? file.toString() : "/" + root.relativize(file);
    }

    private Path followLinks(String absolutePath) throws IOException {
        Deque<String> ahead = new ArrayDeque<>();
        push(ahead, absolutePath);
        Path current = root;
        int links = 0;
        while (!ahead.isEmpty()) {
            String name = ahead.pop();
            if (name.equals("..")) {
                current = current.equals(root) ? root : parent(current);
                continue;
            }
            Path next = current.resolve(name);
            if (!Files.isSymbolicLink(next)) {
                current = next;
                continue;
            }
            links++;
            if (links > MAXIMUM_LINKS) {
                throw new IOException(absolutePath + ": too many symbolic links");
            }
            String target = Files.readSymbolicLink(next).toString();
            current = target.startsWith("/") ? root : current;
            push(ahead, target);
        }
        return current;
    }

    private Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? root : parent;
    }

    private static void push(Deque<String> ahead, String path) {
        String[] names = path.split("/", -1);
        for (int i = names.length - 1; i >= 0; i--) {
            if (!names[i].isEmpty() && !names[i].equals(".")) {
                ahead.push(names[i]);
            }
        }
    }
}
