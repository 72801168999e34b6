package jltrace.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import jltrace.sys.ProcFs;
import jltrace.target.InheritedState;

/** What jltrace was started with: told by the launcher script in system properties, because the JVM has changed some of it. */
final class Inheritance {
    /** Set by {@code bin/jltrace}: numbers of open descriptors, separated by commas. */
    private static final String DESCRIPTORS = "jltrace.descriptors";
    /** Set by {@code bin/jltrace}: the {@code SigIgn} of {@code /proc/PID/status}, hexadecimal. */
    private static final String IGNORED_SIGNALS = "jltrace.ignored-signals";

    /** Set by {@code bin/jltrace}: capabilities that jltrace's user does not have, hexadecimal as in {@code CapEff}. */
    private static final String LENT_CAPABILITIES = "jltrace.lent-capabilities";

    /** What {@code bin/jltrace} puts before the name of a variable that it replaces for the JVM. */
    private static final String RENAMED = "JLTRACE_";

    private Inheritance() {}

    static InheritedState state() {
        Set<Integer> descriptors = new HashSet<>();
        String list = System.getProperty(DESCRIPTORS);
        String ignored = System.getProperty(IGNORED_SIGNALS);
        if (list == null || ignored == null) {
            return InheritedState.PLAIN;
        }
        for (String number : list.split(",", -1)) {
            if (!number.isEmpty()) {
                descriptors.add(Integer.parseInt(number));
            }
        }
        return new InheritedState(
                descriptors,
                Long.parseUnsignedLong(ignored, 16),
                Long.parseUnsignedLong(System.getProperty(LENT_CAPABILITIES, "0"), 16));
    }

    /** The last arguments of this process's command line, as bytes: the JVM would lose what is not text to it. */
    static List<byte[]> lastArguments(int count) throws IOException {
        List<byte[]> all = ProcFs.commandLine(ProcFs.ownPid());
        return all.subList(all.size() - count, all.size());
    }

    /** The environment that jltrace was started with: the launcher script puts a locale of its own first and renames the user's. */
    static List<byte[]> environment() throws IOException {
        List<byte[]> own = ProcFs.environment(ProcFs.ownPid());
        if (System.getProperty(DESCRIPTORS) == null) {
            return own;
        }
        List<byte[]> users = new ArrayList<>(own.size());
        for (byte[] entry : own.subList(1, own.size())) {
            boolean renamed = new String(entry, StandardCharsets.ISO_8859_1).startsWith(RENAMED + "LC_ALL=");
            users.add(renamed ? Arrays.copyOfRange(entry, RENAMED.length(), entry.length) : entry);
        }
        return users;
    }

    /** Whether text is UTF-8 in the locale that an environment asks for (POSIX, "Environment Variables", 8.2). */
    static boolean localeIsUtf8(List<byte[]> environment) {
        for (String variable : new String[] {"LC_ALL=", "LC_CTYPE=", "LANG="}) {
            for (byte[] entry : environment) {
                String text = new String(entry, StandardCharsets.ISO_8859_1);
                if (text.startsWith(variable) && text.length() > variable.length()) {
                    String codeset = text.substring(text.indexOf('.') + 1).toUpperCase(Locale.ROOT);
                    return codeset.startsWith("UTF-8") || codeset.startsWith("UTF8");
                }
            }
        }
        return false;
    }
}
