package jltrace.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commands that run others in a mount namespace of their own. */
final class MountNamespace {
    private static final int MOUNT_POINT = 4;

    private MountNamespace() {}

    /**
     * The command, to be followed by the one that it runs.
     *
     * @param options of unshare(1)
     */
    static List<String> unshare(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of("unshare", "--mount"));
        if (!isRootAMountPoint()) {
            // In a chroot unshare(1) can't make what is mounted private; new namespaces are as private as what is
            // around.
            command.addAll(List.of("--propagation", "unchanged"));
        }
        command.addAll(List.of(options));
        return command;
    }

    private static boolean isRootAMountPoint() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                .anyMatch(line -> line.split(" ", -1)[MOUNT_POINT].equals("/"));
    }
}
