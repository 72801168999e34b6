package jltrace.type;

/**
 * A socket address ({@code struct sockaddr}), whose family says what follows: of {@code AF_UNIX}, {@code AF_INET}, {@code AF_INET6} and
 * {@code AF_NETLINK} the fields of their structures (unix(7), ip(7), ipv6(7), netlink(7)), of all others {@code sa_data}.
 *
 * @param family the names of the families; two bytes wide
 * @param length how many bytes the address has, the family's included
 */
public record SocketAddressType(EnumType family, LengthExpression length) implements CType {
    /** The bytes of {@code struct sockaddr_storage}, which holds an address of any family. */
    private static final int STORAGE = 128;

    @Override
    public long size() {
        return STORAGE;
    }

    @Override
    public int alignment() {
        return Long.BYTES;
    }

    @Override
    public String toString() {
        return "sockaddr(" + family + ", " + length + ")";
    }
}
