package jltrace.code;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where an object's functions begin, how long they are, where control may come in, and which stretches of code belong together. */
public final class FunctionMap {
    private static final int ARRAYS = 5;

    /** Ascending. */
    private final long[] starts;
    /** With the same index as the starts. */
    private final long[] sizes;

    private final FunctionEntries entries;
    private final FunctionRanges ranges;

    private FunctionMap(long[] starts, long[] sizes, FunctionEntries entries, FunctionRanges ranges) {
        this.starts = starts;
        this.sizes = sizes;
        this.entries = entries;
        this.ranges = ranges;
    }

    /**
     * Puts together what is known of an object.
     *
     * @param named the sizes of the functions that have symbols, in bytes, by virtual address; 0 where it is not known
     * @param stubs the addresses of linkage stubs
     * @param frameStarts where the ranges of the unwind table begin, which may be functions or only parts of some
     * @param frameSizes their sizes in bytes, with the same indexes
     */
    public static FunctionMap of(Map<Long, Long> named, long[] stubs, long[] frameStarts, long[] frameSizes) {
        long[] namedStarts = new long[named.size()];
        int at = 0;
        for (long start : named.keySet()) {
            namedStarts[at++] = start;
        }
        Arrays.sort(namedStarts);
        long[] namedSizes = new long[namedStarts.length];
        for (int i = 0; i < namedStarts.length; i++) {
            namedSizes[i] = named.getOrDefault(namedStarts[i], 0L);
        }
        FunctionRanges ranges = FunctionRanges.of(joined(frameStarts, namedStarts), joined(frameSizes, namedSizes));
        long[] all = sortedDistinct(joined(namedStarts, frameStarts));
        long[] sizes = new long[all.length];
        for (int i = 0; i < all.length; i++) {
            sizes[i] = named.getOrDefault(all[i], 0L);
        }
        for (int i = 0; i < frameStarts.length; i++) {
            int function = Arrays.binarySearch(all, frameStarts[i]);
            if (sizes[function] == 0) {
                sizes[function] = frameSizes[i];
            }
        }
        return new FunctionMap(all, sizes, FunctionEntries.of(joined(namedStarts, stubs)), ranges);
    }

    private static long[] joined(long[] first, long[] second) {
        long[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static long[] sortedDistinct(long[] values) {
        LongList list = new LongList();
        for (long value : values) {
            list.add(value);
        }
        return list.sortedDistinct();
    }

    /** All of it as numbers. */
    public List<long[]> numbers() {
        return List.of(starts, sizes, entries.virtualAddresses(), ranges.starts(), ranges.ends());
    }

    /** What {@link #numbers} returned; empty if it can't have. */
    public static Optional<FunctionMap> ofNumbers(List<long[]> numbers) {
        if (numbers.size() != ARRAYS
                || numbers.get(0).length != numbers.get(1).length
                || numbers.get(3).length != numbers.get(4).length
                || !isAscending(numbers.get(0))
                || !isAscending(numbers.get(2))
                || !isAscending(numbers.get(3))) {
            return Optional.empty();
        }
        for (int i = 0; i < numbers.get(3).length; i++) {
            if (numbers.get(4)[i] <= numbers.get(3)[i]) {
                return Optional.empty();
            }
        }
        return Optional.of(new FunctionMap(
                numbers.get(0),
                numbers.get(1),
                FunctionEntries.ofAscending(numbers.get(2)),
                FunctionRanges.ofAscending(numbers.get(3), numbers.get(4))));
    }

    private static boolean isAscending(long[] values) {
        for (int i = 1; i < values.length; i++) {
            if (values[i] <= values[i - 1]) {
                return false;
            }
        }
        return true;
    }

    /** Whether a function is known to begin at an address, or a part of one. */
    public boolean contains(long virtualAddress) {
        return Arrays.binarySearch(starts, virtualAddress) >= 0;
    }

    /** The size of the function that begins at an address, in bytes; 0 if it is not known. */
    public long sizeAt(long virtualAddress) {
        int found = Arrays.binarySearch(starts, virtualAddress);
        return found >= 0 ? sizes[found] : 0;
    }

    /** Where control may come in: functions with symbols, and linkage stubs. */
    public FunctionEntries entries() {
        return entries;
    }

    /** The ranges of the unwind table, and of symbols with a size. */
    public FunctionRanges ranges() {
        return ranges;
    }
}
