package jltrace.value;

import jltrace.value.MemoryProbe.Presence;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that were captured of a process: what a pointer points to, or an argument itself. The kernel leaves zeros where it can't
 * read, which happens page by page; so a page of which nothing but zeros was captured is doubtful, and the process is asked.
 */
final class MemoryView {
    private static final int PAGE_SIZE = 4096;

    private byte[] bytes = new byte[0];
    private int start;
    private int length;
    private long address;
    private int boundary;
    private int pid;
    private long stackPointer;
    private final MemoryProbe memory;
    private @Nullable Presence first;
    private @Nullable Presence second;

    MemoryView(MemoryProbe memory) {
        this.memory = memory;
    }

    /** Memory at an address of a process whose stack is known to have been elsewhere. */
    void memory(byte[] source, int sourceStart, int size, long virtualAddress, int process, long stack) {
        bytes = source;
        start = sourceStart;
        length = size;
        pid = process;
        stackPointer = stack;
        address = virtualAddress;
        boundary = (int) (PAGE_SIZE - (virtualAddress & (PAGE_SIZE - 1)));
        first = null;
        second = null;
    }

    /** Registers or stack slots: two parts of which each is there or not. */
    void parts(byte[] source, int sourceStart, int size, int firstSize, boolean firstIsThere, boolean secondIsThere) {
        bytes = source;
        start = sourceStart;
        length = size;
        address = 0;
        boundary = firstSize;
        first = firstIsThere ? Presence.MAPPED : Presence.UNKNOWN;
        second = secondIsThere ? Presence.MAPPED : Presence.UNKNOWN;
    }

    byte[] bytes() {
        return bytes;
    }

    /** The index in {@link #bytes()} of the byte at an offset. */
    int index(int offset) {
        return start + offset;
    }

    int length() {
        return length;
    }

    /** The address that it was read from; 0 if it is no memory. */
    long address() {
        return address;
    }

    /** Where the second page or part begins. */
    int boundary() {
        return boundary;
    }

    boolean isZero(int offset, int size) {
        for (int i = start + offset; i < start + offset + size; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether what is captured there is what is there. */
    boolean isThere(int offset, int size) {
        return offset >= 0
                && size <= length - offset
                && presence(offset) == Presence.MAPPED
                && (offset >= boundary || offset + size <= boundary || presence(boundary) == Presence.MAPPED);
    }

    /** Whether the byte at an offset could be read. */
    Presence presence(int offset) {
        if (offset < boundary) {
            Presence known = first;
            if (known == null) {
                known = decide(0, Math.min(boundary, length));
                first = known;
            }
            return known;
        }
        Presence known = second;
        if (known == null) {
            known = decide(boundary, length);
            second = known;
        }
        return known;
    }

    private Presence decide(int from, int to) {
        return isZero(from, to - from) ? memory.at(pid, address + from, stackPointer) : Presence.MAPPED;
    }

    /** An unsigned little-endian number of 1 to 8 bytes. */
    long number(int offset, int size) {
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            value = value << 8 | (bytes[start + offset + i] & 0xff);
        }
        return value;
    }
}
