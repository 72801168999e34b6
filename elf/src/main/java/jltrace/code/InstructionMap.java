package jltrace.code;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * For each address of a region: whether an instruction that a scan reached starts there or goes on there, and the stack
 * before it. Sparse and reused, so that the scan of a small function in a large library costs what it touches.
 */
final class InstructionMap {
    static final int START = 1;
    static final int INSIDE = 1 << 1;
    /** A branch goes there. */
    static final int BRANCH_TARGET = 1 << 2;
    /** A jump out of the function that the scan followed. */
    static final int FOLLOWED = 1 << 3;

    private static final int PAGE_BITS = 8;
    private static final int PAGE_SIZE = 1 << PAGE_BITS;

    /** 256 addresses. */
    private static final class Page {
        private final byte[] marks = new byte[PAGE_SIZE];
        private final long[] states = new long[PAGE_SIZE];
    }

    private final @Nullable Page[] pages;
    private final List<Page> free = new ArrayList<>();
    private int[] touched = new int[16];
    private int touchedCount;

    InstructionMap(int length) {
        pages = new Page[(length >> PAGE_BITS) + 1];
    }

    int marks(int index) {
        Page page = pages[index >> PAGE_BITS];
        return page == null ? 0 : page.marks[index & (PAGE_SIZE - 1)];
    }

    boolean isMarked(int index, int mark) {
        return (marks(index) & mark) != 0;
    }

    void mark(int index, int mark) {
        page(index).marks[index & (PAGE_SIZE - 1)] |= (byte) mark;
    }

    /** The stack before the instruction that starts at {@code index}. */
    long state(int index) {
        Page page = pages[index >> PAGE_BITS];
        return page == null ? StackState.NOTHING_KNOWN : page.states[index & (PAGE_SIZE - 1)];
    }

    void setState(int index, long state) {
        page(index).states[index & (PAGE_SIZE - 1)] = state;
    }

    private Page page(int index) {
        int number = index >> PAGE_BITS;
        Page page = pages[number];
        if (page == null) {
            page = free.isEmpty() ? new Page() : free.remove(free.size() - 1);
            pages[number] = page;
            if (touchedCount == touched.length) {
                touched = Arrays.copyOf(touched, 2 * touchedCount);
            }
            touched[touchedCount++] = number;
        }
        return page;
    }

    /** The indices with a mark, in ascending order. */
    int[] indicesMarked(int mark) {
        Arrays.sort(touched, 0, touchedCount);
        int[] indices = new int[64];
        int count = 0;
        for (int at = 0; at < touchedCount; at++) {
            Page page = pages[touched[at]];
            for (int inPage = 0; page != null && inPage < PAGE_SIZE; inPage++) {
                if ((page.marks[inPage] & mark) != 0) {
                    if (count == indices.length) {
                        indices = Arrays.copyOf(indices, 2 * count);
                    }
                    indices[count++] = (touched[at] << PAGE_BITS) + inPage;
                }
            }
        }
        return Arrays.copyOf(indices, count);
    }

    void clear() {
        for (int at = 0; at < touchedCount; at++) {
            Page page = pages[touched[at]];
            if (page != null) {
                Arrays.fill(page.marks, (byte) 0);
                free.add(page);
                pages[touched[at]] = null;
            }
        }
        touchedCount = 0;
    }
}
