package jltrace.call;

import java.util.Arrays;

/** Remembers for return addresses who called which function, and whether that is shown. Lookups allocate nothing. */
final class CallerCache {
    static final int ABSENT = -1;

    private long[] returnAddresses = new long[256];
    private int[] functions = new int[256];
    private int[] callers = new int[256];
    private int[] names = new int[256];
    private boolean[] certain = new boolean[256];
    private int size;

    CallerCache() {
        Arrays.fill(functions, ABSENT);
    }

    /** The index of an answer, or {@link #ABSENT}. */
    int find(long returnAddress, int function) {
        int at = slot(returnAddress, function);
        return functions[at] == ABSENT ? ABSENT : at;
    }

    int caller(int index) {
        return callers[index];
    }

    /** An index of the function's names, or {@link jltrace.plan.TracedFunction#NOT_SHOWN}. */
    int name(int index) {
        return names[index];
    }

    /** Whether the call instruction names the function. */
    boolean certain(int index) {
        return certain[index];
    }

    int put(long returnAddress, int function, int caller, int name, boolean isCertain) {
        if (2 * (size + 1) > functions.length) {
            grow();
        }
        int at = slot(returnAddress, function);
        returnAddresses[at] = returnAddress;
        functions[at] = function;
        callers[at] = caller;
        names[at] = name;
        certain[at] = isCertain;
        size++;
        return at;
    }

    void clear() {
        Arrays.fill(functions, ABSENT);
        size = 0;
    }

    private int slot(long returnAddress, int function) {
        int mask = functions.length - 1;
        int at = (int) (((returnAddress * 31 + function) * 0x9E3779B97F4A7C15L) >>> 40) & mask;
        while (functions[at] != ABSENT && (returnAddresses[at] != returnAddress || functions[at] != function)) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        long[] oldAddresses = returnAddresses;
        int[] oldFunctions = functions;
        int[] oldCallers = callers;
        int[] oldNames = names;
        boolean[] oldCertain = certain;
        int capacity = oldFunctions.length * 2;
        returnAddresses = new long[capacity];
        functions = new int[capacity];
        Arrays.fill(functions, ABSENT);
        callers = new int[capacity];
        names = new int[capacity];
        certain = new boolean[capacity];
        for (int i = 0; i < oldFunctions.length; i++) {
            if (oldFunctions[i] != ABSENT) {
                int at = slot(oldAddresses[i], oldFunctions[i]);
                returnAddresses[at] = oldAddresses[i];
                functions[at] = oldFunctions[i];
                callers[at] = oldCallers[i];
                names[at] = oldNames[i];
                certain[at] = oldCertain[i];
            }
        }
    }
}
