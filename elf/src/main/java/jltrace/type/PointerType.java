package jltrace.type;

/**
 * A pointer. What it points to is shown in its place, {@code nil} if it is null; a pointer to {@link VoidType} is opaque and shown as
 * an address.
 *
 * @param target the type that it points to
 */
public record PointerType(CType target) implements CType {

    /** A pointer of which only the address is of interest: {@code void *}, {@code FILE *}, a buffer that the function will fill. */
    public static final PointerType OPAQUE = new PointerType(VoidType.VOID);

    /** Whether only the address can be shown. */
    public boolean opaque() {
        return target == VoidType.VOID;
    }

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
        return opaque() ? "addr" : target + "*";
    }
}
