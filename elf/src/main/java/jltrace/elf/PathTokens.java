package jltrace.elf;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Replaces $ORIGIN, $LIB and $PLATFORM in paths (ld.so(8), "Dynamic string tokens"; glibc, {@code _dl_dst_substitute}).
 *
 * @param origin directory of the object that the path is from
 * @param platform the value of $PLATFORM
 * @param search asked for what the loader was built with, for the value of $LIB
 * @param secureExecution whether the program gains privileges when it starts
 * @param ofProgram whether the path is from the program itself
 */
record PathTokens(String origin, String platform, LibrarySearch search, boolean secureExecution, boolean ofProgram) {

    /** The path with tokens replaced, or null if it may not be used. */
    @Nullable String replaceIn(String path) {
        int dollar = path.indexOf('$');
        if (dollar < 0) {
            return path;
        }
        StringBuilder result = new StringBuilder();
        boolean usesOrigin = false;
        int copied = 0;
        while (dollar >= 0) {
            result.append(path, copied, dollar);
            int after = dollar + 1;
            int originEnd = endOfToken(path, after, "ORIGIN");
            int libraryEnd = endOfToken(path, after, "LIB");
            int platformEnd = endOfToken(path, after, "PLATFORM");
            if (originEnd > 0) {
                boolean alone = dollar == 0 && (originEnd == path.length() || path.charAt(originEnd) == '/');
                if (secureExecution && !alone) {
                    return null;
                }
                usesOrigin = true;
                result.append(origin);
            } else if (libraryEnd > 0) {
                result.append(search.build().libraryToken());
            } else if (platformEnd > 0) {
                result.append(platform);
            } else {
                result.append('$');
            }
            copied = Math.max(after, Math.max(originEnd, Math.max(libraryEnd, platformEnd)));
            dollar = path.indexOf('$', copied);
        }
        result.append(path, copied, path.length());
        String replaced = result.toString();
        return usesOrigin && secureExecution && ofProgram && !isTrusted(replaced) ? null : replaced;
    }

    /** Index behind the token that begins at {@code start}, with braces or without; -1 if it is another one. */
    private static int endOfToken(String path, int start, String token) {
        boolean hasBrace = path.startsWith("{", start);
        int nameStart = hasBrace ? start + 1 : start;
        int end = nameStart + token.length();
        if (!path.startsWith(token, nameStart)) {
            return -1;
        }
        if (hasBrace) {
            return path.startsWith("}", end) ? end + 1 : -1;
        }
        boolean nameGoesOn = end < path.length() && isNameCharacter(path.charAt(end));
        return nameGoesOn ? -1 : end;
    }

    private static boolean isNameCharacter(char character) {
        return (character >= 'A' && character <= 'Z')
                || (character >= 'a' && character <= 'z')
                || (character >= '0' && character <= '9')
                || character == '_';
    }

    /** Whether a path leads below one of the loader's default directories. */
    private boolean isTrusted(String path) {
        String normal = Path.of(path).normalize() + "/";
        for (String directory : search.build().directories()) {
            if (normal.startsWith(directory)) {
                return true;
            }
        }
        return false;
    }
}
