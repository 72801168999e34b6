package jltrace.elf;

import jltrace.bytes.ByteSource;
import org.jspecify.annotations.Nullable;

/**
 * The hash table that finds a dynamic symbol by name. The candidates for a name are {@link #first}, then {@link #next} of
 * it, until 0.
 */
abstract class SymbolHash {
    /** The table that the loader would use, or null if there is none. */
    static @Nullable SymbolHash read(DynamicTable dynamic) {
        ByteSource gnuTable = dynamic.tableOf(DynamicTable.GNU_HASH);
        if (gnuTable != null) {
            return new GnuHash(gnuTable);
        }
        ByteSource table = dynamic.tableOf(DynamicTable.HASH);
        return table == null ? null : new SystemVHash(table);
    }

    private static int systemVHash(byte[] name) {
        int hash = 0;
        for (byte character : name) {
            hash = (hash << 4) + (character & 0xff);
            int high = hash & 0xf000_0000;
            hash = (hash ^ high >>> 24) & ~high;
        }
        return hash;
    }

    private static int gnuHash(byte[] name) {
        int hash = 5381;
        for (byte character : name) {
            hash = hash * 33 + (character & 0xff);
        }
        return hash;
    }

    /** One more than the highest index of a symbol in the table, 0 if it has none. */
    abstract long symbolCount();

    /** The hash value of a name. */
    abstract int hashOf(byte[] name);

    /** Index of the first symbol that may have the name with this hash value, 0 if none. */
    abstract int first(int hash);

    /** Index of the next such symbol after {@code symbolIndex}, 0 if none. */
    abstract int next(int symbolIndex, int hash);

    /** {@code DT_HASH} (gABI chapter 5): every symbol is in one of its chains. */
    private static final class SystemVHash extends SymbolHash {
        private final ByteSource buckets;
        private final ByteSource chains;
        private final long bucketCount;
        private final long chainCount;

        SystemVHash(ByteSource table) {
            bucketCount = table.u32(0);
            chainCount = table.u32(4);
            buckets = table.slice(8, bucketCount * 4);
            chains = table.slice(8 + bucketCount * 4, chainCount * 4);
        }

        @Override
        long symbolCount() {
            return chainCount;
        }

        @Override
        int hashOf(byte[] name) {
            return systemVHash(name);
        }

        @Override
        int first(int hash) {
            return bucketCount == 0 ? 0 : buckets.i32(hash % bucketCount * 4);
        }

        @Override
        int next(int symbolIndex, int hash) {
            return chains.i32(symbolIndex * 4L);
        }
    }

    /** {@code DT_GNU_HASH}: the defined symbols, sorted by bucket, with their hash values and a Bloom filter before. */
    private static final class GnuHash extends SymbolHash {
        private final ByteSource filter;
        private final ByteSource buckets;
        private final ByteSource chains;
        private final long bucketCount;
        private final long firstSymbol;
        private final long filterWords;
        private final int filterShift;

        GnuHash(ByteSource table) {
            bucketCount = table.u32(0);
            firstSymbol = table.u32(4);
            filterWords = table.u32(8);
            filterShift = table.i32(12);
            filter = table.slice(16, filterWords * 8);
            buckets = table.slice(16 + filterWords * 8, bucketCount * 4);
            chains = table.from(16 + filterWords * 8 + bucketCount * 4);
        }

        @Override
        long symbolCount() {
            long last = 0;
            for (long i = 0; i < bucketCount; i++) {
                last = Math.max(last, buckets.u32(i * 4));
            }
            if (last < firstSymbol || last == 0) {
                return 0;
            }
            while ((chains.i32((last - firstSymbol) * 4) & 1) == 0) {
                last++;
            }
            return last + 1;
        }

        @Override
        int hashOf(byte[] name) {
            return gnuHash(name);
        }

        @Override
        int first(int hash) {
            if (bucketCount == 0 || filterWords == 0) {
                return 0;
            }
            long word = filter.i64((hash >>> 6) % filterWords * 8);
            if ((word >>> hash & word >>> (hash >>> filterShift) & 1) == 0) {
                return 0;
            }
            long symbol = buckets.u32((hash & 0xffff_ffffL) % bucketCount * 4);
            return symbol < firstSymbol || symbol == 0 ? 0 : matchFrom(symbol, hash);
        }

        @Override
        int next(int symbolIndex, int hash) {
            boolean atEnd = (chains.i32((symbolIndex - firstSymbol) * 4) & 1) != 0;
            return atEnd ? 0 : matchFrom(symbolIndex + 1L, hash);
        }

        private int matchFrom(long start, int hash) {
            for (long symbol = start; ; symbol++) {
                int entry = chains.i32((symbol - firstSymbol) * 4);
                if ((entry | 1) == (hash | 1)) {
                    return symbol > Integer.MAX_VALUE ? 0 : (int) symbol;
                }
                if ((entry & 1) != 0) {
                    return 0;
                }
            }
        }
    }
}
