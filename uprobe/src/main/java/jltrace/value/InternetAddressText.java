package jltrace.value;

/** Internet addresses as inet_ntop(3) writes them, in ASCII: {@code 127.0.0.1}, {@code fe80::1}, {@code ::ffff:10.0.0.1}. Allocates nothing. */
final class InternetAddressText {
    /** The bytes of an IPv4 address. */
    static final int IPV4 = 4;

    /** The bytes of an IPv6 address. */
    static final int IPV6 = 16;

    /** As {@code INET6_ADDRSTRLEN} of netinet/in.h, without the zero. */
    private static final int LONGEST = 45;

    private static final int GROUPS = 8;
    private static final int MAPPED_PREFIX = 0xffff;

    private final byte[] text = new byte[LONGEST];
    private int length;

    /** The text; valid until the next address is written. */
    byte[] bytes() {
        return text;
    }

    int length() {
        return length;
    }

    /** Writes an IPv4 address that lies in so many bytes. */
    void ipv4(byte[] bytes, int start) {
        length = 0;
        dotted(bytes, start);
    }

    private void dotted(byte[] bytes, int start) {
        for (int i = 0; i < IPV4; i++) {
            if (i > 0) {
                text[length++] = '.';
            }
            number(bytes[start + i] & 0xff, 10);
        }
    }

    /** Writes an IPv6 address: the longest run of several zero groups, the first of equals, becomes {@code ::}. */
    void ipv6(byte[] bytes, int start) {
        length = 0;
        int run = -1;
        int runLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && group(bytes, start, end) == 0) {
                end++;
            }
            if (end - i > runLength) {
                run = i;
                runLength = end - i;
            }
        }
        boolean embedsIpv4 =
                run == 0 && (runLength == 6 || (runLength == 5 && group(bytes, start, 5) == MAPPED_PREFIX));
        int groups = embedsIpv4 ? GROUPS - 2 : GROUPS;
        for (int i = 0; i < groups; i++) {
            if (i == run) {
                text[length++] = ':';
                i += runLength - 1;
                if (i == groups - 1) {
                    text[length++] = ':';
                }
                continue;
            }
            if (i > 0) {
                text[length++] = ':';
            }
            number(group(bytes, start, i), 16);
        }
        if (embedsIpv4) {
            if (runLength == 5) {
                text[length++] = ':';
            }
            dotted(bytes, start + IPV6 - IPV4);
        }
    }

    private static int group(byte[] bytes, int start, int number) {
        return (bytes[start + 2 * number] & 0xff) << 8 | (bytes[start + 2 * number + 1] & 0xff);
    }

    private void number(int value, int radix) {
        if (value >= radix) {
            number(value / radix, radix);
        }
        text[length++] = (byte) Character.forDigit(value % radix, radix);
    }
}
