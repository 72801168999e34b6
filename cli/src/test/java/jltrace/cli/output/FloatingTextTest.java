package jltrace.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FloatingTextTest {
    /** What Python's repr gives, but that it has the point of "1e16" too. */
    @ParameterizedTest
    @CsvSource({
        "1.5, 1.5",
        "0.1, 0.1",
        "3, 3.0",
        "-0.0, -0.0",
        "0, 0.0",
        "0.002, 0.002",
        "1e16, 10000000000000000.0",
        "1e17, 1e+17",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "1e-5, 0.00001",
        "1e-6, 1e-06",
        "-2.5e-300, -2.5e-300",
        "Infinity, inf",
        "-Infinity, -inf",
        "NaN, nan"
    })
    void aDoubleHasAsManyDigitsAsTellItFromOthers(double value, String text) {
        assertThat(FloatingText.of(value)).isEqualTo(text);
    }

    @Test
    void everyTextIsReadBackAsTheSameNumber() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (!Double.isNaN(value)) {
                assertThat(Double.parseDouble(FloatingText.of(value).replace("inf", "Infinity")))
                        .isEqualTo(value);
            }
            float single = Float.intBitsToFloat(random.nextInt());
            if (!Float.isNaN(single)) {
                assertThat(Float.parseFloat(FloatingText.of(single).replace("inf", "Infinity")))
                        .isEqualTo(single);
            }
        }
        assertThat(FloatingText.of(0.1f)).isEqualTo("0.1");
    }

    /** printf("%a"). */
    @ParameterizedTest
    @CsvSource({"1, 0x1p+0", "0.5, 0x1p-1", "-1.5, -0x1.8p+0", "0, 0x0p+0", "NaN, nan"})
    void hexadecimalIsAsC(double value, String text) {
        assertThat(FloatingText.hexadecimal(value)).isEqualTo(text);
    }

    /** gcc's constants, their bytes and printf("%.21Lg"). */
    @ParameterizedTest
    @CsvSource({
        "cccccccccccccccd, 3ffb, 0.100000000000000000001",
        "8000000000000000, 3fff, 1.0",
        "c000000000000000, c000, -3.0",
        "0, 0, 0.0",
        "0, 8000, -0.0",
        "1, 0, 3.64519953188247460253e-4951",
        "ffffffffffffffff, 7ffe, 1.18973149535723176502e+4932",
        "8000000000000000, 7fff, inf",
        "8000000000000000, ffff, -inf",
        "c000000000000000, 7fff, nan",
        "1, 3fff, nan"
    })
    void theLongDoubleOfTheX87IsShownWhole(String significand, String signAndExponent, String text) {
        assertThat(FloatingText.ofExtended(
                        Long.parseUnsignedLong(significand, 16), Integer.parseInt(signAndExponent, 16)))
                .isEqualTo(text);
    }
}
