package jltrace.type;

/**
 * A value that takes its place in registers or memory but is not shown.
 *
 * @param underlying the type of the value
 */
public record HiddenType(CType underlying) implements CType {

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
        return "hide(" + underlying + ")";
    }
}
