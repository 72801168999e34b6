package jltrace.elf;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import jltrace.bytes.ByteSource;
import jltrace.bytes.MalformedBytesException;

/**
 * The dynamic loader's cache of library paths, /etc/ld.so.cache, in the format that glibc writes alone since 2.32 and
 * before that behind an older one (glibc, sysdeps/generic/dl-cache.h).
 */
public final class LoaderCache {
    private static final byte[] MAGIC = "glibc-ld.so.cache1.1".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] OLD_MAGIC = "ld.so-1.7.0\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int OLD_HEADER_SIZE = 16;
    private static final int OLD_ENTRY_SIZE = 12;
    private static final int HEADER_SIZE = 48;
    private static final int ENTRY_SIZE = 24;
    private static final int EXTENSION_MAGIC = 0xeaa42174;
    private static final int CAPABILITIES_SECTION = 1;
    private static final int ANY_LIBRARY = 1;
    private static final int X86_64_LIBRARY = 0x0303;
    private static final long USES_CAPABILITY_NAME = 1L << 62;

    private final ByteSource file;
    private final ByteSource cache;
    private final int count;
    private final ByteSource capabilityNames;

    /** @param cache the part of the file that begins with the magic number; offsets in the entries count from there */
    private LoaderCache(ByteSource file, ByteSource cache) {
        this.file = file;
        this.cache = cache;
        long entries = cache.u32(20);
        cache.check(HEADER_SIZE, entries * ENTRY_SIZE);
        this.count = (int) entries;
        this.capabilityNames = readCapabilityNames();
    }

    /**
     * Reads a cache.
     *
     * @param fileName what to call it in messages
     * @throws ElfException if it has another format or is cut short
     */
    public static LoaderCache parse(ByteSource file, String fileName) {
        try {
            return new LoaderCache(file, file.from(start(file, fileName)));
        } catch (MalformedBytesException e) {
            throw ElfException.corrupt(fileName, "loader cache", e);
        }
    }

    private static long start(ByteSource file, String fileName) {
        if (startsWith(file, MAGIC)) {
            return 0;
        }
        if (startsWith(file, OLD_MAGIC)) {
            long oldSize = OLD_HEADER_SIZE + file.u32(12) * OLD_ENTRY_SIZE;
            long start = oldSize + 7 & -8;
            if (startsWith(file.from(start), MAGIC)) {
                return start;
            }
        }
        throw ElfException.corrupt(fileName, "unknown format of loader cache");
    }

    /** Number of entries, those for other machines included. */
    public int size() {
        return count;
    }

    /**
     * The path of the library that the loader takes for a name: of several, the one for the best capability that the
     * processor has, or the one for any processor.
     *
     * @param name as in {@code DT_NEEDED}, without a slash
     * @param levels names of capabilities that the processor has, the best first
     */
    public Optional<String> find(String name, List<String> levels) {
        byte[] nameBytes = (name + '\0').getBytes(StandardCharsets.UTF_8);
        try {
            int index = firstEntry(nameBytes);
            long best = -1;
            int bestRank = Integer.MAX_VALUE;
            for (; index < count && compare(nameBytes, index) == 0; index++) {
                long entry = entry(index);
                int rank = isForThisMachine(cache.i32(entry)) ? rank(cache.i64(entry + 16), levels) : Integer.MAX_VALUE;
                if (rank < bestRank) {
                    best = entry;
                    bestRank = rank;
                }
            }
            return best < 0 ? Optional.empty() : Optional.of(cache.string(cache.u32(best + 8)));
        } catch (MalformedBytesException e) {
            return Optional.empty(); // The loader takes an entry with a wild offset for none.
        }
    }

    /** Index of the first entry whose name is not greater than this one: the entries are in descending order. */
    private int firstEntry(byte[] name) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (compare(name, middle) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * Compares with the name of an entry as the loader does ({@code _dl_cache_libcmp}): runs of digits as numbers.
     *
     * @param name with a zero byte at its end
     */
    private int compare(byte[] name, int index) {
        long other = cache.u32(entry(index) + 4);
        int position = 0;
        while (name[position] != 0) {
            int first = name[position];
            int second = cache.u8(other);
            if (isDigit(first) && isDigit(second)) {
                int firstNumber = 0;
                for (; isDigit(name[position]); position++) {
                    firstNumber = firstNumber * 10 + name[position] - '0';
                }
                int secondNumber = 0;
                for (; isDigit(cache.u8(other)); other++) {
                    secondNumber = secondNumber * 10 + cache.u8(other) - '0';
                }
                if (firstNumber != secondNumber) {
                    return firstNumber - secondNumber;
                }
            } else if (isDigit(first) || isDigit(second)) {
                return isDigit(first) ? 1 : -1;
            } else if (first != (byte) second) {
                return first - (byte) second;
            } else {
                position++;
                other++;
            }
        }
        return -cache.u8(other);
    }

    private static boolean isDigit(int character) {
        return character >= '0' && character <= '9';
    }

    private static long entry(int index) {
        return HEADER_SIZE + (long) index * ENTRY_SIZE;
    }

    /** 0 for the best capability, {@code levels.size()} for none, more for one that the processor lacks. */
    private int rank(long capability, List<String> levels) {
        if (capability == 0) {
            return levels.size();
        }
        // The bits of loaders before 2.33 stand for subdirectories that are as good as never used.
        if ((capability & ~0xffff_ffffL) != USES_CAPABILITY_NAME) {
            return Integer.MAX_VALUE;
        }
        long index = capability & 0xffff_ffffL;
        if (index >= capabilityNames.size() / 4) {
            return Integer.MAX_VALUE;
        }
        for (int rank = 0; rank < levels.size(); rank++) {
            byte[] level = levels.get(rank).getBytes(StandardCharsets.UTF_8);
            if (file.stringEquals(capabilityNames.u32(index * 4), level)) {
                return rank;
            }
        }
        return Integer.MAX_VALUE;
    }

    private static boolean isForThisMachine(int flags) {
        return flags == ANY_LIBRARY || flags == X86_64_LIBRARY;
    }

    /** Offsets of the capabilities' names, from an extension behind the strings; these count from the start of the file. */
    private ByteSource readCapabilityNames() {
        long extension = cache.u32(32);
        if (extension == 0 || file.i32(extension) != EXTENSION_MAGIC) {
            return ElfFile.NO_BYTES;
        }
        long sections = file.u32(extension + 4);
        for (long i = 0; i < sections; i++) {
            long section = extension + 8 + i * 16;
            if (file.i32(section) == CAPABILITIES_SECTION) {
                return file.slice(file.u32(section + 8), file.u32(section + 12));
            }
        }
        return ElfFile.NO_BYTES;
    }

    private static boolean startsWith(ByteSource bytes, byte[] prefix) {
        if (bytes.size() < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (bytes.u8(i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
