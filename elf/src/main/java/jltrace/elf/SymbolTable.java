package jltrace.elf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import jltrace.bytes.ByteSource;
import jltrace.bytes.MalformedBytesException;
import org.jspecify.annotations.Nullable;

/**
 * The symbols of {@code .symtab} or of the dynamic symbol table, read one by one as they are asked for. Symbol 0, which
 * stands for no symbol, is in the table but is never iterated over or found.
 */
public final class SymbolTable implements Iterable<Symbol> {
    static final int ENTRY_SIZE = 24;
    private static final int EXTENDED_INDEX = 0xffff;

    private final String fileName;
    private final ByteSource symbols;
    private final ByteSource strings;
    private final @Nullable SymbolVersions versions;
    private final @Nullable SymbolHash hash;
    private final @Nullable ByteSource extendedIndexes;
    private volatile @Nullable Map<String, int[]> indexesByName;
    private @Nullable FunctionTable functions;

    /**
     * @param symbols the entries
     * @param strings their names
     * @param versions the versions of dynamic symbols; null where they are written behind the name, as in .symtab
     * @param hash the hash table of dynamic symbols, or null if there is none
     * @param extendedIndexes {@code SHT_SYMTAB_SHNDX}, or null if there is none
     */
    SymbolTable(
            String fileName,
            ByteSource symbols,
            ByteSource strings,
            @Nullable SymbolVersions versions,
            @Nullable SymbolHash hash,
            @Nullable ByteSource extendedIndexes) {
        this.fileName = fileName;
        this.symbols = symbols;
        this.strings = strings;
        this.versions = versions;
        this.hash = hash;
        this.extendedIndexes = extendedIndexes;
    }

    static SymbolTable empty(String fileName) {
        return new SymbolTable(fileName, ElfFile.NO_BYTES, ElfFile.NO_BYTES, null, null, null);
    }

    /** Number of entries, symbol 0 included. */
    public int size() {
        return (int) Math.min(symbols.size() / ENTRY_SIZE, Integer.MAX_VALUE);
    }

    /**
     * The symbol at {@code index}.
     *
     * @throws ElfException if its name or version lies outside the tables
     */
    public Symbol get(int index) {
        try {
            return read(index);
        } catch (MalformedBytesException e) {
            throw corrupt(e);
        }
    }

    /** All symbols in the order of the table, without symbol 0. */
    @Override
    public Iterator<Symbol> iterator() {
        return new Iterator<>() {
            private int next = 1;

            @Override
            public boolean hasNext() {
                return next < size();
            }

            @Override
            public Symbol next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return get(next++);
            }
        };
    }

    /**
     * The definition that {@code name} without a version means: the default version or the one without a version; if there
     * is neither, the first definition.
     */
    public Optional<Symbol> find(String name) {
        Symbol first = null;
        for (Symbol symbol : findAll(name)) {
            if (!symbol.symbolVersion().hidden()) {
                return Optional.of(symbol);
            }
            first = first == null ? symbol : first;
        }
        return Optional.ofNullable(first);
    }

    /** The definition of exactly this version, {@code name@version} or {@code name@@version}. */
    public Optional<Symbol> find(String name, String version) {
        for (Symbol symbol : findAll(name)) {
            if (symbol.symbolVersion().name().equals(version)) {
                return Optional.of(symbol);
            }
        }
        return Optional.empty();
    }

    /** All definitions of {@code name}: one for each version, and in .symtab local ones of the same name. */
    public List<Symbol> findAll(String name) {
        try {
            return hash == null ? findInMap(name) : findInHash(name, hash);
        } catch (MalformedBytesException e) {
            throw corrupt(e);
        }
    }

    /** The functions that this object defines, one for each address. */
    public FunctionTable functions() {
        FunctionTable table = functions;
        if (table == null) {
            table = FunctionTable.of(this);
            functions = table;
        }
        return table;
    }

    /** The definition that the dynamic loader takes for {@code request} if it looks in this object, or null. */
    @Nullable Symbol resolve(SymbolRequest request) {
        SymbolHash table = hash;
        SymbolVersions known = versions;
        if (table == null || known == null) {
            return null;
        }
        try {
            return resolve(request, table, known);
        } catch (MalformedBytesException e) {
            throw corrupt(e);
        }
    }

    private @Nullable Symbol resolve(SymbolRequest request, SymbolHash table, SymbolVersions known) {
        int hashValue = table.hashOf(request.nameBytes());
        int defaultVersions = 0;
        int defaultVersion = 0;
        int index = table.first(hashValue);
        for (int steps = size(); index != 0 && steps > 0; steps--) {
            long entry = index * (long) ENTRY_SIZE;
            if (strings.stringEquals(symbols.u32(entry), request.nameBytes()) && request.mayUse(read(index))) {
                SymbolVersion version = known.of(index);
                if (!known.exist() || request.accepts(version)) {
                    return read(index);
                }
                if (request.isUnversioned() && !version.hidden()) {
                    defaultVersions++;
                    defaultVersion = defaultVersions == 1 ? index : defaultVersion;
                }
            }
            index = table.next(index, hashValue);
        }
        return defaultVersions == 1 ? read(defaultVersion) : null;
    }

    /** Indexes of the functions that this object defines, as {@link Symbol#isDefinedFunction()}. */
    int[] definedFunctions() {
        try {
            int[] indexes = new int[size()];
            int count = 0;
            for (int index = 1; index < size(); index++) {
                if (Symbol.isDefinedFunction(symbols.u8((long) index * ENTRY_SIZE + 4), sectionIndexOf(index))) {
                    indexes[count++] = index;
                }
            }
            return Arrays.copyOf(indexes, count);
        } catch (MalformedBytesException e) {
            throw corrupt(e);
        }
    }

    /** {@code st_value} of a symbol. */
    long valueOf(int index) {
        return symbols.i64((long) index * ENTRY_SIZE + 8);
    }

    /** Index of the section that the symbol is defined in, as {@link Symbol#sectionIndex()}. */
    int sectionIndexOf(int index) {
        int sectionIndex = symbols.u16((long) index * ENTRY_SIZE + 6);
        return sectionIndex == EXTENDED_INDEX && extendedIndexes != null
                ? extendedIndexes.i32(index * 4L)
                : sectionIndex;
    }

    private List<Symbol> findInHash(String name, SymbolHash table) {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        int hashValue = table.hashOf(nameBytes);
        List<Symbol> found = new ArrayList<>(2);
        int index = table.first(hashValue);
        // A chain visits no symbol twice, unless the file is corrupt.
        for (int steps = size(); index != 0 && steps > 0; steps--) {
            long entry = index * (long) ENTRY_SIZE;
            if (strings.stringEquals(symbols.u32(entry), nameBytes) && sectionIndexOf(index) != Symbol.UNDEFINED) {
                found.add(read(index));
            }
            index = table.next(index, hashValue);
        }
        return found;
    }

    private List<Symbol> findInMap(String name) {
        Map<String, int[]> map = indexesByName;
        if (map == null) {
            map = new HashMap<>();
            for (int index = 1; index < size(); index++) {
                if (sectionIndexOf(index) != Symbol.UNDEFINED) {
                    add(map, read(index).name(), index);
                }
            }
            indexesByName = map;
        }
        int[] indexes = map.get(name);
        if (indexes == null) {
            return List.of();
        }
        List<Symbol> found = new ArrayList<>(indexes.length);
        for (int index : indexes) {
            found.add(read(index));
        }
        return found;
    }

    private static void add(Map<String, int[]> map, String name, int index) {
        int[] indexes = map.get(name);
        int count = indexes == null ? 0 : indexes.length;
        int[] longer = indexes == null ? new int[1] : Arrays.copyOf(indexes, count + 1);
        longer[count] = index;
        map.put(name, longer);
    }

    private Symbol read(int index) {
        long entry = (long) index * ENTRY_SIZE;
        symbols.check(entry, ENTRY_SIZE);
        String name = strings.string(symbols.u32(entry));
        SymbolVersion version = SymbolVersion.NONE;
        if (versions != null) {
            version = versions.of(index);
        } else {
            int at = name.indexOf('@', 1);
            if (at > 0) {
                version = versionBehind(name, at);
                name = name.substring(0, at);
            }
        }
        return new Symbol(
                index,
                name,
                version,
                symbols.i64(entry + 8),
                symbols.i64(entry + 16),
                symbols.u8(entry + 4),
                symbols.u8(entry + 5),
                sectionIndexOf(index));
    }

    /** The version that the static linker writes behind a name: {@code @@} for a default, {@code @} for the others. */
    private static SymbolVersion versionBehind(String name, int at) {
        boolean isDefault = name.startsWith("@@", at);
        return new SymbolVersion(2, name.substring(at + (isDefault ? 2 : 1)), "", !isDefault);
    }

    private ElfException corrupt(MalformedBytesException e) {
        return ElfException.corrupt(fileName, "symbol table", e);
    }
}
