package jltrace.type;

/**
 * A bit field of a structure: some bits of an integer or an enumeration.
 *
 * @param underlying the declared type, an {@link IntegerType} or an {@link EnumType}
 * @param bitOffset the place of its lowest bit, counted from the lowest bit of the byte at which the field begins
 * @param bitWidth how many bits it has
 */
public record BitFieldType(CType underlying, int bitOffset, int bitWidth) implements CType {
    /** @throws IllegalArgumentException if the bits do not lie within 64 bits */
    public BitFieldType {
        if (bitOffset < 0 || bitWidth < 1 || bitOffset + bitWidth > Long.SIZE) {
            throw new IllegalArgumentException("no bit field of " + bitWidth + " bits at bit " + bitOffset);
        }
    }

    /** The bytes from the one at which the field begins to the one with its highest bit. */
    @Override
    public long size() {
        return ((long) bitOffset + bitWidth + Byte.SIZE - 1) / Byte.SIZE;
    }

    /** Bit fields stand at any byte. */
    @Override
    public int alignment() {
        return 1;
    }

    @Override
    public String toString() {
        return "bits(" + underlying + ", " + bitOffset + ", " + bitWidth + ")";
    }
}
