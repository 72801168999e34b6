package jltrace.type;

/**
 * A structure or an array whose bytes are shown as one set of bits, as {@link Display#BIT_VECTOR} shows an integer's: bit 0 of the
 * first byte has number 0, bit 0 of the second number 8.
 *
 * @param underlying the type whose bytes they are
 */
public record BitVectorType(CType underlying) implements CType {

    @Override
    public long size() {
        return underlying.size();
    }

    @Override
    public int alignment() {
        return underlying.alignment();
    }

    @Override
    public String toString() {
        return "bitvec(" + underlying + ")";
    }
}
