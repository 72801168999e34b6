package jltrace.tracefs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import jltrace.tracefs.ProbeDefinition.EventName;
import jltrace.tracefs.ProbeDefinition.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lines are those of Documentation/trace/uprobetracer.rst. */
class ProbeDefinitionTest {
    private static final EventName EVENT = new EventName("jltrace_1_2_3_0", "e0");

    private static String line(Kind kind, String path, long fileOffset, String fetchArguments) {
        StringBuilder lines = new StringBuilder();
        new ProbeDefinition(EVENT, kind, path, fileOffset, fetchArguments).appendTo(lines);
        return lines.toString();
    }

    @Test
    void anInstructionPointIsALineThatBeginsWithP() {
        assertThat(line(Kind.INSTRUCTION, "/usr/lib/libc.so.6", 0x1f40, "id=\\7:u32 sp=%sp:u64"))
                .isEqualTo("p:jltrace_1_2_3_0/e0 /usr/lib/libc.so.6:0x1f40 id=\\7:u32 sp=%sp:u64\n");
    }

    @Test
    void aReturnPointIsALineThatBeginsWithR() {
        assertThat(line(Kind.FUNCTION_RETURN, "/bin/a", 0, "")).isEqualTo("r:jltrace_1_2_3_0/e0 /bin/a:0x0\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a b",
                "/a\tb",
                "/a\nb",
                "/a\n-:other/event",
                "/a\rb",
                "/a\u000bb",
                "/a\fb",
                "/a\u0000b",
                "/a#b",
                "/a:0x10",
                "/a\"b",
                "/a'b",
                "/a\\b",
                "/caf\u00e9",
                "/a\u00a0b",
                "/a\u007f",
                "relative",
                "",
                "/usr/bin/gone (deleted)"
            })
    void aPathThatTheKernelWouldReadOtherwiseIsRefused(String path) {
        assertThat(ProbeDefinition.isPlainPath(path)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> line(Kind.INSTRUCTION, path, 0, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a", "/usr/lib/x86_64-linux-gnu/libstdc++.so.6", "/a(b)[c]{d}@e,f=g;h~i%j+k-l_m&n!o*p?q"})
    void aPathOfPrintableCharactersWithoutMeaningIsTaken(String path) {
        assertThat(line(Kind.INSTRUCTION, path, 16, "")).isEqualTo("p:jltrace_1_2_3_0/e0 " + path + ":0x10\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=%di\n-:other/event", "a=%di\r", "a=%di # comment", "a=\u0000"})
    void fetchArgumentsThatWouldEndTheLineAreRefused(String fetchArguments) {
        assertThatIllegalArgumentException().isThrownBy(() -> line(Kind.INSTRUCTION, "/a", 0, fetchArguments));
    }

    @Test
    void anOffsetBeforeTheFileIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> line(Kind.INSTRUCTION, "/a", -1, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1a", "a b", "a/b", "a\nb", "a-b", "a.b", "\u00e4"})
    void aNameThatIsNoIdentifierIsRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> new EventName(name, "e"));
        assertThatIllegalArgumentException().isThrownBy(() -> new EventName("g", name));
    }

    @Test
    void aNameHasAtMost63Characters() {
        String longest = "a".repeat(63);
        assertThat(new EventName(longest, longest)).hasToString(longest + "/" + longest);
        assertThatIllegalArgumentException().isThrownBy(() -> new EventName(longest + "a", "e"));
    }
}
