package jltrace.elf;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The objects that glibc's dynamic loader maps when a program starts, in the order in which it looks for symbols in them:
 * the program, preloaded libraries, then what these need, breadth first (ld.so(8); glibc, elf/dl-deps.c and elf/dl-load.c).
 *
 * <p>A static program is alone. The vDSO is no file and is not among them. The dynamic loader itself stands where a library
 * needs it, as libc does, or else at the end, and then the program finds no symbols in it. Not considered: audit libraries,
 * filters ({@code DT_FILTER}, {@code DT_AUXILIARY}), {@code GLIBC_TUNABLES}, and loaders other than glibc's.
 */
public final class SharedLibraries implements Iterable<LoadedObject> {
    private final List<LoadedObject> objects;
    private final List<MissingLibrary> missing;
    private final boolean interpreterIsNeeded;

    /** @param interpreterIsNeeded whether symbols are looked for in the last object, where that is the interpreter */
    SharedLibraries(List<LoadedObject> objects, List<MissingLibrary> missing, boolean interpreterIsNeeded) {
        this.objects = List.copyOf(objects);
        this.missing = List.copyOf(missing);
        this.interpreterIsNeeded = interpreterIsNeeded;
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
        return of(new LoadedObject(program, program, file.get(), LoadedObject.FoundBy.PROGRAM, elf), environment, root);
    }

    /**
     * As {@link #of(String, LoaderEnvironment)}, for a program that is opened already; nothing or another file may be at its path by
     * now.
     *
     * @param program its absolute path below {@code environment.root()}, without symbolic links
     */
    public static SharedLibraries of(String program, ElfFile elf, LoaderEnvironment environment) throws IOException {
        FileSystemRoot root = new FileSystemRoot(environment.root(), environment.workingDirectory());
        Path file = environment.root().resolve(program.substring(1));
        return of(new LoadedObject(program, program, file, LoadedObject.FoundBy.PROGRAM, elf), environment, root);
    }

    private static SharedLibraries of(LoadedObject object, LoaderEnvironment environment, FileSystemRoot root)
            throws IOException {
        ElfFile elf = object.elf();
        boolean isStatic = elf.interpreter().isEmpty() && elf.isExecutableProgram();
        return isStatic || elf.dynamic().size() == 0
                ? new SharedLibraries(List.of(object), List.of(), false)
                : new ProgramStart(object, environment, root).load();
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
            if (interpreterIsNeeded || object.foundBy() != LoadedObject.FoundBy.INTERPRETER) {
                files.add(object.elf());
            }
        }
        return new SymbolScope(files);
    }
}
