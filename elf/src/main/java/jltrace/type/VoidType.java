package jltrace.type;

/** {@code void}: as a result, that there is none; behind a pointer, that nothing is known of what it points to. */
public enum VoidType implements CType {
    /** The only value. */
    VOID;

    @Override
    public long size() {
        return 0;
    }

    @Override
    public int alignment() {
        return 1;
    }

    @Override
    public String toString() {
        return "void";
    }
}
