package jltrace.elf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was decided when a glibc dynamic loader was built, read from the constants in its file: which directories it looks
 * in by default, which differs between distributions, and its version.
 *
 * @param directories the default directories in the order of the search, each with a slash at its end
 * @param minorVersion the 36 of glibc 2.36, {@link Integer#MAX_VALUE} if not known
 */
record LoaderBuild(List<String> directories, int minorVersion) {
    private static final LoaderBuild UNKNOWN = new LoaderBuild(List.of("/lib64/", "/usr/lib64/"), Integer.MAX_VALUE);
    private static final byte[] VERSION = " version 2.".getBytes(StandardCharsets.ISO_8859_1);
    private static final int FIRST_WITHOUT_LEGACY_NAMES = 37;
    private static final int MAXIMUM_PATH = 4096;

    /** @param loader the file that {@code PT_INTERP} names, or null if there is none */
    static LoaderBuild of(@Nullable ElfFile loader) {
        if (loader == null) {
            return UNKNOWN;
        }
        List<String> directories = UNKNOWN.directories;
        int minorVersion = UNKNOWN.minorVersion;
        for (Segment segment : loader.segments()) {
            if (segment.isLoad() && segment.flags() == Segment.READ) {
                byte[] constants = loader.fileBytes(segment.fileOffset(), segment.fileSize(), "constants")
                        .bytes();
                List<String> found = directories(constants);
                directories = found.isEmpty() ? directories : found;
                minorVersion = Math.min(minorVersion, minorVersion(constants));
            }
        }
        return new LoaderBuild(directories, minorVersion);
    }

    /** Whether it looks in subdirectories named after old-style processor capabilities. */
    boolean usesLegacyNames() {
        return minorVersion < FIRST_WITHOUT_LEGACY_NAMES;
    }

    /** What {@code $LIB} stands for: the first default directory, relative to the root. */
    String libraryToken() {
        String first = directories.get(0);
        String relative = first.substring(1, first.length() - 1);
        return relative.startsWith("usr/") ? relative.substring(4) : relative;
    }

    /** The strings of {@code system_dirs} in elf/dl-load.c: one behind the other, each a path between slashes. */
    private static List<String> directories(byte[] constants) {
        List<String> run = new ArrayList<>();
        boolean hasLibraries = false;
        for (int start = 0; start < constants.length; ) {
            int end = start;
            while (end < constants.length && constants[end] != 0) {
                end++;
            }
            if (isDirectory(constants, start, end)) {
                String path = new String(constants, start, end - start, StandardCharsets.UTF_8);
                run.add(path);
                hasLibraries |= path.endsWith("/lib/") || path.endsWith("/lib64/");
            } else {
                if (hasLibraries) {
                    return List.copyOf(run);
                }
                run.clear();
            }
            start = end + 1;
        }
        return List.of();
    }

    private static boolean isDirectory(byte[] constants, int start, int end) {
        int length = end - start;
        return length > 2 && length < MAXIMUM_PATH && constants[start] == '/' && constants[end - 1] == '/';
    }

    /** From the first line that {@code ld.so --version} prints. */
    private static int minorVersion(byte[] constants) {
        for (int i = 0; i + VERSION.length < constants.length; i++) {
            int matched = 0;
            while (matched < VERSION.length && constants[i + matched] == VERSION[matched]) {
                matched++;
            }
            int digit = i + VERSION.length;
            if (matched == VERSION.length && isDigit(constants[digit])) {
                int number = 0;
                while (digit < constants.length && isDigit(constants[digit]) && number < 1000) {
                    number = number * 10 + constants[digit] - '0';
                    digit++;
                }
                return number;
            }
        }
        return Integer.MAX_VALUE;
    }

    private static boolean isDigit(byte character) {
        return character >= '0' && character <= '9';
    }
}
