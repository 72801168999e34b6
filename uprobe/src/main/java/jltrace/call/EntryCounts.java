package jltrace.call;

import java.util.Arrays;

/** How often functions were entered, as far as records came, and how many of those calls were shown. By the functions' numbers. */
public final class EntryCounts {
    private long[] entries = new long[64];
    private long[] shown = new long[64];
    private boolean[] needed = new boolean[64];
    private long allEntries;
    private long allShown;

    void entered(int function) {
        if (function >= entries.length) {
            int capacity = 2 * function;
            entries = Arrays.copyOf(entries, capacity);
            shown = Arrays.copyOf(shown, capacity);
            needed = Arrays.copyOf(needed, capacity);
        }
        entries[function]++;
        allEntries++;
    }

    void shown(int function) {
        shown[function]++;
        allShown++;
    }

    void needed(int function) {
        needed[function] = true;
    }

    /** How many records of a function's entry have come, shown or not. */
    public long entries(int function) {
        return function < entries.length ? entries[function] : 0;
    }

    /** How many calls of a function were asked for. */
    public long shownCalls(int function) {
        return function < shown.length ? shown[function] : 0;
    }

    /** How many records of entries have come. */
    public long entries() {
        return allEntries;
    }

    /** How many records of entries were not of calls that are shown. */
    public long notShown() {
        return allEntries - allShown;
    }

    /**
     * Whether the entry of a function told what its callers' PLT stubs would not: a call that is shown and did not go through one, or
     * the end of a call that jumped to it.
     */
    public boolean isNeeded(int function) {
        return function < needed.length && needed[function];
    }
}
