package jltrace.dwarf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import jltrace.bytes.ByteSource;
import jltrace.bytes.MalformedBytesException;

/**
 * Where the entries of a file are, by address and by name. It is bytes, so that it can be kept in a file; whoever uses it checks that
 * the entry has the name or address that was asked for, so that a wrong index misleads nobody.
 *
 * <p>A place is a number: in the highest 2 bits the section, then a bit of addresses for {@link #isOrdinary}, then in 25 bits how far
 * the unit begins before the entry or, for a split unit, the number of the skeleton, and in 36 the offset.
 */
final class DebugIndex {
    /** What a name is of. */
    enum Kind {
        /** A function with code. */
        FUNCTION(0),
        /** A function that is only declared, or whose code other entries have. */
        DECLARATION(1),
        VARIABLE(2),
        TYPE(3);

        private static final long MASK = 3;

        private final int code;

        Kind(int code) {
            this.code = code;
        }
    }

    /** How many entries of one name or address are kept: an answer that there are as many is not one that there are no more. */
    static final int MOST_VALUES = 16;

    private static final long MAGIC = 0x5844_4952_4144_4c4aL;
    /** That a unit begins too far before an entry for the distance to be in a place. */
    static final int FAR = (1 << 25) - 1;

    private static final int VERSION = 3;
    private static final long ORDINARY = 1L << 61;
    private static final int HEADER_SIZE = 40;
    private static final long LARGEST_OFFSET = (1L << 36) - 1;

    private final ByteSource bytes;
    private final PairTable.Written addresses;
    private final PairTable.Written names;

    private DebugIndex(ByteSource bytes, PairTable.Written addresses, PairTable.Written names) {
        this.bytes = bytes;
        this.addresses = addresses;
        this.names = names;
    }

    /** The index that two tables make. */
    static DebugIndex of(PairTable addresses, PairTable names, String buildId) {
        byte[] id = buildId.getBytes(StandardCharsets.US_ASCII);
        byte[] array = new byte[HEADER_SIZE + id.length + addresses.byteCount() + names.byteCount()];
        ByteBuffer buffer = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(MAGIC).putInt(VERSION).putInt(0);
        buffer.putLong(addresses.byteCount()).putLong(names.byteCount()).putLong(id.length);
        buffer.put(id);
        addresses.write(buffer);
        names.write(buffer);
        buffer.putInt(12, checksum(ByteSource.of(array)));
        return parse(ByteSource.of(array), buildId).orElseThrow();
    }

    /** An index from a file; empty if the bytes are not one, or one of another build. */
    static Optional<DebugIndex> parse(ByteSource bytes, String buildId) {
        try {
            long addressBytes = bytes.i64(16);
            long nameBytes = bytes.i64(24);
            long idLength = bytes.i64(32);
            byte[] id = buildId.getBytes(StandardCharsets.US_ASCII);
            boolean fits = bytes.i64(0) == MAGIC
                    && bytes.i32(8) == VERSION
                    && idLength == id.length
                    && isTableSize(addressBytes)
                    && isTableSize(nameBytes)
                    && bytes.size() == HEADER_SIZE + idLength + addressBytes + nameBytes
                    && Arrays.equals(bytes.bytes(HEADER_SIZE, id.length), id)
                    && bytes.i32(12) == checksum(bytes);
            if (!fits) {
                return Optional.empty();
            }
            ByteSource tables = bytes.from(HEADER_SIZE + idLength);
            return Optional.of(new DebugIndex(
                    bytes,
                    new PairTable.Written(tables.slice(0, addressBytes)),
                    new PairTable.Written(tables.slice(addressBytes, nameBytes))));
        } catch (MalformedBytesException e) {
            return Optional.empty();
        }
    }

    private static boolean isTableSize(long bytes) {
        return bytes >= 16 && bytes < Integer.MAX_VALUE && Long.bitCount(bytes) == 1;
    }

    /** Of all bytes but those of the checksum. */
    private static int checksum(ByteSource bytes) {
        return (int) bytes.from(16).crc32();
    }

    ByteSource bytes() {
        return bytes;
    }

    /** The places of functions whose code begins at an address. */
    long[] at(long virtualAddress) {
        return addresses.values(virtualAddress);
    }

    /** The places of entries that may have a name. */
    long[] named(Kind kind, String name) {
        return names.values(key(kind, name.getBytes(StandardCharsets.UTF_8)));
    }

    /** The places of all functions with code. */
    List<Long> functions() {
        List<Long> places = new ArrayList<>();
        for (int slot = 0; slot < addresses.slots(); slot++) {
            if (addresses.value(slot) != 0) {
                places.add(addresses.value(slot));
            }
        }
        return places;
    }

    private static long key(Kind kind, byte[] name) {
        long hash = NameHash.START;
        for (byte each : name) {
            hash = NameHash.next(hash, each);
        }
        return key(kind, hash);
    }

    static long key(Kind kind, long nameHash) {
        return (nameHash & ~Kind.MASK) | kind.code;
    }

    /** FNV-1a of 64 bits. */
    static final class NameHash {
        static final long START = 0xcbf2_9ce4_8422_2325L;
        private static final long PRIME = 0x100_0000_01b3L;

        private NameHash() {}

        static long next(long hash, int value) {
            return (hash ^ (value & 0xff)) * PRIME;
        }
    }

    /** The place of an entry. */
    static long place(int section, int number, long offset, String fileName) {
        if (offset > LARGEST_OFFSET || number > FAR) {
            throw DwarfException.tooComplex(fileName, "size of the sections", LARGEST_OFFSET);
        }
        return (long) section << 62 | (long) number << 36 | offset;
    }

    /** A place by its address of which the symbols say that an ordinary function begins there. */
    static long ordinary(long place) {
        return place | ORDINARY;
    }

    static boolean isOrdinary(long place) {
        return (place & ORDINARY) != 0;
    }

    static int section(long place) {
        return (int) (place >>> 62);
    }

    static int number(long place) {
        return (int) (place >>> 36) & FAR;
    }

    static long offset(long place) {
        return place & LARGEST_OFFSET;
    }
}
