package jltrace.code;

import java.util.Arrays;

/**
 * The stretches of an object's code that are known to belong together: the ranges of its unwind tables, or its function
 * symbols with their sizes. They bound what is decoded as one piece.
 */
public final class FunctionRanges {
    private final long[] starts;
    /** With the same index as the starts. */
    private final long[] ends;
    /** On their own, ascending. */
    private final long[] sortedEnds;

    private FunctionRanges(long[] starts, long[] ends) {
        this.starts = starts;
        this.ends = ends;
        this.sortedEnds = ends.clone();
        Arrays.sort(sortedEnds);
    }

    /**
     * Of ranges in any order; of several with the same start the longest counts, and those without a size are left out.
     *
     * @param virtualAddresses where they start
     * @param sizes their sizes in bytes, with the same indices
     * @throws IllegalArgumentException if there are not as many sizes as addresses
     */
    public static FunctionRanges of(long[] virtualAddresses, long[] sizes) {
        if (virtualAddresses.length != sizes.length) {
            throw new IllegalArgumentException(virtualAddresses.length + " addresses, but " + sizes.length + " sizes");
        }
        Range[] ranges = new Range[sizes.length];
        for (int at = 0; at < ranges.length; at++) {
            ranges[at] = new Range(virtualAddresses[at], virtualAddresses[at] + sizes[at]);
        }
        Arrays.sort(ranges);
        long[] starts = new long[ranges.length];
        long[] ends = new long[ranges.length];
        int count = 0;
        for (Range range : ranges) {
            if (range.end <= range.start) {
                continue;
            }
            if (count > 0 && starts[count - 1] == range.start) {
                ends[count - 1] = range.end;
            } else {
                starts[count] = range.start;
                ends[count++] = range.end;
            }
        }
        return new FunctionRanges(Arrays.copyOf(starts, count), Arrays.copyOf(ends, count));
    }

    /** Of ranges whose starts are in ascending order, none twice. */
    static FunctionRanges ofAscending(long[] starts, long[] ends) {
        return new FunctionRanges(starts, ends);
    }

    /** Ascending. */
    long[] starts() {
        return starts;
    }

    /** With the same index as the starts. */
    long[] ends() {
        return ends;
    }

    private record Range(long start, long end) implements Comparable<Range> {
        @Override
        public int compareTo(Range other) {
            int byStart = Long.compare(start, other.start);
            return byStart != 0 ? byStart : Long.compare(end, other.end);
        }
    }

    public int count() {
        return starts.length;
    }

    /** The start of the range at {@code index}, of 0 to {@link #count}, ascending. */
    public long start(int index) {
        return starts[index];
    }

    /** The address behind the range at {@code index}. */
    public long end(int index) {
        return ends[index];
    }

    /** The index of the range that starts last at or before the address, -1 if all start later. */
    public int indexBefore(long address) {
        int found = Arrays.binarySearch(starts, address);
        return found >= 0 ? found : -found - 2;
    }

    /** Whether a range ends just before the address. */
    public boolean endsAt(long address) {
        return Arrays.binarySearch(sortedEnds, address) >= 0;
    }
}
