package jltrace.code;

import java.util.Arrays;

/** A growing, reusable list of addresses. */
final class LongList {
    private long[] values = new long[16];
    private int size;

    void add(long value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
    }

    long get(int index) {
        return values[index];
    }

    void set(int index, long value) {
        values[index] = value;
    }

    long removeLast() {
        return values[--size];
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void clear() {
        size = 0;
    }

    long[] sortedDistinct() {
        long[] sorted = Arrays.copyOf(values, size);
        Arrays.sort(sorted);
        int distinct = 0;
        for (int at = 0; at < size; at++) {
            if (at == 0 || sorted[at] != sorted[at - 1]) {
                sorted[distinct++] = sorted[at];
            }
        }
        return Arrays.copyOf(sorted, distinct);
    }
}
