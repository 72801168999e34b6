package jltrace.elf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import jltrace.bytes.ByteSource;
import jltrace.bytes.MalformedBytesException;
import org.jspecify.annotations.Nullable;

/**
 * What an object tells the dynamic loader: the contents of {@code PT_DYNAMIC} (gABI chapter 5). Empty for a static program.
 *
 * <p>Where a tag is there more than once the last one counts, as in glibc's loader, except for {@code DT_NEEDED}.
 */
public final class DynamicTable {
    /** {@code DT_NEEDED}. */
    public static final int NEEDED = 1;
    /** {@code DT_FLAGS_1}: a set of {@code DF_1_} flags. */
    public static final int FLAGS_1 = 0x6ffffffb;

    static final int PLTRELSZ = 2;
    static final int HASH = 4;
    static final int STRTAB = 5;
    static final int SYMTAB = 6;
    static final int RELA = 7;
    static final int RELASZ = 8;
    static final int STRSZ = 10;
    static final int SONAME = 14;
    static final int RPATH = 15;
    static final int SYMBOLIC = 16;
    static final int JMPREL = 23;
    static final int RUNPATH = 29;
    static final int FLAGS = 30;
    static final int GNU_HASH = 0x6ffffef5;
    static final int RELACOUNT = 0x6ffffff9;
    static final int VERSYM = 0x6ffffff0;
    static final int VERDEF = 0x6ffffffc;
    static final int VERDEFNUM = 0x6ffffffd;
    static final int VERNEED = 0x6ffffffe;
    static final int VERNEEDNUM = 0x6fffffff;

    private static final long FLAG_SYMBOLIC = 2;
    private static final long FLAG_1_NODEFLIB = 0x800;
    private static final long FLAG_1_PIE = 0x0800_0000;
    private static final int ENTRY_SIZE = 16;

    private final ElfFile elf;
    private final long[] tags;
    private final long[] values;
    private final @Nullable ByteSource strings;

    private DynamicTable(ElfFile elf, long[] tags, long[] values) {
        this.elf = elf;
        this.tags = tags;
        this.values = values;
        this.strings = readStrings();
    }

    /** @param table the contents of {@code PT_DYNAMIC}, empty if there is none */
    static DynamicTable read(ElfFile elf, ByteSource table) {
        int capacity = (int) Math.min(table.size() / ENTRY_SIZE, Integer.MAX_VALUE / ENTRY_SIZE);
        int count = 0;
        while (count < capacity && table.i64((long) count * ENTRY_SIZE) != 0) {
            count++;
        }
        long[] tags = new long[count];
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            tags[i] = table.i64((long) i * ENTRY_SIZE);
            values[i] = table.i64((long) i * ENTRY_SIZE + 8);
        }
        return new DynamicTable(elf, tags, values);
    }

    private @Nullable ByteSource readStrings() {
        ByteSource table = tableOf(STRTAB);
        if (table == null) {
            return null;
        }
        long size = valueOr(STRSZ, table.size());
        return size >= 0 && size < table.size() ? table.slice(0, size) : table;
    }

    /** Number of entries before {@code DT_NULL}. */
    public int size() {
        return tags.length;
    }

    /** {@code d_tag} of entry {@code index}. */
    public long tag(int index) {
        return tags[index];
    }

    /** {@code d_val} or {@code d_ptr} of entry {@code index}. */
    public long value(int index) {
        return values[index];
    }

    /** The value of the last entry with this tag. */
    public OptionalLong valueOf(long tag) {
        for (int i = tags.length - 1; i >= 0; i--) {
            if (tags[i] == tag) {
                return OptionalLong.of(values[i]);
            }
        }
        return OptionalLong.empty();
    }

    /** {@code DT_SONAME}: the name that other objects need this one by. */
    public Optional<String> soname() {
        return stringOf(SONAME);
    }

    /** {@code DT_NEEDED}: names or paths of the libraries that this object needs, in the order of the search for symbols. */
    public List<String> needed() {
        return strings(NEEDED);
    }

    /** {@code DT_RPATH}: directories to look in for libraries, separated by colons, tokens such as $ORIGIN not replaced. */
    public Optional<String> rpath() {
        return stringOf(RPATH);
    }

    /** {@code DT_RUNPATH}: as {@link #rpath()}, but for this object's own needs only and after {@code LD_LIBRARY_PATH}. */
    public Optional<String> runpath() {
        return stringOf(RUNPATH);
    }

    /** {@code DT_FLAGS}. */
    public long flags() {
        return valueOr(FLAGS, 0);
    }

    /** {@code DT_FLAGS_1}. */
    public long flags1() {
        return valueOr(FLAGS_1, 0);
    }

    /** Whether the object's own definitions come first for its own needs ({@code -Bsymbolic}). */
    public boolean isSymbolic() {
        return (flags() & FLAG_SYMBOLIC) != 0 || valueOf(SYMBOLIC).isPresent();
    }

    /** Whether it is marked as a position-independent program. */
    public boolean isPositionIndependentProgram() {
        return (flags1() & FLAG_1_PIE) != 0;
    }

    /** Whether its needs are not looked for in the default directories ({@code -z nodefaultlib}). */
    public boolean avoidsDefaultDirectories() {
        return (flags1() & FLAG_1_NODEFLIB) != 0;
    }

    /** The strings that all entries with this tag name, in order. */
    List<String> strings(long tag) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < tags.length; i++) {
            if (tags[i] == tag) {
                found.add(string(values[i]));
            }
        }
        return found;
    }

    /** The string at {@code offset} in the dynamic string table. */
    String string(long offset) {
        if (strings == null) {
            throw ElfException.corrupt(elf.name(), "dynamic table without a string table");
        }
        try {
            return strings.string(offset);
        } catch (MalformedBytesException e) {
            throw ElfException.corrupt(elf.name(), "dynamic string table", e);
        }
    }

    /** The dynamic string table, or null if there is none. */
    @Nullable ByteSource strings() {
        return strings;
    }

    long valueOr(long tag, long otherwise) {
        for (int i = tags.length - 1; i >= 0; i--) {
            if (tags[i] == tag) {
                return values[i];
            }
        }
        return otherwise;
    }

    /** The bytes from the address that an entry gives to the end of the segment, or null if there is no such entry. */
    @Nullable ByteSource tableOf(long tag) {
        for (int i = tags.length - 1; i >= 0; i--) {
            if (tags[i] == tag) {
                return elf.loadedBytesFrom(values[i]);
            }
        }
        return null;
    }

    /** As {@link #tableOf}, cut to the size in bytes that the entry {@code sizeTag} gives; empty if there is none. */
    ByteSource tableOf(long tag, long sizeTag) {
        ByteSource table = valueOr(sizeTag, 0) == 0 ? null : tableOf(tag);
        if (table == null) {
            return ElfFile.NO_BYTES;
        }
        try {
            return table.slice(0, valueOr(sizeTag, 0));
        } catch (MalformedBytesException e) {
            throw ElfException.corrupt(elf.name(), "table of dynamic tag 0x" + Long.toHexString(tag), e);
        }
    }

    private Optional<String> stringOf(long tag) {
        OptionalLong offset = valueOf(tag);
        return offset.isPresent() ? Optional.of(string(offset.getAsLong())) : Optional.empty();
    }

    @Override
    public String toString() {
        return "DynamicTable" + Arrays.toString(tags);
    }
}
