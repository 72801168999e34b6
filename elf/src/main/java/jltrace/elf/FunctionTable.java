package jltrace.elf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The functions that an object defines, by address: two versions at different addresses are two functions, several names
 * for one address are one.
 */
public final class FunctionTable implements Iterable<FunctionTable.Function> {
    private final List<Function> functions;

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

    private FunctionTable(List<Function> functions) {
        this.functions = functions;
    }

    static FunctionTable of(SymbolTable table) {
        List<Symbol> symbols = new ArrayList<>();
        for (Symbol symbol : table) {
            if (symbol.isDefinedFunction()) {
                symbols.add(symbol);
            }
        }
        Symbol[] sorted = symbols.toArray(new Symbol[0]);
        Arrays.sort(sorted, new ByAddress());
        List<Function> functions = new ArrayList<>(sorted.length);
        for (int start = 0; start < sorted.length; ) {
            int end = start + 1;
            while (end < sorted.length && sorted[end].virtualAddress() == sorted[start].virtualAddress()) {
                end++;
            }
            functions.add(function(Arrays.copyOfRange(sorted, start, end)));
            start = end;
        }
        return new FunctionTable(functions);
    }

    private static Function function(Symbol[] names) {
        long size = 0;
        for (Symbol symbol : names) {
            size = Math.max(size, symbol.size());
        }
        return new Function(names[0].virtualAddress(), size, List.of(names));
    }

    /** Number of functions. */
    public int size() {
        return functions.size();
    }

    /** The function at {@code index}, in the order of their addresses. */
    public Function get(int index) {
        return functions.get(index);
    }

    /** The functions in the order of their addresses. */
    @Override
    public Iterator<Function> iterator() {
        return functions.iterator();
    }

    /** The function that begins at {@code virtualAddress}. */
    public Optional<Function> at(long virtualAddress) {
        int index = lastAtOrBefore(virtualAddress);
        return index >= 0 && functions.get(index).virtualAddress() == virtualAddress
                ? Optional.of(functions.get(index))
                : Optional.empty();
    }

    /** The last function that begins at or before {@code virtualAddress}, if its size reaches that far. */
    public Optional<Function> containing(long virtualAddress) {
        int index = lastAtOrBefore(virtualAddress);
        if (index < 0) {
            return Optional.empty();
        }
        Function function = functions.get(index);
        long distance = virtualAddress - function.virtualAddress();
        return distance == 0 || distance < function.size() ? Optional.of(function) : Optional.empty();
    }

    private int lastAtOrBefore(long virtualAddress) {
        int low = 0;
        int high = functions.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(functions.get(middle).virtualAddress(), virtualAddress) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    private static final class ByAddress implements Comparator<Symbol> {
        @Override
        public int compare(Symbol first, Symbol second) {
            int order = Long.compareUnsigned(first.virtualAddress(), second.virtualAddress());
            return order != 0 ? order : Integer.compare(first.index(), second.index());
        }
    }
}
