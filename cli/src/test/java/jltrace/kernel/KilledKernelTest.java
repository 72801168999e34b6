package jltrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Jltrace killed by SIGKILL at random moments of each of its stages. The system property {@code jltrace.kills} says how often; by
 * default once in each stage, with an attached or a launched program.
 */
@OnKernel
class KilledKernelTest {
    private static final int KILLS = Integer.getInteger("jltrace.kills", Stage.values().length);
    private static final long SEED = Long.getLong("jltrace.seed", System.nanoTime());
    private static final int LIMIT_SECONDS = 30;
    private static final int STEP_MILLIS = 2;

    private final Random random = new Random(SEED);

    private enum Stage {
        STARTING,
        LAUNCHING,
        DEFINING,
        TRACING,
        DETACHING
    }

    @Test
    void noProgramIsHarmedAndTheNextStartTidiesUp() throws IOException, InterruptedException {
        try (RunningProcess server = RunningProcess.start("server", "4")) {
            server.tell("free");
            long killed = 0;
            for (int i = 0; i < KILLS; i++) {
                Stage stage = Stage.values()[i % Stage.values().length];
                String moment = "kill " + i + " of seed " + SEED + " while " + stage;
                Jltrace jltrace = i % 2 == 0
                        ? Jltrace.alone().with("-p", Long.toString(server.pid()))
                        : Jltrace.of("loop", "20000", "push");
                RunningTrace trace = jltrace.withPrototypes()
                        .with("-v", "-l", "libcalls.so.1")
                        .start();
                reach(stage, trace);
                Thread.sleep(random.nextInt(stage == Stage.STARTING ? 500 : 60));
                List<ProcessHandle> programs = trace.programs();
                trace.kill();
                for (ProcessHandle program : programs) {
                    program.onExit().orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
                }
                TraceRun run = trace.end();

                killed += run.status() == 128 + 9 ? 1 : 0;
                assertThat(server.isAlive()).as(moment).isTrue();
                // One that had begun ends as it would have ended; one that had not never begins.
                if (!run.output().isEmpty()) {
                    assertThat(run.output()).as(moment).startsWith("truth calls 20000 kind push sum ");
                }
            }
            assertThat(killed).isGreaterThan(KILLS / 2);
            server.ask("stop", "truth counted");
            assertThat(server.ask("go 10", "truth done")).contains("truth done 10 calls in each of 4 threads");
            assertThat(Jltrace.of("inner").run().status()).isZero();
            assertThat(server.end()).isZero();
        }
    }

    /** Waits until a stage has begun, or jltrace is past it. */
    private static void reach(Stage stage, RunningTrace trace) throws IOException, InterruptedException {
        while (trace.isAlive() && !isReached(stage, trace)) {
            Thread.sleep(STEP_MILLIS);
        }
        if (stage == Stage.DETACHING && trace.isAlive()) {
            trace.signal("TERM");
        }
    }

    private static boolean isReached(Stage stage, RunningTrace trace) throws IOException {
        return switch (stage) {
            case STARTING -> true;
            case LAUNCHING -> !trace.programs().isEmpty() || isReached(Stage.DEFINING, trace);
            case DEFINING -> !Tracefs.probesOf(trace.pid()).isEmpty();
            case TRACING, DETACHING -> trace.isAttached();
        };
    }
}
