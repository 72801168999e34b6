package jltrace.elf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jltrace.bytes.ByteSource;
import jltrace.bytes.MalformedBytesException;

/**
 * Finds the files that hold the symbols and the debug information that were stripped from an object, where gdb looks for
 * them ("Debugging Information in Separate Files"): by build id, and by the name and checksum in {@code .gnu_debuglink}.
 *
 * <p>A file that is there but is no ELF file for x86-64, or belongs to another build, counts as not there. An object's debug file is
 * looked for once.
 */
public final class DebugFiles {
    private static final String DIRECTORY = "/usr/lib/debug";

    private final FileSystemRoot root;
    private final Map<ElfFile, Optional<ElfFile>> found = new HashMap<>();
    private final Map<ElfFile, Optional<ElfFile>> embedded = new HashMap<>();

    /** Those below {@code root}, which is {@code /} or the root directory of a container. */
    public DebugFiles(Path root) {
        this.root = new FileSystemRoot(root, "/");
    }

    /**
     * The debug file of an object.
     *
     * @param path the object's own path below the root, from which {@code .gnu_debuglink} leads on
     */
    public synchronized Optional<ElfFile> find(ElfFile elf, String path) {
        Optional<ElfFile> known = found.get(elf);
        if (known == null) {
            known = elf.buildId().flatMap(this::findByBuildId).or(() -> findByLink(elf, path));
            found.put(elf, known);
        }
        return known;
    }

    /**
     * The file that has the symbols which a stripped object lacks: its debug file, or the one that it carries in {@code .gnu_debugdata};
     * empty if there is none, or what it carries is corrupt.
     *
     * @param path the object's own path below the root
     */
    public synchronized Optional<ElfFile> symbolFile(ElfFile elf, String path) {
        Optional<ElfFile> debugFile = find(elf, path);
        return debugFile.isPresent() ? debugFile : embedded.computeIfAbsent(elf, DebugFiles::embeddedIn);
    }

    private static Optional<ElfFile> embeddedIn(ElfFile elf) {
        try {
            return SectionData.embeddedSymbols(elf);
        } catch (ElfException e) {
            return Optional.empty();
        }
    }

    /**
     * The file that {@code .gnu_debugaltlink} of a debug file names: what dwz(1) found to be common to several debug files.
     *
     * @param path the debug file's own path below the root
     */
    public Optional<ElfFile> findSupplementary(ElfFile debugFile, String path) {
        Optional<Section> section = debugFile.section(".gnu_debugaltlink");
        if (section.isEmpty()) {
            return Optional.empty();
        }
        ByteSource link = debugFile.contents(section.get());
        try {
            String name = link.string(0);
            long buildIdOffset = 0;
            while (link.u8(buildIdOffset) != 0) {
                buildIdOffset++;
            }
            String buildId = ElfFile.hexadecimal(link.from(buildIdOffset + 1));
            Optional<ElfFile> named = open(name.startsWith("/") ? name : directoryOf(path) + "/" + name);
            return named.isPresent() && hasBuildId(named.get(), buildId) ? named : findByBuildId(buildId);
        } catch (MalformedBytesException e) {
            throw ElfException.corrupt(debugFile.name(), "section .gnu_debugaltlink", e);
        }
    }

    /**
     * The file at a path below the root, whatever build it belongs to: a split file that debug information names.
     *
     * @param path an absolute path
     */
    public Optional<ElfFile> file(String path) {
        return open(path);
    }

    /** @param buildId in lower-case hexadecimal digits */
    private Optional<ElfFile> findByBuildId(String buildId) {
        if (buildId.length() < 4) {
            return Optional.empty();
        }
        String path = DIRECTORY + "/.build-id/" + buildId.substring(0, 2) + "/" + buildId.substring(2) + ".debug";
        return open(path).filter(opened -> hasBuildId(opened, buildId));
    }

    private static boolean hasBuildId(ElfFile elf, String buildId) {
        try {
            return elf.buildId().equals(Optional.of(buildId));
        } catch (ElfException e) {
            return false;
        }
    }

    private Optional<ElfFile> findByLink(ElfFile elf, String path) {
        Optional<Section> section = elf.section(".gnu_debuglink");
        if (section.isEmpty()) {
            return Optional.empty();
        }
        ByteSource link = elf.contents(section.get());
        try {
            String name = link.string(0);
            long checksum = link.u32(link.size() - 4);
            String directory = directoryOf(path);
            List<String> candidates =
                    List.of(directory + "/" + name, directory + "/.debug/" + name, DIRECTORY + directory + "/" + name);
            for (String candidate : candidates) {
                Optional<ElfFile> named = open(candidate);
                if (named.isPresent() && named.get().bytes().crc32() == checksum) {
                    return named;
                }
            }
            return Optional.empty();
        } catch (MalformedBytesException e) {
            throw ElfException.corrupt(elf.name(), "section .gnu_debuglink", e);
        }
    }

    private Optional<ElfFile> open(String path) {
        Optional<Path> file = root.regularFile(path);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(ElfFile.open(file.get()));
        } catch (IOException | ElfException e) {
            return Optional.empty();
        }
    }

    private static String directoryOf(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "" : path.substring(0, slash);
    }
}
