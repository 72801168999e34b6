package jltrace.type;

/**
 * An array, shown as {@code [ 1, 2, 3 ]}. As a parameter or a result C passes a pointer to its first element instead; prototype files
 * are read so, and {@link CallingConvention} takes it so.
 *
 * @param element the type of an element
 * @param length how many there are
 */
public record ArrayType(CType element, LengthExpression length) implements CType {

    @Override
    public long size() {
        return LengthExpression.storage(length, element.size());
    }

    @Override
    public int alignment() {
        return element.alignment();
    }

    @Override
    public String toString() {
        return "array(" + element + ", " + length + ")";
    }
}
