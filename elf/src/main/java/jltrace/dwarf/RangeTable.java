package jltrace.dwarf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** Ranges of virtual addresses, each of something that has a number. They may overlap, and are sorted when they are first searched. */
final class RangeTable {
    private static final Comparator<Range> BY_START = (left, right) -> Long.compareUnsigned(left.start, right.start);

    private final List<Range> ranges = new ArrayList<>();
    /** For each range the last address that it or one before it holds; empty until the ranges are sorted. */
    private long[] lastAddresses = {};

    /** @param last the last address, so that a range may reach to the highest address of all */
    private record Range(long start, long last, long number) {}

    /** Adds the range from an address to before another; one that holds no address is left out. */
    void add(long start, long end, long number) {
        if (Long.compareUnsigned(start, end - 1) <= 0 && start != end) {
            ranges.add(new Range(start, end - 1, number));
            lastAddresses = new long[0];
        }
    }

    /** The numbers of the ranges that hold an address, in ascending order. */
    Iterable<Long> numbersAt(long address) {
        if (lastAddresses.length != ranges.size()) {
            sort();
        }
        TreeSet<Long> numbers = new TreeSet<>();
        for (int i = lastStartingUpTo(address); i >= 0 && Long.compareUnsigned(lastAddresses[i], address) >= 0; i--) {
            if (Long.compareUnsigned(ranges.get(i).last, address) >= 0) {
                numbers.add(ranges.get(i).number);
            }
        }
        return numbers;
    }

    private void sort() {
        ranges.sort(BY_START);
        lastAddresses = new long[ranges.size()];
        long last = 0;
        for (int i = 0; i < lastAddresses.length; i++) {
            long own = ranges.get(i).last;
            last = Long.compareUnsigned(own, last) > 0 ? own : last;
            lastAddresses[i] = last;
        }
    }

    private int lastStartingUpTo(long address) {
        int low = 0;
        int high = ranges.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(ranges.get(middle).start, address) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }
}
