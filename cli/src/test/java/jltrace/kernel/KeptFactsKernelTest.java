package jltrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of objects between runs makes no difference but in time. */
@OnKernel
class KeptFactsKernelTest {
    @TempDir
    private Path home;

    private Jltrace explaining(String program) {
        Jltrace jltrace = Jltrace.of(program).with("--explain", "-l", "*");
        jltrace.environment().remove("XDG_CACHE_HOME");
        return jltrace;
    }

    private String explained(Jltrace jltrace) throws IOException, InterruptedException {
        TraceRun run = jltrace.run();
        assertThat(run.status()).isZero();
        return run.trace();
    }

    private Map<String, byte[]> kept() throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(home.resolve(".cache/jltrace"))) {
            for (Path file : files.toList()) {
                contents.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return contents;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/usr/bin/perl", "/usr/bin/git", "/usr/bin/bash"})
    void theSamePointsArePlannedWithItAndWithout(String program) throws IOException, InterruptedException {
        Jltrace without = explaining(program);
        without.environment().remove("HOME");
        String expected = explained(without);
        assertThat(expected).contains("entry 0x", "libc.so.6: ");

        Jltrace first = explaining(program);
        first.environment().put("HOME", home.toString());
        assertThat(explained(first)).isEqualTo(expected);
        Map<String, byte[]> kept = kept();
        assertThat(kept.keySet())
                .anyMatch(name -> name.endsWith(".functions"))
                .anyMatch(name -> name.endsWith(".branch-targets"));

        Jltrace second = explaining(program);
        second.environment().put("HOME", home.toString());
        assertThat(explained(second)).isEqualTo(expected);
        assertThat(kept()).usingRecursiveComparison().isEqualTo(kept);
    }

    @Test
    void whereNothingCanBeKeptProgramsAreTraced() throws IOException, InterruptedException {
        for (String nowhere : List.of("/proc/self", "/dev/null")) {
            Jltrace jltrace = Jltrace.of("five-lazy");
            jltrace.environment().put("HOME", nowhere);
            jltrace.environment().put("XDG_CACHE_HOME", nowhere);
            TraceRun run = jltrace.run();
            assertThat(run.status()).isZero();
            assertThat(run.messages()).isEmpty();
            assertThat(run.lines()).isNotEmpty();
        }
    }
}
