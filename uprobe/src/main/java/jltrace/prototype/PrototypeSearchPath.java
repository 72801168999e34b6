package jltrace.prototype;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where prototype files are looked for: those that the user names, the bundled ones, then where ltrace looks (ltrace(1), "Prototype
 * library discovery").
 */
public final class PrototypeSearchPath {

    private final Map<String, String> environment;
    private final Path root;

    /** The search path of this process. */
    public PrototypeSearchPath() {
        this(System.getenv(), Path.of("/"));
    }

    /**
     * @param environment the environment variables
     * @param root the directory to take as the file system's root
     */
    PrototypeSearchPath(Map<String, String> environment, Path root) {
        this.environment = Map.copyOf(environment);
        this.root = root;
    }

    /** All prototypes, as {@link #prototypes(List, List)} has them, of no headers. */
    public Prototypes prototypes(List<Path> named) throws PrototypeFileException {
        return prototypes(named, List.of());
    }

    /**
     * All prototypes, in the order: the user's files and directories, then the user's headers, as they are named; the bundled files;
     * {@code $XDG_CONFIG_HOME/ltrace}; {@code $HOME/.ltrace}; {@code ltrace} in each of {@code $XDG_CONFIG_DIRS};
     * {@code /usr/share/ltrace}; {@code $HOME/.ltrace.conf}; {@code /etc/ltrace.conf}.
     *
     * @param named the files and directories that the user names; a file's lines hold for all libraries, a directory has a file for
     *     each library
     * @param headers the C headers that the user names, which hold for all libraries
     * @throws PrototypeFileException if one of the named files cannot be read, or one of the headers cannot be compiled
     */
    public Prototypes prototypes(List<Path> named, List<Path> headers) throws PrototypeFileException {
        List<PrototypeLayer> layers = new ArrayList<>();
        LibraryPrototypes bundled =
                new LibraryPrototypes(PrototypeSource.Origin.BUNDLED, new BundledTexts(), new NothingElse());
        List<PrototypeLayer> found = new ArrayList<>();
        PrototypeFile.Imports imports = bundled;
        List<Path> directories = directories();
        for (int i = directories.size() - 1; i >= 0; i--) {
            if (Files.isDirectory(directories.get(i))) {
                LibraryPrototypes libraries = libraries(PrototypeSource.Origin.LTRACE, directories.get(i), imports);
                found.add(0, libraries);
                imports = libraries;
            }
        }
        for (Path path : named) {
            layers.add(
                    Files.isDirectory(path)
                            ? libraries(PrototypeSource.Origin.USER, path, imports)
                            : new CommonPrototypes(file(PrototypeSource.Origin.USER, path, imports)));
        }
        for (Path header : headers) {
            layers.add(HeaderPrototypes.read(header, environment.getOrDefault("PATH", "")));
        }
        layers.add(bundled);
        layers.addAll(found);
        for (Path directory : directory("HOME")) {
            Path path = directory.resolve(".ltrace.conf");
            if (readable(path)) {
                layers.add(new CommonPrototypes(file(PrototypeSource.Origin.LTRACE, path, imports)));
            }
        }
        Path systemWide = root.resolve("etc/ltrace.conf");
        if (readable(systemWide)) {
            PrototypeFile file = file(PrototypeSource.Origin.LTRACE, systemWide, imports);
            layers.add(new LegacyPrototypes(file, bundled));
        }
        return new Prototypes(layers);
    }

    private static LibraryPrototypes libraries(
            PrototypeSource.Origin origin, Path directory, PrototypeFile.Imports otherImports) {
        return new LibraryPrototypes(origin, new DirectoryTexts(directory), otherImports);
    }

    /** A file whose imports are looked for beside it first. */
    private static PrototypeFile file(PrototypeSource.Origin origin, Path path, PrototypeFile.Imports otherImports)
            throws PrototypeFileException {
        PrototypeTexts.Text text = DirectoryTexts.readFile(path);
        Path directory = path.toAbsolutePath().getParent();
        PrototypeFile.Imports imports = directory == null ? otherImports : libraries(origin, directory, otherImports);
        return new PrototypeFile(origin, text.fileName(), text.text(), imports);
    }

    private static boolean readable(Path path) {
        return Files.isRegularFile(path) && Files.isReadable(path);
    }

    private List<Path> directories() {
        List<Path> directories = new ArrayList<>();
        List<Path> home = directory("HOME");
        for (Path configuration : directory("XDG_CONFIG_HOME")) {
            directories.add(configuration.resolve("ltrace"));
        }
        for (Path each : home) {
            if (directories.isEmpty()) {
                directories.add(each.resolve(".config/ltrace"));
            }
            directories.add(each.resolve(".ltrace"));
        }
        List<Path> systemWide = new ArrayList<>();
        for (String path : environment.getOrDefault("XDG_CONFIG_DIRS", "").split(":", -1)) {
            systemWide.addAll(directory(path, root));
        }
        for (Path each : systemWide.isEmpty() ? List.of(root.resolve("etc/xdg")) : systemWide) {
            directories.add(each.resolve("ltrace"));
        }
        directories.add(root.resolve("usr/share/ltrace"));
        return directories;
    }

    private List<Path> directory(String variable) {
        return directory(environment.getOrDefault(variable, ""), root);
    }

    /**
     * The directory with this name. None if it is relative, which the XDG base directory specification says to ignore, or if the
     * locale of this process cannot express it.
     */
    private static List<Path> directory(String name, Path root) {
        try {
            return name.startsWith("/") ? List.of(root.resolve(name.substring(1))) : List.of();
        } catch (InvalidPathException e) {
            return List.of();
        }
    }

    private static final class NothingElse implements PrototypeFile.Imports {
        @Override
        public Optional<PrototypeFile> find(String name) {
            return Optional.empty();
        }
    }
}
