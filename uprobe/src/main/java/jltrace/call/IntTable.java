package jltrace.call;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A hash table from positive ints, such as thread ids, without boxing. */
final class IntTable<T> {
    private int[] keys = new int[64];
    private @Nullable Object[] values = new Object[64];
    private int size;

    @SuppressWarnings("unchecked")
    @Nullable T get(int key) {
        return (T) values[index(key)];
    }

    void put(int key, T value) {
        if (2 * (size + 1) > keys.length) {
            grow();
        }
        int at = index(key);
        if (values[at] == null) {
            size++;
        }
        keys[at] = key;
        values[at] = value;
    }

    void remove(int key) {
        int at = index(key);
        if (values[at] == null) {
            return;
        }
        values[at] = null;
        size--;
        // Entries behind the gap may have been pushed on by the removed one.
        int mask = keys.length - 1;
        for (int i = (at + 1) & mask; values[i] != null; i = (i + 1) & mask) {
            int moved = keys[i];
            Object value = values[i];
            values[i] = null;
            int to = index(moved);
            keys[to] = moved;
            values[to] = value;
        }
    }

    int size() {
        return size;
    }

    @SuppressWarnings("unchecked")
    void forEach(Consumer<T> consumer) {
        for (Object value : values.clone()) {
            if (value != null) {
                consumer.accept((T) value);
            }
        }
    }

    private int index(int key) {
        int mask = keys.length - 1;
        int at = ((key * 0x9E3779B9) >>> 7) & mask;
        while (values[at] != null && keys[at] != key) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        int[] oldKeys = keys;
        Object[] oldValues = values;
        keys = new int[oldKeys.length * 2];
        values = Arrays.copyOf(new Object[0], keys.length);
        for (int i = 0; i < oldKeys.length; i++) {
            Object value = oldValues[i];
            if (value != null) {
                int at = index(oldKeys[i]);
                keys[at] = oldKeys[i];
                values[at] = value;
            }
        }
    }
}
