package jltrace.target;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import jltrace.sys.ProcFs;

/**
 * Finds the very files that processes have mapped. A path alone does not tell: the process may see other files under it, in its
 * own root directory or mount namespace, and the file may have been deleted or replaced since. A path is taken only if the file
 * there is the one that is mapped; else the kernel's own link to it is.
 */
final class MappedFiles {
    /** Pairs of devices: how mappings tell of one, and how stat(2) does. Both are the same on most file systems. */
    private final Set<DevicePair> sameDevices = new HashSet<>();

    private record DevicePair(long ofMappings, long ofStat) {}

    /**
     * A file of a process.
     *
     * @param file a path by which this process can open it
     * @param identity what stat(2) tells of it
     * @param path where the traced process sees it, or saw it before it was deleted or replaced
     */
    record Located(Path file, FileIdentity identity, String path) {}

    /**
     * The program of a process.
     *
     * @throws IOException if the process has none; the message says why
     */
    Located program(int pid) throws IOException {
        Path link = ProcFs.executableFile(pid);
        String path;
        FileIdentity identity;
        try {
            path = ProcFs.executable(pid).toString();
            identity = FileIdentity.of(link);
        } catch (IOException e) {
            throw new IOException(ProcFs.whyWithoutProgram(pid), e);
        }
        for (Path candidate : candidates(pid, path)) {
            if (identity.equals(identityOf(candidate))) {
                return new Located(candidate, identity, path);
            }
        }
        return new Located(link, identity, MemoryMapping.withoutDeletedMark(path));
    }

    /**
     * The file of a mapping.
     *
     * @param pid the process, which may be gone
     * @throws IOException if it can't be found
     */
    Located locate(int pid, MemoryMapping mapping) throws IOException {
        for (Path candidate : candidates(pid, mapping.path())) {
            FileIdentity identity = identityOf(candidate);
            if (isOf(identity, mapping.file())) {
                return new Located(candidate, identity, mapping.path());
            }
        }
        for (MemoryMapping now : ProgramLoader.mappings(pid)) {
            boolean same = now.path().equals(mapping.path()) || now.file().equals(mapping.file());
            if (same && now.start() <= mapping.start() && mapping.start() < now.end()) {
                Path link = ProcFs.mappedFile(pid, now.start(), now.end());
                FileIdentity identity = FileIdentity.of(link);
                if (identity.inode() == mapping.file().inode()) {
                    sameDevices.add(new DevicePair(mapping.file().device(), identity.device()));
                }
                return new Located(link, identity, MemoryMapping.withoutDeletedMark(mapping.path()));
            }
        }
        throw new IOException("its file is not to be found: no other is at that path, and the process has unmapped it");
    }

    private boolean isOf(FileIdentity told, FileIdentity mapped) {
        return told.inode() == mapped.inode()
                && (told.device() == mapped.device()
                        || sameDevices.contains(new DevicePair(mapped.device(), told.device())));
    }

    /** The path in this process's file system, and in the other's. */
    private static List<Path> candidates(int pid, String path) {
        try {
            Path own = Path.of(path);
            Path root = ProcFs.rootDirectory(pid);
            return root.equals(own.getRoot()) ? List.of(own) : List.of(own, root.resolve(path.substring(1)));
        } catch (InvalidPathException e) {
            return List.of();
        }
    }

    private static FileIdentity identityOf(Path file) {
        try {
            return FileIdentity.of(file);
        } catch (IOException e) {
            return FileIdentity.NONE;
        }
    }
}
