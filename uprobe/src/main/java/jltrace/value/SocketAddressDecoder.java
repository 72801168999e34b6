package jltrace.value;

import jltrace.type.Display;
import jltrace.type.IntegerType;
import jltrace.type.SocketAddressType;

/** Shows socket addresses. An address too short for its family is shown as the bytes that it has. */
final class SocketAddressDecoder {
    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int AF_NETLINK = 16;

    private static final int FAMILY_BYTES = 2;
    private static final int INET_BYTES = 16;
    /** The kernel takes one without a scope, as RFC 2133 had it. */
    private static final int SHORTEST_INET6_BYTES = 24;

    private static final int INET6_BYTES = 28;
    private static final int NETLINK_BYTES = 12;
    private static final int UNIX_BYTES = 110;

    private static final IntegerType PORT = IntegerType.UNSIGNED_SHORT.shownAs(Display.NETWORK_ORDER);
    private static final IntegerType FLOW = IntegerType.UNSIGNED_INT.shownAs(Display.NETWORK_ORDER);
    private static final IntegerType GROUPS = IntegerType.UNSIGNED_INT.shownAs(Display.HEXADECIMAL);

    private final TextDecoder texts;
    private final InternetAddressText internet = new InternetAddressText();

    SocketAddressDecoder(TextDecoder texts) {
        this.texts = texts;
    }

    /**
     * Shows an address.
     *
     * @param length how many bytes it has
     */
    void show(SocketAddressType type, MemoryView view, int offset, long length, ValueSink sink) {
        if (length < FAMILY_BYTES || !view.isThere(offset, FAMILY_BYTES)) {
            unreadable(view, offset, sink);
            return;
        }
        int family = (int) view.number(offset, FAMILY_BYTES);
        int needed = bytes(family);
        boolean fields = length >= needed && view.isThere(offset, needed);
        sink.beginStruct();
        sink.field("sa_family");
        sink.enumerated(family, type.family());
        switch (fields ? family : 0) {
            case AF_UNIX -> path(view, offset + FAMILY_BYTES, Math.min(length, UNIX_BYTES) - FAMILY_BYTES, sink);
            case AF_INET -> inet(view, offset, sink);
            case AF_INET6 -> inet6(view, offset, length, sink);
            case AF_NETLINK -> netlink(view, offset, sink);
            default -> data(view, offset + FAMILY_BYTES, length - FAMILY_BYTES, sink);
        }
        sink.endStruct(true);
    }

    private static int bytes(int family) {
        return switch (family) {
            case AF_INET -> INET_BYTES;
            case AF_INET6 -> SHORTEST_INET6_BYTES;
            case AF_NETLINK -> NETLINK_BYTES;
            default -> FAMILY_BYTES;
        };
    }

    private static void unreadable(MemoryView view, int offset, ValueSink sink) {
        if (offset == 0 && view.presence(0) != MemoryProbe.Presence.UNKNOWN) {
            sink.address(view.address());
        } else {
            sink.unknown();
        }
    }

    /** A path ends at its zero; a name that begins with one is of the abstract namespace, and all its bytes count. No bytes: no name. */
    private void path(MemoryView view, int offset, long length, ValueSink sink) {
        if (length == 0) {
            return;
        }
        sink.field("sun_path");
        if (view.isThere(offset, 1) && view.number(offset, 1) == 0) {
            texts.exactly(view, offset, 1, length, sink);
        } else {
            texts.untilZero(view, offset, 1, length, sink);
        }
    }

    private void inet(MemoryView view, int offset, ValueSink sink) {
        sink.field("sin_port");
        sink.number(view.number(offset + 2, 2), PORT);
        sink.field("sin_addr");
        internet.ipv4(view.bytes(), view.index(offset + 4));
        sink.text(internet.bytes(), 0, internet.length(), true);
    }

    private void inet6(MemoryView view, int offset, long length, ValueSink sink) {
        sink.field("sin6_port");
        sink.number(view.number(offset + 2, 2), PORT);
        sink.field("sin6_flowinfo");
        sink.number(view.number(offset + 4, 4), FLOW);
        sink.field("sin6_addr");
        internet.ipv6(view.bytes(), view.index(offset + 8));
        sink.text(internet.bytes(), 0, internet.length(), true);
        if (length >= INET6_BYTES) {
            sink.field("sin6_scope_id");
            if (view.isThere(offset + SHORTEST_INET6_BYTES, 4)) {
                sink.number(view.number(offset + SHORTEST_INET6_BYTES, 4), IntegerType.UNSIGNED_INT);
            } else {
                sink.unknown();
            }
        }
    }

    private static void netlink(MemoryView view, int offset, ValueSink sink) {
        sink.field("nl_pid");
        sink.number(view.number(offset + 4, 4), IntegerType.UNSIGNED_INT);
        sink.field("nl_groups");
        sink.number(view.number(offset + 8, 4), GROUPS);
    }

    private void data(MemoryView view, int offset, long length, ValueSink sink) {
        if (length > 0) {
            sink.field("sa_data");
            texts.exactly(view, offset, 1, length, sink);
        }
    }
}
