package jltrace.code;

import java.util.Arrays;

/**
 * The addresses at which an object's functions are entered, sorted.
 *
 * <p>A jump out of a function to one of them is taken for a tail call. So addresses that are only the out-of-line part of
 * another function (symbols that end in {@code .cold} or contain {@code .cold.} or {@code .part.}, and starts that only
 * the unwind tables name) are better left out: jumps there are followed.
 */
public final class FunctionEntries {
    private final long[] virtualAddresses;

    private FunctionEntries(long[] virtualAddresses) {
        this.virtualAddresses = virtualAddresses;
    }

    /** Of addresses in any order, which may repeat. */
    public static FunctionEntries of(long... virtualAddresses) {
        return new FunctionEntries(
                Arrays.stream(virtualAddresses).sorted().distinct().toArray());
    }

    /** Of addresses that are in ascending order, none twice. */
    static FunctionEntries ofAscending(long[] virtualAddresses) {
        return new FunctionEntries(virtualAddresses);
    }

    /** Ascending. */
    long[] virtualAddresses() {
        return virtualAddresses;
    }

    public boolean contains(long virtualAddress) {
        return Arrays.binarySearch(virtualAddresses, virtualAddress) >= 0;
    }

    /** The lowest entry above {@code virtualAddress}, {@link Long#MAX_VALUE} if there is none. */
    public long nextAfter(long virtualAddress) {
        int found = Arrays.binarySearch(virtualAddresses, virtualAddress);
        int next = found >= 0 ? found + 1 : -found - 1;
        return next < virtualAddresses.length ? virtualAddresses[next] : Long.MAX_VALUE;
    }
}
