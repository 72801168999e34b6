package jltrace.elf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The functions that an object defines, by address: two versions at different addresses are two functions, several names
 * for one address are one.
 */
public final class FunctionTable implements Iterable<FunctionTable.Function> {
    private final SymbolTable symbols;
    /** Where the functions begin, ascending. */
    private final long[] addresses;
    /** For each function, and the one behind the last, where its names begin in {@link #names}. */
    private final int[] firstNames;
    /** Indexes of symbols. */
    private final int[] names;

    private final @Nullable Function[] functions;

    /**
     * A function.
     *
     * @param virtualAddress where it begins; for an IFUNC, where its resolver begins
     * @param size the largest size that one of its names gives, in bytes, 0 if not known
     * @param names its symbols, in the order of the symbol table, at least one
     */
    public record Function(long virtualAddress, long size, List<Symbol> names) {
        /** Whether one of the names is an IFUNC: the address is that of a resolver. */
        public boolean isIndirect() {
            for (Symbol symbol : names) {
                if (symbol.type() == SymbolType.IFUNC) {
                    return true;
                }
            }
            return false;
        }
    }

    private FunctionTable(SymbolTable symbols, long[] addresses, int[] firstNames, int[] names) {
        this.symbols = symbols;
        this.addresses = addresses;
        this.firstNames = firstNames;
        this.names = names;
        this.functions = new Function[addresses.length];
    }

    static FunctionTable of(SymbolTable symbols) {
        int[] indexes = symbols.definedFunctions();
        long[] sorted = new long[indexes.length];
        for (int i = 0; i < indexes.length; i++) {
            sorted[i] = symbols.valueOf(indexes[i]);
        }
        Arrays.sort(sorted);
        long[] addresses = withoutRepetitions(sorted);
        int[] functionOfName = new int[indexes.length];
        int[] firstNames = new int[addresses.length + 1];
        for (int i = 0; i < indexes.length; i++) {
            functionOfName[i] = Arrays.binarySearch(addresses, symbols.valueOf(indexes[i]));
            firstNames[functionOfName[i] + 1]++;
        }
        for (int function = 0; function < addresses.length; function++) {
            firstNames[function + 1] += firstNames[function];
        }
        int[] next = firstNames.clone();
        int[] names = new int[indexes.length];
        for (int i = 0; i < indexes.length; i++) {
            names[next[functionOfName[i]]++] = indexes[i];
        }
        return new FunctionTable(symbols, addresses, firstNames, names);
    }

    private static long[] withoutRepetitions(long[] sorted) {
        int count = 0;
        long[] result = sorted.clone();
        for (long address : sorted) {
            if (count == 0 || result[count - 1] != address) {
                result[count++] = address;
            }
        }
        return Arrays.copyOf(result, count);
    }

    private Function read(int index) {
        List<Symbol> aliases = new ArrayList<>();
        long size = 0;
        for (int i = firstNames[index]; i < firstNames[index + 1]; i++) {
            Symbol symbol = symbols.get(names[i]);
            aliases.add(symbol);
            size = Math.max(size, symbol.size());
        }
        return new Function(addresses[index], size, List.copyOf(aliases));
    }

    /** Number of functions. */
    public int size() {
        return addresses.length;
    }

    /** The function at {@code index}, in the order of their addresses. */
    public Function get(int index) {
        Function function = functions[index];
        if (function == null) {
            function = read(index);
            functions[index] = function;
        }
        return function;
    }

    /** The functions in the order of their addresses. */
    @Override
    public Iterator<Function> iterator() {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < size();
            }

            @Override
            public Function next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return get(next++);
            }
        };
    }

    /** The function that begins at {@code virtualAddress}. */
    public Optional<Function> at(long virtualAddress) {
        int index = Arrays.binarySearch(addresses, virtualAddress);
        return index >= 0 ? Optional.of(get(index)) : Optional.empty();
    }

    /** The last function that begins at or before {@code virtualAddress}, if its size reaches that far. */
    public Optional<Function> containing(long virtualAddress) {
        int index = Arrays.binarySearch(addresses, virtualAddress);
        if (index < 0) {
            index = -index - 2;
        }
        if (index < 0) {
            return Optional.empty();
        }
        Function function = get(index);
        long distance = virtualAddress - function.virtualAddress();
        return distance == 0 || distance < function.size() ? Optional.of(function) : Optional.empty();
    }
}
