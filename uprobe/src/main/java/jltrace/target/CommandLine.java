package jltrace.target;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * A program to start, as bytes: neither arguments nor environment need be text in any encoding.
 *
 * @param path the program's file
 * @param arguments from argv[0] on
 * @param environment {@code NAME=value} entries in their order
 */
public record CommandLine(String path, List<byte[]> arguments, List<byte[]> environment) {
    /** S_ISUID and S_ISGID of stat(2). */
    private static final int SET_IDS = 06000;

    private static final String DEFAULT_PATH = "/bin:/usr/bin";

    /**
     * Finds the program that a shell would run: a name without a slash along PATH.
     *
     * @param name what the user typed
     * @throws LaunchException if there is none, or it may not be executed
     */
    public static CommandLine of(String name, List<byte[]> arguments, List<byte[]> environment) throws LaunchException {
        return new CommandLine(find(name, value(environment, "PATH")), arguments, environment);
    }

    /** Whether the program's file is set-user-ID or set-group-ID. */
    public boolean isSetuid() throws IOException {
        Object mode = Files.getAttribute(Path.of(path), "unix:mode");
        return mode instanceof Integer bits && (bits & SET_IDS) != 0;
    }

    private static String find(String name, String searchPath) throws LaunchException {
        if (name.isEmpty()) {
            throw new LaunchException("no such program: ''", LaunchException.NOT_FOUND);
        }
        if (name.indexOf('/') >= 0) {
            Path file = path(name);
            if (!Files.exists(file)) {
                throw new LaunchException("no such program: " + name, LaunchException.NOT_FOUND);
            }
            if (Files.isDirectory(file)) {
                throw new LaunchException(name + " is a directory", LaunchException.NOT_EXECUTABLE);
            }
            if (!Files.isExecutable(file)) {
                throw new LaunchException(
                        name + " is not executable; chmod +x makes it so", LaunchException.NOT_EXECUTABLE);
            }
            return name;
        }
        boolean unusable = false;
        for (String directory : searchPath.split(":", -1)) {
            Path file = path(directory.isEmpty() ? name : directory + "/" + name);
            if (Files.isRegularFile(file)) {
                if (Files.isExecutable(file)) {
                    return file.toString();
                }
                unusable = true;
            }
        }
        if (unusable) {
            throw new LaunchException(name + " is on PATH but not executable", LaunchException.NOT_EXECUTABLE);
        }
        throw new LaunchException("no such program on PATH: " + name, LaunchException.NOT_FOUND);
    }

    private static Path path(String name) throws LaunchException {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new LaunchException("no such program: " + name, LaunchException.NOT_FOUND);
        }
    }

    /** The value of a variable in an environment, for PATH its default, else empty. */
    private static String value(List<byte[]> environment, String name) {
        String prefix = name + "=";
        for (byte[] entry : environment) {
            String text = new String(entry, StandardCharsets.ISO_8859_1);
            if (text.startsWith(prefix)) {
                return new String(entry, prefix.length(), entry.length - prefix.length(), StandardCharsets.UTF_8);
            }
        }
        return DEFAULT_PATH;
    }
}
