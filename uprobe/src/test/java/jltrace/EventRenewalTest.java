package jltrace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventRenewalTest {
    private static final long OPENED = 5_000_000_000L;

    /** Seconds after the stubs were opened. */
    @ParameterizedTest
    @CsvSource({
        "0.1, 0.2, false, true",
        "0.1, 0.2, true, false",
        "1.1, 1.2, true, true",
        // What was called before is not handled yet: calls may go on that nobody knows of.
        "-0.1, 0.2, false, false",
        "-0.1, 3.0, false, false",
        "-0.1, 3.0, true, false"
    })
    void whatWasReplacedIsClosedWhenAllCallsOfBeforeAreKnownAndOver(
            double handled, double now, boolean inCalls, boolean closed) {
        assertThat(EventRenewal.mayClose(OPENED, OPENED + nanos(handled), OPENED + nanos(now), inCalls))
                .isEqualTo(closed);
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }
}
