package jltrace.target;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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

/** Finds out which objects a process has, or will have once the dynamic loader is done. Files are opened once. */
public final class ProgramLoader {
    /** So many functions are probed in advance, at some 0.1 ms each, for programs that children may become. */
    private static final int MOST_SHARED_FUNCTIONS = 4096;

    private final ObjectTable objects;
    private final Damages damages;
    private final Map<String, ElfFile> files = new HashMap<>();

    /** @param damages takes what of the objects can't be read */
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
        return loadProgram(pid, ProcFs.executable(pid).toString());
    }

    /** As {@link #load}, for a program whose path is known; the process may be gone already. */
    public ProcessImage loadProgram(int pid, String programPath) throws IOException {
        ProcessImage image = new ProcessImage();
        List<ObjectImage> found = new ArrayList<>();
        found.add(openAs(programPath, true));
        LoaderEnvironment environment = new LoaderEnvironment(
                Path.of("/"), workingDirectory(pid), environment(pid), false, Processor.capabilities());
        for (LoadedObject object : SharedLibraries.of(programPath, environment)) {
            String path = object.file().toString();
            if (!contains(found, path)) {
                found.add(image(path, object.file(), object.elf(), false, true));
            }
            damages.read(
                    found.get(found.size() - 1).file(),
                    "needs",
                    () -> object.elf().dynamic().needed(),
                    List.of());
        }
        for (MemoryMapping mapping : mappings(pid)) {
            if (mapping.executable() && mapping.path().startsWith("/") && !contains(found, mapping.path())) {
                openMapped(mapping.path()).ifPresent(found::add);
            }
        }
        image.add(found);
        return image;
    }

    private static List<MemoryMapping> mappings(int pid) {
        try {
            return MemoryMapping.parse(ProcFs.maps(pid));
        } catch (IOException e) {
            return List.of();
        }
    }

    private static boolean contains(List<ObjectImage> images, String path) {
        for (ObjectImage image : images) {
            if (image.file().path().equals(path)) {
                return true;
            }
        }
        return false;
    }

    /** What a process has mapped need not be a library, or still be there. */
    private Optional<ObjectImage> openMapped(String path) {
        try {
            return Optional.of(open(path));
        } catch (IOException | ElfException e) {
            damages.add(path + ": calls into it are not shown: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Opens a library that a process has mapped. */
    public ObjectImage open(String path) throws IOException {
        return openAs(path, false);
    }

    private ObjectImage openAs(String path, boolean program) throws IOException {
        ElfFile known = files.get(path);
        Path file = Path.of(path);
        if (known == null) {
            if (!Files.exists(file)) {
                throw new IOException("it is not to be found in the file system");
            }
            known = ElfFile.open(file);
        }
        return image(path, file, known, program, program);
    }

    private ObjectImage image(String path, Path file, ElfFile opened, boolean program, boolean needed) {
        ElfFile elf = files.computeIfAbsent(path, key -> opened);
        String name = program ? ObjectFile.fileName(path) : soname(elf).orElse(ObjectFile.fileName(path));
        ObjectImage image = new ObjectImage(objects.add(path, program, name), elf, needed, file);
        objects.opened(image);
        return image;
    }

    private Optional<String> soname(ElfFile elf) {
        try {
            return elf.dynamic().soname();
        } catch (ElfException e) {
            damages.add(ObjectFile.fileName(elf.name()), "names", e);
            return Optional.empty();
        }
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
