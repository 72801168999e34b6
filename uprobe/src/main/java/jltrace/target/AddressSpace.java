package jltrace.target;

import java.util.Arrays;

/** Which file's code lies where in one process. Lookups allocate nothing. */
public final class AddressSpace {
    private long[] starts = new long[32];
    private long[] ends = new long[32];
    private long[] fileOffsets = new long[32];
    private int[] objects = new int[32];
    private int size;
    private int last;
    private long stackEnd;

    /** A copy, for a forked process. */
    public AddressSpace copy() {
        AddressSpace copy = new AddressSpace();
        copy.starts = starts.clone();
        copy.ends = ends.clone();
        copy.fileOffsets = fileOffsets.clone();
        copy.objects = objects.clone();
        copy.size = size;
        copy.stackEnd = stackEnd;
        return copy;
    }

    /** Forgets all mappings: the process has become another program. */
    public void clear() {
        size = 0;
        last = 0;
        stackEnd = 0;
    }

    /** Notes where the first thread's stack ends: what is between it and that thread's stack pointer is always mapped. */
    public void stackEndsAt(long virtualAddress) {
        stackEnd = virtualAddress;
    }

    /** The address behind the first thread's stack, or 0 if that is not known. */
    public long stackEnd() {
        return stackEnd;
    }

    /** How many mappings there are. */
    public int mappings() {
        return size;
    }

    /** The number of the file that a mapping is of, or {@link ObjectTable#NO_OBJECT}; mappings are numbered from 0, by address. */
    public int objectOf(int mapping) {
        return objects[mapping];
    }

    /** Where a mapping begins. */
    public long startOf(int mapping) {
        return starts[mapping];
    }

    /** Where in its file a mapping begins, in bytes. */
    public long fileOffsetOf(int mapping) {
        return fileOffsets[mapping];
    }

    /**
     * Notes a mapping, which replaces whatever lay there before.
     *
     * @param fileOffset where in the file it begins, in bytes
     * @param object an {@link ObjectFile#number()}, or {@link ObjectTable#NO_OBJECT}
     */
    public void map(long start, long end, long fileOffset, int object) {
        cut(start, end);
        int at = Arrays.binarySearch(starts, 0, size, start);
        insert(at < 0 ? -at - 1 : at, start, end, fileOffset, object);
        last = 0;
    }

    private void cut(long start, long end) {
        for (int i = 0; i < size; i++) {
            if (ends[i] <= start || starts[i] >= end) {
                continue;
            }
            long oldStart = starts[i];
            long oldEnd = ends[i];
            long oldFileOffset = fileOffsets[i];
            int object = objects[i];
            remove(i);
            int at = i;
            if (oldStart < start) {
                insert(at++, oldStart, start, oldFileOffset, object);
            }
            if (oldEnd > end) {
                insert(at++, end, oldEnd, oldFileOffset + (end - oldStart), object);
            }
            i = at - 1;
        }
    }

    private void remove(int index) {
        int moved = size - index - 1;
        System.arraycopy(starts, index + 1, starts, index, moved);
        System.arraycopy(ends, index + 1, ends, index, moved);
        System.arraycopy(fileOffsets, index + 1, fileOffsets, index, moved);
        System.arraycopy(objects, index + 1, objects, index, moved);
        size--;
    }

    private void insert(int index, long start, long end, long fileOffset, int object) {
        if (size == starts.length) {
            starts = Arrays.copyOf(starts, size * 2);
            ends = Arrays.copyOf(ends, size * 2);
            fileOffsets = Arrays.copyOf(fileOffsets, size * 2);
            objects = Arrays.copyOf(objects, size * 2);
        }
        System.arraycopy(starts, index, starts, index + 1, size - index);
        System.arraycopy(ends, index, ends, index + 1, size - index);
        System.arraycopy(fileOffsets, index, fileOffsets, index + 1, size - index);
        System.arraycopy(objects, index, objects, index + 1, size - index);
        starts[index] = start;
        ends[index] = end;
        fileOffsets[index] = fileOffset;
        objects[index] = object;
        size++;
    }

    /** The file whose code is at an address, or {@link ObjectTable#NO_OBJECT}. */
    public int objectAt(long virtualAddress) {
        int index = find(virtualAddress);
        return index < 0 ? ObjectTable.NO_OBJECT : objects[index];
    }

    /** Where in its file the code at an address is, in bytes; the address must be mapped. */
    public long fileOffsetAt(long virtualAddress) {
        int index = find(virtualAddress);
        return virtualAddress - starts[index] + fileOffsets[index];
    }

    private int find(long virtualAddress) {
        if (last < size && virtualAddress >= starts[last] && virtualAddress < ends[last]) {
            return last;
        }
        int at = Arrays.binarySearch(starts, 0, size, virtualAddress);
        int index = at < 0 ? -at - 2 : at;
        if (index < 0 || virtualAddress >= ends[index]) {
            return -1;
        }
        last = index;
        return index;
    }
}
