package jltrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void versionGoesToStandardOutput() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).matches("jltrace \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\\R");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void anUnknownOptionIsOneLineAndStatus125() {
        assertThat(run("--no-such-option")).isEqualTo(125);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString().lines()).singleElement().asString().startsWith("jltrace: ");
    }

    @Test
    void whatIsRepeatedOfTheCommandLineDoesNothingToATerminal() {
        assertThat(run("--no\u001b[31m")).isEqualTo(125);
        assertThat(err.toString()).doesNotContain("\u001b").contains("\\u001b[31m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "K", "0", "-4K", "4X", "9999999999999999999", "99999999999G", "2K", "2G"})
    void aSizeThatIsNoneIsRefused(String size) {
        assertThat(run("-m", size, "true")).isEqualTo(125);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("jltrace: ")
                .contains("-m");
    }

    private int run(String... args) {
        return Main.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
    }
}
