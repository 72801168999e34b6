package jltrace.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts of addresses as glibc 2.36's inet_ntop(3) has them, through {@code python3 -c 'socket.inet_ntop(...)'}. */
class InternetAddressTextTest {
    private final InternetAddressText text = new InternetAddressText();

    private String written() {
        return new String(text.bytes(), 0, text.length(), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "127.0.0.1", "255.255.255.255", "10.20.0.9"})
    void fourBytesAreNumbersWithDots(String address) throws UnknownHostException {
        text.ipv4(InetAddress.getByName(address).getAddress(), 0);
        assertThat(written()).isEqualTo(address);
    }

    @ParameterizedTest
    @CsvSource({
        "00000000000000000000000000000000, ::",
        "00000000000000000000000000000001, ::1",
        "00010000000000000000000000000000, 1::",
        "20010db8000000000000ff0000428329, 2001:db8::ff00:42:8329",
        "20010000000000010000000000000001, 2001:0:0:1::1",
        "00010000000000020000000000030004, 1::2:0:0:3:4",
        "00010002000300040005000600070000, 1:2:3:4:5:6:7:0",
        "00010002000300040005000600000000, 1:2:3:4:5:6::",
        "00010000000300040005000600070008, 1:0:3:4:5:6:7:8",
        "00000000000100020003000400050006, ::1:2:3:4:5:6",
        "00000001000200030004000500060007, 0:1:2:3:4:5:6:7",
        "ffffffffffffffffffffffffffffffff, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "00000000000000000000ffff0a010203, ::ffff:10.1.2.3",
        "00000000000000000000ffffffffffff, ::ffff:255.255.255.255",
        "0000000000000000000000000a010203, ::10.1.2.3",
        "00000000000000000000000000010000, ::0.1.0.0",
        "000000000000000000000001000a0001, ::1:a:1",
        "fe80000000000000020c29fffe0a0b0c, fe80::20c:29ff:fe0a:b0c"
    })
    void theLongestRunOfZerosIsShortened(String bytes, String expected) {
        text.ipv6(HexFormat.of().parseHex(bytes), 0);
        assertThat(written()).isEqualTo(expected);
    }
}
