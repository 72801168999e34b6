package jltrace.tracefs;

import static org.assertj.core.api.Assertions.assertThat;

import jltrace.tracefs.ProbeDefinition.EventName;
import org.junit.jupiter.api.Test;

/** The files are as Linux 6.18 prints them. */
class PointHitsTest {
    private static final String DEFINITIONS = """
            p:other/probe /usr/bin/true:0x0000000000001000
            p:mine/e0 /usr/lib/x86_64-linux-gnu/libc.so.6:0x00000000000271c0 id=\\0:u32 sp=%sp:u64 a0=%di:u64
            r:mine/e1 /usr/lib/x86_64-linux-gnu/libc.so.6:0x00000000000271c0 id=\\0:u32 sp=%sp:u64
            p:mine/e0 /usr/lib/x86_64-linux-gnu/libc.so.6:0x00000000000273f0 id=\\17:u32 sp=%sp:u64 a0=%di:u64
            p:mine2/e0 /usr/lib/x86_64-linux-gnu/libc.so.6:0x00000000000273f0 id=\\3:u32 sp=%sp:u64 a0=%di:u64
            """;
    private static final String PROFILE = """
              /usr/bin/true probe                                                        0
              /usr/lib/x86_64-linux-gnu/libc.so.6 e0                                                         1
              /usr/lib/x86_64-linux-gnu/libc.so.6 e1                                                         1
              /usr/lib/x86_64-linux-gnu/libc.so.6 e0                                                    772884
              /usr/lib/x86_64-linux-gnu/libc.so.6 e0                                                         5
            """;

    @Test
    void eachInstructionsHitsAreThoseOfItsLine() {
        EventName entry = new EventName("mine", "e0");
        assertThat(PointHits.parse("mine", DEFINITIONS, PROFILE))
                .hasValueSatisfying(hits -> assertThat(hits)
                        .containsExactly(new PointHits(entry, 0, 1), new PointHits(entry, 17, 772_884)));
    }

    @Test
    void linesOfOtherPointsAreNotTaken() {
        String fewer = PROFILE.substring(PROFILE.indexOf('\n') + 1);
        assertThat(PointHits.parse("mine", DEFINITIONS, fewer)).isEmpty();
        assertThat(PointHits.parse("mine", DEFINITIONS, fewer + "  /usr/bin/true probe 0\n"))
                .isEmpty();
    }

    @Test
    void aSessionWithoutPointsHasNoHits() {
        assertThat(PointHits.parse("none", DEFINITIONS, PROFILE))
                .hasValueSatisfying(hits -> assertThat(hits).isEmpty());
    }
}
