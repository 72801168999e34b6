package jltrace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jltrace.sys.FakeLinux;
import jltrace.sys.ProcFs;
import org.junit.jupiter.api.Test;

class DecodingPriorityTest {
    private static final long SECOND = 1_000_000_000L;

    private final FakeLinux linux = new FakeLinux(Path.of("none"));
    private final DecodingPriority priority = new DecodingPriority(linux);

    private int own() {
        return linux.nices().getOrDefault(0, 0);
    }

    @Test
    void theProgramGoesBeforeDecodingAndCompiling() throws IOException {
        int usual = ProcFs.ownNice();
        priority.begin();

        List<Integer> compilers = new ArrayList<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            for (Path task : tasks.toList()) {
                if (Files.readString(task.resolve("comm")).matches("(?s)C[12] Compiler.*")) {
                    compilers.add(Integer.valueOf(task.getFileName().toString()));
                }
            }
        }
        assertThat(own()).isGreaterThan(usual);
        assertThat(compilers)
                .isNotEmpty()
                .allSatisfy(tid -> assertThat(linux.nices().get(tid)).isGreaterThan(usual));
        assertThat(linux.nices()).hasSize(1 + compilers.size());
    }

    @Test
    void decodingThatFallsBehindTakesItsTurnUntilItHasCaughtUp() throws IOException {
        int usual = ProcFs.ownNice();
        priority.begin();
        int later = own();
        priority.look(Long.MIN_VALUE, 100 * SECOND);
        assertThat(own()).as("nothing came yet").isEqualTo(later);
        priority.look(100 * SECOND, 100 * SECOND + SECOND / 2);
        assertThat(own()).isEqualTo(later);
        priority.look(100 * SECOND, 102 * SECOND);
        assertThat(own()).isEqualTo(usual);
        priority.look(102 * SECOND, 102 * SECOND + SECOND / 2);
        assertThat(own()).isEqualTo(usual);
        priority.look(103 * SECOND, 103 * SECOND + SECOND / 10);
        assertThat(own()).isEqualTo(later);
    }

    @Test
    void afterwardsAllIsAsBefore() throws IOException {
        int usual = ProcFs.ownNice();
        priority.begin();
        priority.end();
        assertThat(linux.nices().values()).isNotEmpty().containsOnly(usual);
    }

    @Test
    void whoCanNotGoBackStays() throws IOException {
        linux.forbidRaising();
        priority.begin();
        priority.look(100 * SECOND, 102 * SECOND);
        priority.end();
        assertThat(linux.nices()).isEmpty();
    }
}
