package jltrace.tracefs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts as Linux 6.18 wrote them. */
class EventFormatTest {
    private static final String UPROBE = """
            name: e0
            ID: 1678
            format:
            \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
            \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
            \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
            \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

            \tfield:unsigned long __probe_ip;\toffset:8;\tsize:8;\tsigned:0;
            \tfield:u32 id;\toffset:16;\tsize:4;\tsigned:0;
            \tfield:u64 sp;\toffset:20;\tsize:8;\tsigned:0;
            \tfield:u64 m0_0[5];\toffset:28;\tsize:40;\tsigned:0;

            print fmt: "(%lx) id=%u sp=%Lu", REC->__probe_ip, REC->id, REC->sp
            """;

    private static final String SIGNAL_DELIVER = """
            name: signal_deliver
            ID: 242
            format:
            \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
            \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
            \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
            \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

            \tfield:int sig;\toffset:8;\tsize:4;\tsigned:1;
            \tfield:int errno;\toffset:12;\tsize:4;\tsigned:1;
            \tfield:int code;\toffset:16;\tsize:4;\tsigned:1;
            \tfield:unsigned long sa_handler;\toffset:24;\tsize:8;\tsigned:0;
            \tfield:unsigned long sa_flags;\toffset:32;\tsize:8;\tsigned:0;

            print fmt: "sig=%d errno=%d code=%d sa_handler=%lx sa_flags=%lx", REC->sig, REC->errno, REC->code, REC->sa_handler
            """;

    @Test
    void aUprobeEventHasItsArgumentsBehindTheAddress() throws TraceFsException {
        EventFormat format = EventFormat.parse(UPROBE, "g/e0");
        assertThat(format.id()).isEqualTo(1678);
        assertThat(format.offsetOf("__probe_ip")).isEqualTo(8);
        assertThat(format.offsetOf("id")).isEqualTo(16);
        assertThat(format.offsetOf("sp")).isEqualTo(20);
        assertThat(format.offsetOf("m0_0")).isEqualTo(28);
        assertThat(format.fields())
                .filteredOn(field -> field.name().equals("m0_0"))
                .extracting(EventFormat.Field::size)
                .containsExactly(40);
    }

    @Test
    void aKernelTracepointHasAlignedFields() throws TraceFsException {
        EventFormat format = EventFormat.parse(SIGNAL_DELIVER, "signal/signal_deliver");
        assertThat(format.id()).isEqualTo(242);
        assertThat(format.offsetOf("sig")).isEqualTo(8);
        assertThat(format.offsetOf("sa_handler")).isEqualTo(24);
        assertThat(format.fields())
                .extracting(EventFormat.Field::name)
                .containsExactly(
                        "common_type",
                        "common_flags",
                        "common_preempt_count",
                        "common_pid",
                        "sig",
                        "errno",
                        "code",
                        "sa_handler",
                        "sa_flags");
    }

    @Test
    void aFieldThatIsNotThereIsNamed() throws TraceFsException {
        EventFormat format = EventFormat.parse(UPROBE, "g/e0");
        assertThatExceptionOfType(TraceFsException.class)
                .isThrownBy(() -> format.offsetOf("ra"))
                .withMessageContaining("ra");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "name: e0\n",
                "ID: many\n",
                "ID: -1\n",
                "ID: 99999999999\n",
                "ID: 1\n\tfield:u32 id;\n",
                "ID: 1\n\tfield:u32 id;\tsize:4;\toffset:16;\n",
                "ID: 1\n\tfield:u32 id;\toffset:;\tsize:4;\n",
                "ID: 1\n\tfield:;;\n"
            })
    void aTextThatIsNoFormatIsRefusedWithTheEventsName(String text) {
        assertThatExceptionOfType(TraceFsException.class)
                .isThrownBy(() -> EventFormat.parse(text, "g/e0"))
                .withMessageContaining("g/e0");
    }
}
