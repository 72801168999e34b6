package jltrace.prototype;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jltrace.bytes.MalformedBytesException;
import jltrace.dwarf.Declaration;
import jltrace.dwarf.DwarfException;
import jltrace.elf.ElfException;
import jltrace.header.CCompiler;
import jltrace.header.DeclaredFunction;
import jltrace.header.HeaderDeclarations;
import jltrace.header.HeaderException;

/**
 * The functions that a C header declares, with the types that the user's compiler gives them. They hold for all libraries.
 *
 * <p>Headers that it includes count too if they lie in its directory or below, but not those of the whole system.
 */
public final class HeaderPrototypes implements PrototypeLayer {
    /** Directories that the headers of many libraries share. */
    private static final Set<Path> SHARED =
            Set.of(Path.of("/usr/include"), Path.of("/usr/include/x86_64-linux-gnu"), Path.of("/usr/local/include"));

    private final PrototypeSource source;
    private final Map<String, Declaration> functions;

    private HeaderPrototypes(PrototypeSource source, Map<String, Declaration> functions) {
        this.source = source;
        this.functions = functions;
    }

    /**
     * Compiles a header.
     *
     * @param header its path
     * @param searchPath where the compiler is looked for, as {@code $PATH}
     * @throws PrototypeFileException if there is no compiler, or it cannot compile the header: with its first complaint
     */
    public static HeaderPrototypes read(Path header, String searchPath) throws PrototypeFileException {
        if (!Files.isRegularFile(header)) {
            throw PrototypeFileException.ofHeader(
                    header, Files.exists(header) ? "it is no regular file" : "there is no such file");
        }
        Optional<CCompiler> compiler = CCompiler.onPath(searchPath);
        if (compiler.isEmpty()) {
            throw PrototypeFileException.ofHeader(header, "no C compiler on the PATH: install gcc or clang");
        }
        try {
            Path path = header.toRealPath();
            if (path.toString().matches(".*[\"\n\\\\].*")) {
                throw PrototypeFileException.ofHeader(header, "its name cannot be written in an #include");
            }
            HeaderDeclarations declarations = HeaderDeclarations.read(
                    compiler.get(),
                    "#define _GNU_SOURCE 1\n#include \"" + path + "\"\n",
                    List.of(),
                    function -> belongs(function, path));
            PrototypeSource source = new PrototypeSource(PrototypeSource.Origin.USER, header.toString(), 0);
            return new HeaderPrototypes(source, declarations.functions());
        } catch (IOException e) {
            throw PrototypeFileException.ofHeader(header, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw PrototypeFileException.ofHeader(header, "interrupted");
        } catch (HeaderException e) {
            throw PrototypeFileException.ofHeader(header, String.valueOf(e.getMessage()));
        } catch (ElfException | DwarfException | MalformedBytesException e) {
            throw PrototypeFileException.ofHeader(header, "cannot read what the compiler wrote: " + e.getMessage());
        }
    }

    private static boolean belongs(DeclaredFunction function, Path header) {
        Path file = Path.of(function.file());
        Path directory = header.getParent();
        return file.equals(header) || (directory != null && !SHARED.contains(directory) && file.startsWith(directory));
    }

    @Override
    public Optional<Prototype> find(String soname, String function) {
        return Optional.ofNullable(functions.get(function))
                .map(declaration -> new Prototype(declaration.signature(), source));
    }

    @Override
    public PrototypeSource.Origin origin() {
        return source.origin();
    }

    @Override
    public List<PrototypeError> errors() {
        return List.of();
    }

    /** The names of the functions. */
    Set<String> functionNames() {
        return new HashSet<>(functions.keySet());
    }
}
