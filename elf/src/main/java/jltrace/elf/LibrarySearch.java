package jltrace.elf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jltrace.bytes.ByteSource;
import org.jspecify.annotations.Nullable;

/** Finds one library after the other by the rules of {@code _dl_map_object} in glibc's elf/dl-load.c. */
final class LibrarySearch {
    private static final String CACHE_PATH = "/etc/ld.so.cache";

    private final LoaderEnvironment environment;
    private final FileSystemRoot root;
    private final Node program;
    private final @Nullable ElfFile loader;
    private final List<String> libraryPath;
    private @Nullable LoaderBuild build;
    private @Nullable LoaderCache cache;
    private boolean cacheWasRead;

    /** An object and the one whose need brought it in. */
    static final class Node {
        final ElfFile elf;
        final @Nullable Node neededBy;
        /** Directory that {@code $ORIGIN} stands for. */
        final String origin;

        Node(ElfFile elf, @Nullable Node neededBy, String origin) {
            this.elf = elf;
            this.neededBy = neededBy;
            this.origin = origin;
        }
    }

    /** A file that was found. */
    record Found(String path, Path file, LoadedObject.FoundBy foundBy, ElfFile elf) {}

    /** @param loader the program's dynamic loader, or null if it could not be found */
    LibrarySearch(LoaderEnvironment environment, FileSystemRoot root, Node program, @Nullable ElfFile loader) {
        this.environment = environment;
        this.root = root;
        this.program = program;
        this.loader = loader;
        String variable =
                environment.secureExecution() ? "" : environment.variables().getOrDefault("LD_LIBRARY_PATH", "");
        this.libraryPath = variable.isEmpty() ? List.of() : directories(variable.replace(';', ':'), program);
    }

    /**
     * Finds what {@code neededBy} needs.
     *
     * @param isPreload whether it is an entry of {@code LD_PRELOAD}, of which few are trusted if the program gains privileges
     * @return null if it is nowhere
     * @throws ElfException if the loader would come upon a file of that name that it does not accept, and give up
     */
    @Nullable Found find(String name, Node neededBy, boolean isPreload) {
        boolean distrustful = isPreload && environment.secureExecution();
        if (name.indexOf('/') >= 0) {
            String path = tokens(neededBy).replaceIn(name);
            return path == null ? null : open(path, LoadedObject.FoundBy.PATH);
        }
        Found found = findByRpath(name, neededBy, distrustful);
        if (found == null) {
            found = findIn(libraryPath, name, LoadedObject.FoundBy.LIBRARY_PATH, distrustful);
        }
        if (found == null) {
            List<String> runpath = runpath(neededBy);
            found = findIn(runpath, name, LoadedObject.FoundBy.RUNPATH, distrustful);
        }
        if (found == null && !distrustful) {
            found = findInCache(name, neededBy);
        }
        if (found == null && !neededBy.elf.dynamic().avoidsDefaultDirectories()) {
            found = findIn(build().directories(), name, LoadedObject.FoundBy.DEFAULT_DIRECTORY, distrustful);
        }
        return found;
    }

    private @Nullable Found findByRpath(String name, Node neededBy, boolean distrustful) {
        if (neededBy.elf.dynamic().runpath().isPresent()) {
            return null;
        }
        for (Node node = neededBy; node != null; node = node.neededBy) {
            Found found = findIn(rpath(node), name, LoadedObject.FoundBy.RPATH, distrustful);
            if (found != null) {
                return found;
            }
            if (node == program) {
                return null;
            }
        }
        return findIn(rpath(program), name, LoadedObject.FoundBy.RPATH, distrustful);
    }

    private @Nullable Found findInCache(String name, Node neededBy) {
        LoaderCache known = cache();
        Optional<String> path = known == null
                ? Optional.empty()
                : known.find(name, environment.capabilities().levels());
        if (path.isEmpty()) {
            return null;
        }
        if (neededBy.elf.dynamic().avoidsDefaultDirectories() && isBelowDefaultDirectory(path.get())) {
            return null;
        }
        return open(path.get(), LoadedObject.FoundBy.CACHE);
    }

    private boolean isBelowDefaultDirectory(String path) {
        for (String directory : build().directories()) {
            if (path.startsWith(directory)) {
                return true;
            }
        }
        return false;
    }

    private @Nullable Found findIn(
            List<String> directories, String name, LoadedObject.FoundBy foundBy, boolean distrustful) {
        for (String directory : directories) {
            for (String subdirectory : subdirectories(directory)) {
                Found found = open(directory + subdirectory + name, foundBy);
                if (found != null && (!distrustful || isSetUserId(found.file()))) {
                    return found;
                }
            }
        }
        return null;
    }

    /** Those that are looked in before the directory, and the directory itself: each empty or with a slash at its end. */
    private List<String> subdirectories(String directory) {
        List<String> result = new ArrayList<>();
        String levels = "glibc-hwcaps/";
        if (root.isDirectory(directory + levels)) {
            for (String level : environment.capabilities().levels()) {
                result.add(levels + level + "/");
            }
        }
        for (String name : environment.capabilities().legacyNames()) {
            if (root.isDirectory(directory + name) && build().usesLegacyNames()) {
                result.add(name + "/");
            }
        }
        result.add("");
        return result;
    }

    /** Opens a library as the loader does: files for other machines are passed over, files that are no ELF are not. */
    private @Nullable Found open(String path, LoadedObject.FoundBy foundBy) {
        Optional<Path> file = root.regularFile(path);
        if (file.isEmpty()) {
            return null;
        }
        try {
            return new Found(path, file.get(), foundBy, ElfFile.open(file.get()));
        } catch (IOException e) {
            return null; // The loader goes on as well after a file that it may not read.
        } catch (ElfException e) {
            if (e.kind() == ElfException.Kind.WRONG_CLASS || e.kind() == ElfException.Kind.WRONG_MACHINE) {
                return null;
            }
            throw e;
        }
    }

    private static boolean isSetUserId(Path file) {
        try {
            return Files.getAttribute(file, "unix:mode") instanceof Integer mode && (mode & 04000) != 0;
        } catch (IOException e) {
            return false;
        }
    }

    private List<String> rpath(Node node) {
        DynamicTable dynamic = node.elf.dynamic();
        Optional<String> rpath = dynamic.runpath().isPresent() ? Optional.empty() : dynamic.rpath();
        return rpath.isPresent() ? directories(rpath.get(), node) : List.of();
    }

    private List<String> runpath(Node node) {
        Optional<String> runpath = node.elf.dynamic().runpath();
        return runpath.isPresent() ? directories(runpath.get(), node) : List.of();
    }

    /** The directories of a list separated by colons, tokens replaced: what a name is to be put behind. */
    private List<String> directories(String list, Node node) {
        List<String> result = new ArrayList<>();
        if (list.isEmpty()) {
            return result;
        }
        for (String element : list.split(":", -1)) {
            String directory = tokens(node).replaceIn(element);
            if (directory == null || (directory.isEmpty() && !element.isEmpty())) {
                continue;
            }
            int end = directory.length();
            while (end > 1 && directory.charAt(end - 1) == '/') {
                end--;
            }
            directory = directory.substring(0, end);
            // An empty element is the working directory, and adds nothing to a name.
            boolean isComplete = directory.isEmpty() || directory.equals("/");
            result.add(isComplete ? directory : directory + "/");
        }
        return result;
    }

    private PathTokens tokens(Node node) {
        return new PathTokens(
                node.origin,
                environment.capabilities().platform(),
                this,
                environment.secureExecution(),
                node == program);
    }

    LoaderBuild build() {
        LoaderBuild result = build;
        if (result == null) {
            result = LoaderBuild.of(loader);
            build = result;
        }
        return result;
    }

    private @Nullable LoaderCache cache() {
        if (!cacheWasRead) {
            cacheWasRead = true;
            Optional<Path> file = root.regularFile(CACHE_PATH);
            if (file.isPresent()) {
                try {
                    cache = LoaderCache.parse(ByteSource.map(file.get()), CACHE_PATH);
                } catch (IOException | ElfException e) {
                    cache = null; // The loader does without a cache that it cannot read.
                }
            }
        }
        return cache;
    }
}
