package jltrace.target;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jltrace.elf.ElfException;
import jltrace.elf.ElfFile;
import jltrace.elf.LoadedObject;
import jltrace.elf.LoaderEnvironment;
import jltrace.elf.SharedLibraries;
import jltrace.sys.ProcFs;
import jltrace.sys.Processor;
import org.jspecify.annotations.Nullable;

/** Finds out which objects a process has, or will have once the dynamic loader is done. Files are opened once. */
public final class ProgramLoader {
    /** So many functions are probed in advance, at some 0.1 ms each, for programs that children may become. */
    private static final int MOST_SHARED_FUNCTIONS = 4096;

    /** The program and the dynamic loader: more a process has not mapped when it starts. */
    private static final int MAPPED_AT_START = 2;

    private final ObjectTable objects;
    private final Damages damages;
    private final MappedFiles mappedFiles = new MappedFiles();
    private final Map<FileIdentity, ElfFile> files = new HashMap<>();

    /** @param damages takes what of the objects can't be read, and which can't be traced at all */
    public ProgramLoader(ObjectTable objects, Damages damages) {
        this.objects = objects;
        this.damages = damages;
    }

    /**
     * The objects of a process: those that it has mapped, or, when it has just become its program, those that the dynamic loader
     * will map.
     *
     * @throws IOException if the process is gone
     * @throws jltrace.elf.ElfException if its program is not for x86-64 or corrupt
     */
    public ProcessImage load(int pid) throws IOException {
        MappedFiles.Located program = mappedFiles.program(pid);
        Map<FileIdentity, ObjectImage> mapped = mapped(pid, program.identity());
        return image(pid, program, mapped, mapped.size() <= MAPPED_AT_START);
    }

    /**
     * As {@link #load}, for a process that has just become a program; it may be another one or gone already.
     *
     * @param mapping one of the program's own
     */
    public ProcessImage loadProgram(int pid, MemoryMapping mapping) throws IOException {
        MappedFiles.Located program = mappedFiles.locate(pid, mapping);
        return image(pid, program, mapped(pid, program.identity()), true);
    }

    /** @param starting whether the dynamic loader may have more to map */
    private ProcessImage image(
            int pid, MappedFiles.Located program, Map<FileIdentity, ObjectImage> mapped, boolean starting)
            throws IOException {
        mapped.remove(program.identity());
        List<ObjectImage> found = new ArrayList<>();
        found.add(opened(program, true, true));
        Path root = ProcFs.rootDirectory(pid);
        LoaderEnvironment environment = new LoaderEnvironment(
                root,
                pathBelowRoot(pid, root, workingDirectory(pid)),
                environment(pid),
                false,
                Processor.capabilities());
        String path = pathBelowRoot(pid, root, program.path());
        for (LoadedObject object : SharedLibraries.of(path, found.get(0).elf(), environment)) {
            if (object.foundBy() == LoadedObject.FoundBy.PROGRAM) {
                continue;
            }
            FileIdentity identity = FileIdentity.of(object.file());
            ObjectImage there = mapped.remove(identity);
            if (there == null) {
                there = removeNamed(nameOf(object.elf(), object.path()), mapped);
            }
            if (there != null) {
                found.add(new ObjectImage(there.file(), there.elf(), true, there.path()));
            } else if (starting) {
                String seen =
                        root.equals(Path.of("/")) ? object.file().toString() : "/" + root.relativize(object.file());
                found.add(opened(new MappedFiles.Located(object.file(), identity, seen), object.elf(), false, true));
            }
        }
        for (ObjectImage object : found) {
            damages.read(object.file(), "needs", () -> object.elf().dynamic().needed(), List.of());
        }
        found.addAll(mapped.values());
        found.forEach(objects::opened);
        ProcessImage image = new ProcessImage();
        image.add(found);
        return image;
    }

    /** What the process has mapped executable, if its program is the one that is meant. */
    private Map<FileIdentity, ObjectImage> mapped(int pid, FileIdentity program) {
        Map<FileIdentity, ObjectImage> mapped = new LinkedHashMap<>();
        for (MemoryMapping mapping : mappings(pid)) {
            if (!mapping.executable() || !mapping.path().startsWith("/")) {
                continue;
            }
            try {
                MappedFiles.Located located = mappedFiles.locate(pid, mapping);
                if (!mapped.containsKey(located.identity())) {
                    mapped.put(
                            located.identity(),
                            opened(located, located.identity().equals(program), false));
                }
            } catch (IOException | ElfException e) {
                damages.add(notShown(mapping, e));
            }
        }
        return mapped.containsKey(program) ? mapped : new LinkedHashMap<>();
    }

    /** What to tell of a file that can't be traced. */
    public static String notShown(MemoryMapping mapping, Exception reason) {
        return mapping.path() + ": calls into it are not shown: " + reason.getMessage();
    }

    /** The dynamic loader found another file in a library's place when the process started. */
    private @Nullable ObjectImage removeNamed(String name, Map<FileIdentity, ObjectImage> mapped) {
        for (Map.Entry<FileIdentity, ObjectImage> entry : mapped.entrySet()) {
            ObjectImage image = entry.getValue();
            if (nameOf(image.elf(), image.file().path()).equals(name)) {
                mapped.remove(entry.getKey());
                return image;
            }
        }
        return null;
    }

    private String nameOf(ElfFile elf, String path) {
        String fileName = ObjectFile.fileName(path);
        try {
            return elf.dynamic().soname().orElse(fileName);
        } catch (ElfException e) {
            damages.add(fileName, "names", e);
            return fileName;
        }
    }

    /** What a process has mapped; nothing if it is gone. */
    public static List<MemoryMapping> mappings(int pid) {
        try {
            return MemoryMapping.parse(ProcFs.maps(pid));
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The file of a mapping, if it was opened before. */
    public Optional<ObjectFile> find(int pid, MemoryMapping mapping) {
        Optional<ObjectFile> known = objects.find(mapping.file());
        if (known.isPresent()) {
            return known;
        }
        try {
            return objects.find(mappedFiles.locate(pid, mapping).identity());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Opens a library that a process has mapped. */
    public ObjectImage open(int pid, MemoryMapping mapping) throws IOException {
        ObjectImage image = opened(mappedFiles.locate(pid, mapping), false, false);
        objects.opened(image);
        return image;
    }

    private ObjectImage opened(MappedFiles.Located located, boolean program, boolean needed) throws IOException {
        ElfFile known = files.get(located.identity());
        return opened(located, known == null ? ElfFile.open(located.file()) : known, program, needed);
    }

    private ObjectImage opened(MappedFiles.Located located, ElfFile opened, boolean program, boolean needed) {
        ElfFile elf = files.computeIfAbsent(located.identity(), key -> opened);
        String path = located.path();
        String name = program ? ObjectFile.fileName(path) : nameOf(elf, path);
        return new ObjectImage(objects.add(located.identity(), path, program, name), elf, needed, located.file());
    }

    /**
     * The libraries of a process of which programs that it may start are likely to call any function: the C library, and the others
     * in the order of the search, as long as they have few enough functions to be probed in advance.
     */
    public List<ObjectImage> sharedWithChildren(ProcessImage image) {
        List<ObjectImage> found = new ArrayList<>();
        int functions = 0;
        for (boolean others : new boolean[] {false, true}) {
            for (ObjectImage object : image.objects()) {
                if (object.file().program() || object.file().name().equals("libc.so.6") == others) {
                    continue;
                }
                functions += damages.read(
                        object.file(),
                        Damages.SYMBOLS,
                        () -> object.elf().dynamicSymbols().functions().size(),
                        0);
                if (found.isEmpty() || functions <= MOST_SHARED_FUNCTIONS) {
                    found.add(object);
                }
            }
        }
        return found;
    }

    private static String workingDirectory(int pid) {
        try {
            return ProcFs.workingDirectory(pid).toString();
        } catch (IOException e) {
            return "/";
        }
    }

    /** The path that a process itself knows, which may have another root directory. */
    private static String pathBelowRoot(int pid, Path root, String path) {
        if (root.equals(Path.of("/"))) {
            return path;
        }
        try {
            String prefix = ProcFs.rootPath(pid).toString();
            return path.startsWith(prefix + "/") ? path.substring(prefix.length()) : path;
        } catch (IOException e) {
            return path;
        }
    }

    private static Map<String, String> environment(int pid) {
        List<byte[]> entries;
        try {
            entries = ProcFs.environment(pid);
        } catch (IOException e) {
            return Map.of();
        }
        Map<String, String> variables = new LinkedHashMap<>();
        for (byte[] entry : entries) {
            String text = new String(entry, StandardCharsets.UTF_8);
            int equals = text.indexOf('=');
            if (equals > 0) {
                variables.putIfAbsent(text.substring(0, equals), text.substring(equals + 1));
            }
        }
        return variables;
    }
}
