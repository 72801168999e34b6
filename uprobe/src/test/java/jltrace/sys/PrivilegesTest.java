package jltrace.sys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The numbers of capabilities are those of {@code linux/capability.h}. */
class PrivilegesTest {
    private static final long IPC_LOCK = 1L << 14;
    private static final long SYS_ADMIN = 1L << 21;
    private static final long PERFMON = 1L << 38;
    private static final long RINGS = 32 << 20;
    private static final long LITTLE = 1 << 20;

    private static Privileges of(long capabilities) {
        return new Privileges(capabilities, 2, LITTLE, false);
    }

    @Test
    void whoHasBothCapabilitiesLacksNothing() {
        assertThat(of(PERFMON | IPC_LOCK).missing(RINGS)).isEmpty();
        assertThat(of(SYS_ADMIN | IPC_LOCK).missing(RINGS)).isEmpty();
        assertThat(of(-1).missing(RINGS)).isEmpty();
    }

    @Test
    void eachIsNamedThatIsMissing() {
        assertThat(of(0).missing(LITTLE)).containsExactly("CAP_PERFMON");
        assertThat(of(PERFMON).missing(RINGS))
                .containsExactly("CAP_IPC_LOCK (the rings take 32768 KB, 1024 KB are allowed without; see -m)");
        assertThat(of(~(PERFMON | SYS_ADMIN | IPC_LOCK)).missing(RINGS)).hasSize(2);
    }

    @Test
    void anOpenSettingReplacesCapabilities() {
        assertThat(new Privileges(0, -1, LITTLE, false).missing(RINGS)).isEmpty();
        assertThat(new Privileges(0, 0, LITTLE, false).missing(RINGS)).hasSize(2);
    }

    @Test
    void nobodyMayTraceOnALockedDownKernel() {
        assertThat(new Privileges(-1, -1, LITTLE, true).missing(0))
                .singleElement()
                .asString()
                .contains("lockdown");
    }

    @Test
    void ownOnesAreThoseThatTheKernelTells() throws IOException, InterruptedException {
        Privileges own = Privileges.own();
        assertThat(own.capabilities()).isEqualTo(ProcFs.statusMask(ProcFs.ownPid(), "CapEff"));
        assertThat(Integer.toString(own.perfEventParanoid()))
                .isEqualTo(output("cat /proc/sys/kernel/perf_event_paranoid"));
        String limit = output("ulimit -S -l");
        if (!limit.equals("unlimited")) {
            long allowance = Long.parseLong(output("cat /proc/sys/kernel/perf_event_mlock_kb"))
                    * Integer.parseInt(output("getconf _NPROCESSORS_ONLN"));
            assertThat(own.lockableBytes()).isEqualTo((Long.parseLong(limit) + allowance) << 10);
        }
    }

    private static String output(String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("bash", "-c", command).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(process.waitFor()).isZero();
        return output.strip();
    }
}
