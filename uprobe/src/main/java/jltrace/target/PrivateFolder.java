package jltrace.target;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import jltrace.sys.ProcFs;

/** New temporary folders that only this user may enter. */
public final class PrivateFolder {
    private static final int MOST_ATTEMPTS = 1000;
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE));

    private PrivateFolder() {}

    /**
     * Makes one. mkdir(2) follows no link and takes no folder that exists, so the name need not be a secret; the JDK's own method
     * takes it from a secure generator of random numbers, whose start takes longer than the rest of a trace's.
     */
    public static Path create() throws IOException {
        Path parent = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
        for (int attempt = 1; ; attempt++) {
            Path folder = parent.resolve("jltrace" + ProcFs.ownPid() + "-" + Long.toHexString(System.nanoTime()));
            try {
                return Files.createDirectory(folder, OWNER_ONLY);
            } catch (FileAlreadyExistsException e) {
                if (attempt == MOST_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
