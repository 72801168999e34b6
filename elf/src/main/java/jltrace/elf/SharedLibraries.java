package jltrace.elf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The objects that glibc's dynamic loader maps when a program starts, in the order in which it looks for symbols in them:
 * the program, preloaded libraries, then what these need, breadth first (ld.so(8); glibc, elf/dl-deps.c and elf/dl-load.c).
 *
 * <p>A static program is alone. The vDSO is no file and is not among them. The dynamic loader itself stands where a library
 * needs it, as libc does, or else at the end, and then the program finds no symbols in it. Not considered: audit libraries,
 * filters ({@code DT_FILTER}, {@code DT_AUXILIARY}), {@code GLIBC_TUNABLES}, and loaders other than glibc's.
 */
public final class SharedLibraries implements Iterable<LoadedObject> {
    private static final String PRELOAD_PATH = "/etc/ld.so.preload";

    private final List<LoadedObject> objects;
    private final List<MissingLibrary> missing;

    private SharedLibraries(List<LoadedObject> objects, List<MissingLibrary> missing) {
        this.objects = List.copyOf(objects);
        this.missing = List.copyOf(missing);
    }

    /**
     * Finds the objects of a program; a shared library is treated as if it were the program.
     *
     * @param program path of the program, as it is known below {@code environment.root()}
     * @throws IOException if there is no such file or it cannot be read
     * @throws ElfException if it is not an ELF file for x86-64, or corrupt
     */
    public static SharedLibraries of(String program, LoaderEnvironment environment) throws IOException {
        FileSystemRoot root = new FileSystemRoot(environment.root(), environment.workingDirectory());
        Optional<Path> file = root.regularFile(program);
        if (file.isEmpty()) {
            throw new NoSuchFileException(program, null, "no such file");
        }
        ElfFile elf = ElfFile.open(file.get());
        LoadedObject object = new LoadedObject(program, program, file.get(), LoadedObject.FoundBy.PROGRAM, elf);
        boolean isStatic = elf.interpreter().isEmpty() && elf.isExecutableProgram();
        return isStatic || elf.dynamic().size() == 0
                ? new SharedLibraries(List.of(object), List.of())
                : new Loading(object, environment, root).load();
    }

    /** The objects in the order in which symbols are looked for. */
    @Override
    public Iterator<LoadedObject> iterator() {
        return objects.iterator();
    }

    /** As {@link #iterator()}: the program first. */
    public List<LoadedObject> objects() {
        return objects;
    }

    /** What could not be found; a program that needs one of them does not start. */
    public List<MissingLibrary> missing() {
        return missing;
    }

    /** The objects as the dynamic loader looks for symbols in them. */
    public SymbolScope scope() {
        List<ElfFile> files = new ArrayList<>();
        for (LoadedObject object : objects) {
            files.add(object.elf());
        }
        return new SymbolScope(files);
    }

    /** One start of a program. */
    private static final class Loading {
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
            final Set<String> names = new LinkedHashSet<>();

            Known(LoadedObject object, LibrarySearch.Node node) {
                this.object = object;
                this.node = node;
                names.add(object.name());
                names.add(object.path());
                Optional<String> soname = object.elf().dynamic().soname();
                if (soname.isPresent()) {
                    names.add(soname.get());
                }
            }
        }

        Loading(LoadedObject program, LoaderEnvironment environment, FileSystemRoot root) {
            this.environment = environment;
            this.root = root;
            // The kernel tells a program its real path; the loader does not ask for that of a library.
            boolean isStarted = program.elf().interpreter().isPresent();
            String path = isStarted ? root.pathOf(program.file()) : root.absolute(program.path());
            LibrarySearch.Node node = new LibrarySearch.Node(program.elf(), null, directoryOf(path));
            this.interpreter = findInterpreter(program.elf(), root);
            this.search =
                    new LibrarySearch(environment, root, node, interpreter == null ? null : interpreter.object.elf());
            order.add(new Known(program, node));
        }

        SharedLibraries load() {
            Known program = order.get(0);
            for (String name : preloads()) {
                add(name, program, true);
            }
            for (int i = 0; i < order.size(); i++) {
                Known known = order.get(i);
                for (String name : known.object.elf().dynamic().needed()) {
                    add(name, known, false);
                }
            }
            if (interpreter != null && !order.contains(interpreter)) {
                order.add(interpreter);
            }
            List<LoadedObject> objects = new ArrayList<>();
            for (Known known : order) {
                objects.add(known.object);
            }
            return new SharedLibraries(objects, missing);
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
            MissingLibrary library = new MissingLibrary(name, isPreload ? "" : neededBy.object.path(), reason);
            if (!isMissing(name)) {
                missing.add(library);
            }
        }

        private void addFound(String name, LibrarySearch.Found found, Known neededBy) {
            if (interpreter != null && interpreter.object.file().equals(found.file())) {
                interpreter.names.add(name);
                isKnown(name);
                return;
            }
            for (Known known : order) {
                if (known.object.file().equals(found.file())) {
                    known.names.add(name);
                    return;
                }
            }
            String origin = directoryOf(root.absolute(found.path()));
            LibrarySearch.Node node = new LibrarySearch.Node(found.elf(), neededBy.node, origin);
            order.add(
                    new Known(new LoadedObject(name, found.path(), found.file(), found.foundBy(), found.elf()), node));
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

        private boolean isMissing(String name) {
            for (MissingLibrary library : missing) {
                if (library.name().equals(name)) {
                    return true;
                }
            }
            return false;
        }

        private List<String> preloads() {
            List<String> names = new ArrayList<>();
            addNames(environment.variables().getOrDefault("LD_PRELOAD", ""), " :", names);
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
}
