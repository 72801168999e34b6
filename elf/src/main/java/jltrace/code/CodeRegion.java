package jltrace.code;

import java.util.Objects;

/**
 * A stretch of an object's code: its bytes, and the virtual address of the first of them. An executable section or
 * segment, or a single function.
 *
 * <p>The bytes are not copied; they must not change while the region is used.
 */
public final class CodeRegion {
    private final byte[] bytes;
    private final int offset;
    private final int length;
    private final long virtualAddress;

    /**
     * @param bytes holds the code
     * @param offset where in {@code bytes} it starts
     * @param length its length in bytes
     * @param virtualAddress the address of the byte at {@code offset}
     * @throws IndexOutOfBoundsException if {@code bytes} does not hold that range
     */
    public CodeRegion(byte[] bytes, int offset, int length, long virtualAddress) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
        this.virtualAddress = virtualAddress;
    }

    /** All of {@code bytes}, which start at {@code virtualAddress}. */
    public static CodeRegion of(byte[] bytes, long virtualAddress) {
        return new CodeRegion(bytes, 0, bytes.length, virtualAddress);
    }

    public long virtualAddress() {
        return virtualAddress;
    }

    /** The address behind the last byte. */
    public long endAddress() {
        return virtualAddress + length;
    }

    /** In bytes. */
    public int length() {
        return length;
    }

    public boolean contains(long address) {
        // Unsigned, so that no address that a corrupt file names wraps around.
        return Long.compareUnsigned(address - virtualAddress, length) < 0;
    }

    /**
     * Decodes the instruction at {@code address}.
     *
     * @return its length in bytes, or 0 if the address is outside or there is no instruction
     */
    public int decode(long address, Amd64Instruction instruction) {
        return decode(address, endAddress(), instruction);
    }

    /** As {@link #decode(long, Amd64Instruction)}, but the instruction ends at {@code limit}, not below the address, or before. */
    int decode(long address, long limit, Amd64Instruction instruction) {
        if (!contains(address)) {
            return 0;
        }
        int index = (int) (address - virtualAddress);
        long room = limit - address;
        int available = Long.compareUnsigned(room, length - index) < 0 ? (int) room : length - index;
        return Amd64Decoder.decode(bytes, offset + index, offset + index + available, address, instruction);
    }

    /** The byte at {@code index} from the start, 0 to 255. */
    int byteAt(int index) {
        return bytes[offset + index] & 0xff;
    }

    /** The four bytes at {@code index} from the start, little-endian; the caller knows that they exist. */
    int intAt(int index) {
        int at = offset + index;
        return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16 | bytes[at + 3] << 24;
    }
}
