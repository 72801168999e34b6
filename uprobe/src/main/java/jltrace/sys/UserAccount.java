package jltrace.sys;

import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A user, as the system's databases know it.
 *
 * @param groups ids of all groups that it is in, its own first
 */
public record UserAccount(String name, int userId, int groupId, List<Integer> groups, String home, String shell) {
    /** The offsets in a {@code struct passwd} of glibc. */
    private static final long PW_NAME = 0;

    private static final long PW_UID = 16;
    private static final long PW_GID = 20;
    private static final long PW_DIR = 32;
    private static final long PW_SHELL = 40;
    private static final int SOME_GROUPS = 64;

    /**
     * Looks a user up, as getpwnam(3) and getgrouplist(3) do.
     *
     * @param name a name, or a user id where no user has such a name
     */
    public static Optional<UserAccount> find(String name) {
        @Nullable Pointer entry = LibC.getpwnam(name);
        if (entry == null && name.matches("[0-9]{1,9}")) {
            entry = LibC.getpwuid(Integer.parseInt(name));
        }
        return entry == null ? Optional.empty() : Optional.of(of(entry));
    }

    private static UserAccount of(Pointer entry) {
        int groupId = entry.getInt(PW_GID);
        return new UserAccount(
                text(entry, PW_NAME),
                entry.getInt(PW_UID),
                groupId,
                groups(entry.getPointer(PW_NAME), groupId),
                text(entry, PW_DIR),
                text(entry, PW_SHELL));
    }

    private static List<Integer> groups(Pointer name, int groupId) {
        int[] count = {SOME_GROUPS};
        int[] groups = new int[SOME_GROUPS];
        if (LibC.getgrouplist(name, groupId, groups, count) < 0) {
            // Now it has said how many there are.
            groups = new int[count[0]];
            LibC.getgrouplist(name, groupId, groups, count);
        }
        return Arrays.stream(groups, 0, count[0]).boxed().toList();
    }

    private static String text(Pointer entry, long offset) {
        return entry.getPointer(offset).getString(0, StandardCharsets.UTF_8.name());
    }

    /** An environment with the variables that su(1) sets for the user: HOME, SHELL, USER and LOGNAME. */
    public List<byte[]> environment(List<byte[]> before) {
        List<byte[]> own = new ArrayList<>(before);
        set(own, "HOME", home);
        set(own, "SHELL", shell.isEmpty() ? "/bin/sh" : shell);
        set(own, "USER", name);
        set(own, "LOGNAME", name);
        return own;
    }

    private static void set(List<byte[]> environment, String variable, String value) {
        byte[] prefix = (variable + "=").getBytes(StandardCharsets.UTF_8);
        byte[] entry = (variable + "=" + value).getBytes(StandardCharsets.UTF_8);
        boolean found = false;
        for (int i = 0; i < environment.size(); i++) {
            byte[] old = environment.get(i);
            if (old.length >= prefix.length && Arrays.equals(old, 0, prefix.length, prefix, 0, prefix.length)) {
                environment.set(i, entry);
                found = true;
            }
        }
        if (!found) {
            environment.add(entry);
        }
    }
}
