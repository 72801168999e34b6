package jltrace.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import jltrace.prototype.PrototypeFileException;
import jltrace.prototype.PrototypeSearchPath;
import org.junit.jupiter.api.Test;

class ReturnFactsFileTest {

    private final ReturnFactsFile facts;

    ReturnFactsFileTest() throws PrototypeFileException {
        facts = new ReturnFactsFile(new PrototypeSearchPath().prototypes(List.of()));
    }

    @Test
    void whatSpeaksMostAgainstAReturnProbeCounts() {
        assertThat(facts.of("libc.so.6", "exit")).isEqualTo(ReturnFacts.Fact.NORETURN);
        assertThat(facts.of("libc.so.6", "siglongjmp")).isEqualTo(ReturnFacts.Fact.LONGJMP);
        assertThat(facts.of("libc.so.6", "vfork")).isEqualTo(ReturnFacts.Fact.RETURNS_TWICE);
        assertThat(facts.of("libc.so.6", "swapcontext")).isEqualTo(ReturnFacts.Fact.RETURNS_TWICE);
        assertThat(facts.of("libc.so.6", "qsort")).isEqualTo(ReturnFacts.Fact.CALLBACK);
        assertThat(facts.of("libc.so.6", "read")).isEqualTo(ReturnFacts.Fact.CANCELLATION_POINT);
        assertThat(facts.of("libc.so.6", "puts")).isEqualTo(ReturnFacts.Fact.CANCELLATION_POINT);
        assertThat(facts.of("libgcc_s.so.1", "_Unwind_RaiseException")).isEqualTo(ReturnFacts.Fact.RETURNS_TWICE);
    }

    @Test
    void onlyAFunctionThatWasLookedAtIsOrdinary() {
        assertThat(facts.of("libc.so.6", "strlen")).isEqualTo(ReturnFacts.Fact.ORDINARY);
        assertThat(facts.of("libm.so.6", "sin")).isEqualTo(ReturnFacts.Fact.ORDINARY);
        assertThat(facts.of("libpthread.so.0", "pthread_mutex_lock")).isEqualTo(ReturnFacts.Fact.ORDINARY);
        assertThat(facts.of("libc.so.6", "added_in_a_later_version")).isEqualTo(ReturnFacts.Fact.UNKNOWN);
        assertThat(facts.of("libz.so.1", "inflate")).isEqualTo(ReturnFacts.Fact.UNKNOWN);
        assertThat(facts.of("libmine.so", "strlen")).isEqualTo(ReturnFacts.Fact.UNKNOWN);
    }
}
