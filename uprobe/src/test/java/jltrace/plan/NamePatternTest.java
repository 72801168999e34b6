package jltrace.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamePatternTest {
    private static final List<String> NAMES = List.of(
            "",
            "a",
            "b",
            "z",
            "-",
            "]",
            "[",
            "^",
            "!",
            "ab",
            "abc",
            "a.c",
            "a*c",
            "a?c",
            "a+c",
            "a|c",
            "(a)",
            "a{2}",
            "aa",
            "a&&b",
            "&",
            "A",
            "é",
            "_ZSt4cout",
            "operator new");

    /** bash itself is the oracle: {@code [[ NAME == GLOB ]]}. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a", "*", "?", "??", "a*", "*a", "*a*", "a?c", "a.c", "a+c", "a|c", "(a)", "a{2}", "[ab]", "[a-z]",
                "[!a]", "[^a]", "[]]", "[!]]", "[]a]", "[a-]", "[-a]", "[!-]", "[[]", "[a", "a]", "[a]b", "a[b]c",
                "*[bc]", "a[*]c", "a[?]c", "[a&&b]", "[&]", "a&&b", "[a^]", "[.]", "_ZSt4*", "* new"
            })
    void aGlobMatchesWhatBashsDoes(String glob) throws IOException, InterruptedException {
        StringBuilder script = new StringBuilder();
        for (String name : NAMES) {
            script.append("[[ '")
                    .append(name)
                    .append("' == ")
                    .append(quoted(glob))
                    .append(" ]] && echo yes || echo no\n");
        }
        Process bash = new ProcessBuilder("bash", "-c", script.toString())
                .redirectErrorStream(true)
                .start();
        List<String> answers = bash.inputReader().lines().toList();
        bash.waitFor();
        assertThat(answers).hasSameSizeAs(NAMES);
        for (int i = 0; i < NAMES.size(); i++) {
            assertThat(NamePattern.glob(glob).matches(NAMES.get(i)))
                    .as("%s for %s", NAMES.get(i), glob)
                    .isEqualTo(answers.get(i).equals("yes"));
        }
    }

    /** Quotes what means something to bash but nothing in a glob. */
    private static String quoted(String glob) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            text.append("&|(){} +".indexOf(c) >= 0 ? "\\" + c : String.valueOf(c));
        }
        return text.toString();
    }

    @Test
    void theEndsMayBeMarked() {
        assertThat(NamePattern.of("^ab$").matches("ab")).isTrue();
        assertThat(NamePattern.of("^ab").matches("abc")).isFalse();
        assertThat(NamePattern.of("b$").matches("ab")).isFalse();
    }

    @Test
    void aRegularExpressionMatchesAnyPart() {
        assertThat(NamePattern.of("/b/").matches("abc")).isTrue();
        assertThat(NamePattern.of("/^b/").matches("abc")).isFalse();
        assertThat(NamePattern.of("/").matches("/")).isTrue();
    }
}
