package jltrace.type;

/** A pointer to a function, shown as the symbol that it points to, else as an address. */
public record FunctionPointerType() implements CType {
    public static final FunctionPointerType CALLBACK = new FunctionPointerType();

    @Override
    public long size() {
        return Long.BYTES;
    }

    @Override
    public int alignment() {
        return Long.BYTES;
    }

    @Override
    public String toString() {
        return "callback";
    }
}
