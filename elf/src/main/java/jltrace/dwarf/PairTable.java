package jltrace.dwarf;

import java.nio.ByteBuffer;
import java.util.Arrays;
import jltrace.bytes.ByteSource;

/**
 * A hash table of pairs of numbers in which a key may have several values: open addressing with linear probing, in the form in which
 * it is also written to a file. The value 0 marks an empty slot.
 */
final class PairTable {
    private static final int PAIR_SIZE = 16;
    private static final int FIRST_CAPACITY = 1 << 10;
    private static final long GOLDEN_RATIO = 0x9e37_79b9_7f4a_7c15L;

    private final Effort effort;
    private final int mostValues;
    private long[] pairs = new long[2 * FIRST_CAPACITY];
    private int count;

    /** @param mostValues how many values of one key are kept */
    PairTable(Effort effort, int mostValues) {
        this.effort = effort;
        this.mostValues = mostValues;
    }

    /** Adds a value, unless the key has the most already. */
    void add(long key, long value) {
        if (count >= pairs.length / 4) {
            grow();
        }
        int seen = 0;
        int slot = slot(key, pairs.length / 2);
        while (pairs[2 * slot + 1] != 0) {
            effort.spend(1);
            if (pairs[2 * slot] == key && (++seen == mostValues || pairs[2 * slot + 1] == value)) {
                return;
            }
            slot = slot + 1 == pairs.length / 2 ? 0 : slot + 1;
        }
        pairs[2 * slot] = key;
        pairs[2 * slot + 1] = value;
        count++;
    }

    private void grow() {
        if (pairs.length >= 1 << 28) {
            throw DwarfException.tooComplex("index", "number of names", count);
        }
        long[] old = pairs;
        pairs = new long[old.length * 2];
        for (int i = 0; i < old.length; i += 2) {
            if (old[i + 1] != 0) {
                int slot = slot(old[i], pairs.length / 2);
                while (pairs[2 * slot + 1] != 0) {
                    effort.spend(1);
                    slot = slot + 1 == pairs.length / 2 ? 0 : slot + 1;
                }
                pairs[2 * slot] = old[i];
                pairs[2 * slot + 1] = old[i + 1];
            }
        }
    }

    private static int slot(long key, int slots) {
        long mixed = (key ^ key >>> 32) * GOLDEN_RATIO;
        return (int) (mixed >>> 33) & (slots - 1);
    }

    /** The bytes that {@link #write} takes. */
    int byteCount() {
        return pairs.length * Long.BYTES;
    }

    void write(ByteBuffer target) {
        target.asLongBuffer().put(pairs);
        target.position(target.position() + byteCount());
    }

    /** A table as it was written. */
    record Written(ByteSource bytes) {

        /** The number of slots, a power of two. */
        int slots() {
            return (int) (bytes.size() / PAIR_SIZE);
        }

        long key(int slot) {
            return bytes.i64((long) slot * PAIR_SIZE);
        }

        /** The value in a slot; 0 if the slot is empty. */
        long value(int slot) {
            return bytes.i64((long) slot * PAIR_SIZE + Long.BYTES);
        }

        /** All values of a key, in no order. */
        long[] values(long key) {
            long[] found = new long[4];
            int size = 0;
            int slot = slot(key, slots());
            for (int probes = 0; probes < slots() && value(slot) != 0; probes++) {
                if (key(slot) == key) {
                    found = size == found.length ? Arrays.copyOf(found, size * 2) : found;
                    found[size++] = value(slot);
                }
                slot = slot + 1 == slots() ? 0 : slot + 1;
            }
            return Arrays.copyOf(found, size);
        }
    }
}
