package jltrace.elf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The ELF files of this machine that parsers are compared with other tools on. */
final class InstalledFiles {
    private static final Path LIBRARIES = Path.of("/usr/lib/x86_64-linux-gnu");

    private InstalledFiles() {}

    /** Every file below the library directory with {@code .so} in its name, each only once. */
    static List<Path> libraries() {
        return regularFiles(LIBRARIES, Integer.MAX_VALUE, ".so");
    }

    /** Every file in /usr/bin that is for x86-64. */
    static List<Path> programs() {
        List<Path> programs = new ArrayList<>();
        for (Path file : regularFiles(Path.of("/usr/bin"), 1, "")) {
            if (isElf(file)) {
                programs.add(file);
            }
        }
        return programs;
    }

    /** Whether a file is one that can be opened, rather than a script. */
    static boolean isElf(Path file) {
        try {
            ElfFile.open(file);
            return true;
        } catch (ElfException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ElfFile open(Path file) {
        try {
            return ElfFile.open(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Object files of the C library. */
    static List<Path> objectFiles() {
        return regularFiles(LIBRARIES, 1, ".o").stream()
                .filter(file -> file.toString().endsWith(".o"))
                .toList();
    }

    /** The first of the separate debug files, if there are any. */
    static List<Path> debugFiles(int count) {
        return regularFiles(Path.of("/usr/lib/debug"), Integer.MAX_VALUE, ".debug").stream()
                .limit(count)
                .toList();
    }

    private static List<Path> regularFiles(Path directory, int depth, String namePart) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        Set<Object> seen = new HashSet<>();
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(directory, depth)) {
            for (Path file : all.sorted().toList()) {
                boolean wanted = Files.isRegularFile(file)
                        && !Files.isSymbolicLink(file)
                        && file.getFileName().toString().contains(namePart);
                if (wanted && seen.add(Files.getAttribute(file, "unix:ino"))) {
                    files.add(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }
}
