package jltrace.elf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One start of a program by the dynamic loader: the objects it goes through and the names it knows them by (glibc,
 * elf/rtld.c and elf/dl-deps.c).
 */
final class ProgramStart {
    private static final String PRELOAD_PATH = "/etc/ld.so.preload";

    private final LoaderEnvironment environment;
    private final FileSystemRoot root;
    private final LibrarySearch search;
    private final @Nullable Known interpreter;
    private final List<Known> order = new ArrayList<>();
    private final List<MissingLibrary> missing = new ArrayList<>();

    /** An object and all names that it goes by. */
    private static final class Known {
        final LoadedObject object;
        final LibrarySearch.Node node;
        final Object identity;
        final Set<String> names = new HashSet<>();

        Known(LoadedObject object, LibrarySearch.Node node) {
            this.object = object;
            this.node = node;
            this.identity = FileSystemRoot.identity(object.file());
            names.add(object.name());
            names.add(object.path());
            names.addAll(readable(() -> object.elf().dynamic().strings(DynamicTable.SONAME)));
        }

        List<String> needed() {
            return readable(() -> object.elf().dynamic().needed());
        }

        /** What the object says, as far as it can be read: that the loader will be of the same mind is not sure. */
        private static List<String> readable(Supplier<List<String>> reading) {
            try {
                return reading.get();
            } catch (ElfException e) {
                return List.of();
            }
        }
    }

    ProgramStart(LoadedObject program, LoaderEnvironment environment, FileSystemRoot root) {
        this.environment = environment;
        this.root = root;
        // The kernel tells a program its real path; the loader does not ask for that of a library.
        boolean isStarted = program.elf().interpreter().isPresent();
        String path = isStarted ? root.pathOf(program.file()) : root.absolute(program.path());
        LibrarySearch.Node node = new LibrarySearch.Node(program.elf(), null, directoryOf(path));
        Known found = findInterpreter(program.elf(), root);
        // The loader itself, taken for a program, needs none.
        this.interpreter = found != null && found.object.file().equals(program.file()) ? null : found;
        this.search = new LibrarySearch(environment, root, node, interpreter == null ? null : interpreter.object.elf());
        order.add(new Known(program, node));
    }

    SharedLibraries load() {
        Known program = order.get(0);
        for (String name : preloads()) {
            add(name, program, true);
        }
        for (int i = 0; i < order.size(); i++) {
            Known known = order.get(i);
            for (String name : known.needed()) {
                add(name, known, false);
            }
        }
        boolean interpreterIsNeeded = interpreter != null && order.contains(interpreter);
        boolean isStarted = program.object.elf().interpreter().isPresent();
        if (isStarted && interpreter != null && !interpreterIsNeeded) {
            order.add(interpreter);
        }
        List<LoadedObject> objects = new ArrayList<>();
        for (Known known : order) {
            objects.add(known.object);
        }
        return new SharedLibraries(objects, missing, interpreterIsNeeded);
    }

    private void add(String name, Known neededBy, boolean isPreload) {
        if (isKnown(name)) {
            return;
        }
        String reason = "not found";
        try {
            LibrarySearch.Found found = search.find(name, neededBy.node, isPreload);
            if (found != null) {
                addFound(name, found, neededBy);
                return;
            }
        } catch (ElfException e) {
            reason = String.valueOf(e.getMessage());
        }
        if (!isMissing(name, isPreload)) {
            missing.add(new MissingLibrary(name, isPreload ? "" : neededBy.object.path(), reason));
        }
    }

    private void addFound(String name, LibrarySearch.Found found, Known neededBy) {
        Object identity = FileSystemRoot.identity(found.file());
        if (interpreter != null && interpreter.identity.equals(identity)) {
            interpreter.names.add(name);
            isKnown(name);
            return;
        }
        for (Known known : order) {
            if (known.identity.equals(identity)) {
                known.names.add(name);
                return;
            }
        }
        String origin = directoryOf(root.absolute(found.path()));
        LibrarySearch.Node node = new LibrarySearch.Node(found.elf(), neededBy.node, origin);
        order.add(new Known(new LoadedObject(name, found.path(), found.file(), found.foundBy(), found.elf()), node));
    }

    /** Whether an object goes by this name; the dynamic loader, which always does, is then put in its place. */
    private boolean isKnown(String name) {
        for (Known known : order) {
            if (known.names.contains(name)) {
                return true;
            }
        }
        if (interpreter != null && interpreter.names.contains(name)) {
            order.add(interpreter);
            return true;
        }
        return false;
    }

    private boolean isMissing(String name, boolean isPreload) {
        for (MissingLibrary library : missing) {
            if (library.name().equals(name) && library.neededBy().isEmpty() == isPreload) {
                return true;
            }
        }
        return false;
    }

    private List<String> preloads() {
        List<String> names = new ArrayList<>();
        addNames(environment.variables().getOrDefault("LD_PRELOAD", ""), " :", names);
        if (environment.secureExecution()) {
            names.removeIf(name -> name.indexOf('/') >= 0);
        }
        Optional<Path> file = root.regularFile(PRELOAD_PATH);
        if (file.isPresent()) {
            try {
                for (String line : Files.readAllLines(file.get(), StandardCharsets.ISO_8859_1)) {
                    int comment = line.indexOf('#');
                    addNames(comment < 0 ? line : line.substring(0, comment), " :\t", names);
                }
            } catch (IOException e) {
                return names; // The loader does without a file that it may not read.
            }
        }
        return names;
    }

    private static void addNames(String list, String separators, List<String> names) {
        int start = 0;
        for (int i = 0; i <= list.length(); i++) {
            if (i == list.length() || separators.indexOf(list.charAt(i)) >= 0) {
                if (i > start) {
                    names.add(list.substring(start, i));
                }
                start = i + 1;
            }
        }
    }

    private static @Nullable Known findInterpreter(ElfFile program, FileSystemRoot root) {
        // A library has none; ldd(1) takes this one for it.
        String path = program.interpreter().orElse("/lib64/ld-linux-x86-64.so.2");
        Optional<Path> file = root.regularFile(path);
        if (file.isEmpty()) {
            return null;
        }
        try {
            ElfFile elf = ElfFile.open(file.get());
            LoadedObject object = new LoadedObject(path, path, file.get(), LoadedObject.FoundBy.INTERPRETER, elf);
            return new Known(object, new LibrarySearch.Node(elf, null, directoryOf(path)));
        } catch (IOException | ElfException e) {
            return null; // The kernel will refuse to start the program; there is still something to say about it.
        }
    }

    private static String directoryOf(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }
}
