package jltrace.tracefs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jltrace.tracefs.ProbeDefinition.EventName;
import jltrace.tracefs.ProbeDefinition.Kind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a folder that looks like tracefs, as far as a folder can. */
class TraceFsTest {
    private static final String OTHERS = "p:other/probe /usr/bin/other:0x0000000000001234 arg1=%di\n";

    @TempDir
    Path root;

    private Path probes = Path.of("uprobe_events");

    @BeforeEach
    void aTracefsWithTheProbesOfAnotherTool() throws IOException {
        probes = root.resolve("uprobe_events");
        Files.writeString(probes, OTHERS);
    }

    private ProbeRegistry registry() {
        return new ProbeRegistry(TraceFs.at(root), "jltrace_1_2_3_0");
    }

    private static ProbeDefinition point(ProbeRegistry registry, String event, long fileOffset) {
        return new ProbeDefinition(registry.name(event), Kind.INSTRUCTION, "/bin/a", fileOffset, "id=\\1:u32");
    }

    @Test
    void registeringLeavesTheProbesOfOthersInPlace() throws IOException {
        ProbeRegistry registry = registry();
        registry.register(List.of(point(registry, "e0", 1), point(registry, "e0", 2), point(registry, "e1", 3)));
        assertThat(Files.readString(probes)).isEqualTo(OTHERS + """
                        p:jltrace_1_2_3_0/e0 /bin/a:0x1 id=\\1:u32
                        p:jltrace_1_2_3_0/e0 /bin/a:0x2 id=\\1:u32
                        p:jltrace_1_2_3_0/e1 /bin/a:0x3 id=\\1:u32
                        """);
    }

    @Test
    void nothingIsRegisteredOnceTheEventsAreRemoved() throws IOException {
        ProbeRegistry registry = registry();
        registry.remove();
        assertThatIllegalStateException().isThrownBy(() -> registry.register(List.of(point(registry, "e0", 1))));
        assertThat(Files.readString(probes)).isEqualTo(OTHERS);
    }

    @Test
    void removingNamesEachEventOnceAndTouchesNoOther() throws IOException {
        ProbeRegistry registry = registry();
        registry.register(List.of(point(registry, "e0", 1), point(registry, "e0", 2)));
        registry.register(List.of(point(registry, "e1", 3)));
        Files.writeString(probes, OTHERS);
        registry.remove();
        assertThat(Files.readString(probes)).isEqualTo(OTHERS + "-:jltrace_1_2_3_0/e0\n-:jltrace_1_2_3_0/e1\n");
    }

    @Test
    void removingTwiceRemovesOnce() throws IOException {
        ProbeRegistry registry = registry();
        registry.register(List.of(point(registry, "e0", 1)));
        registry.remove();
        Files.writeString(probes, OTHERS);
        registry.remove();
        assertThat(Files.readString(probes)).isEqualTo(OTHERS);
    }

    @Test
    void withoutRegistrationNothingIsWritten() throws IOException {
        registry().remove();
        assertThat(Files.readString(probes)).isEqualTo(OTHERS);
    }

    @Test
    void manyDefinitionsAreWrittenInWholeLines() throws IOException {
        ProbeRegistry registry = registry();
        List<ProbeDefinition> points = new java.util.ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            points.add(point(registry, "e0", i));
        }
        registry.register(points);
        List<String> lines = Files.readAllLines(probes);
        assertThat(lines).hasSize(5001).allMatch(line -> line.matches("p:\\S+/\\S+ /\\S+:0x[0-9a-f]+ \\S+"));
        assertThat(lines.get(5000)).contains(":0x" + Integer.toHexString(4999) + " ");
    }

    @Test
    void nothingIsRemovedWhileAHoldIsOut() throws IOException {
        ProbeRegistry registry = registry();
        registry.register(List.of(point(registry, "e0", 1)));
        String before = Files.readString(probes);
        ProbeRegistry.Hold first = registry.hold();
        ProbeRegistry.Hold second = registry.hold();
        first.close();
        first.close();
        assertThatIllegalStateException().isThrownBy(registry::remove);
        assertThat(Files.readString(probes)).isEqualTo(before);
        second.close();
        registry.remove();
        assertThat(Files.readString(probes)).isEqualTo(before + "-:jltrace_1_2_3_0/e0\n");
    }

    @Test
    void nobodyCanHoldEventsThatAreRemoved() throws IOException {
        ProbeRegistry registry = registry();
        registry.remove();
        assertThatIllegalStateException().isThrownBy(registry::hold);
    }

    @Test
    void anEventOfAnotherGroupIsNotRegistered() throws IOException {
        ProbeRegistry registry = registry();
        ProbeDefinition foreign =
                new ProbeDefinition(new EventName("other", "probe"), Kind.INSTRUCTION, "/bin/a", 1, "");
        assertThatIllegalArgumentException().isThrownBy(() -> registry.register(List.of(foreign)));
        assertThat(Files.readString(probes)).isEqualTo(OTHERS);
    }

    @Test
    void eventsThatTheKernelRefusedAreRemovedToo() throws IOException {
        ProbeRegistry registry = registry();
        Files.delete(probes);
        Files.createSymbolicLink(probes, Path.of("/dev/full"));
        Files.writeString(root.resolve("error_log"), """
                [   10.5] trace_uprobe: error: Invalid file path
                  Command: p:old/one /x:0
                                     ^
                [   12.5] trace_uprobe: error: Bad number of arguments
                  Command: p:jltrace_1_2_3_0/e0 /bin/a:0x1
                           ^
                """);
        assertThatExceptionOfType(TraceFsException.class)
                .isThrownBy(() -> registry.register(List.of(point(registry, "e0", 1))))
                .withMessageContaining("Bad number of arguments")
                .withMessageNotContaining("Invalid file path")
                .withMessageNotContaining("\n");
        Files.delete(probes);
        Files.writeString(probes, OTHERS);
        registry.remove();
        assertThat(Files.readString(probes)).isEqualTo(OTHERS + "-:jltrace_1_2_3_0/e0\n");
    }

    @Test
    void removalThatTheKernelRefusesIsTold() throws IOException {
        ProbeRegistry registry = registry();
        registry.register(List.of(point(registry, "e0", 1)));
        Files.delete(probes);
        Files.createSymbolicLink(probes, Path.of("/dev/full"));
        Files.createDirectories(root.resolve("events/jltrace_1_2_3_0/e0"));
        assertThatExceptionOfType(TraceFsException.class)
                .isThrownBy(registry::remove)
                .withMessageContaining("jltrace_1_2_3_0/e0");
    }

    @Test
    void anEventThatAnotherHasRemovedIsNoFailure() throws IOException {
        ProbeRegistry registry = registry();
        registry.register(List.of(point(registry, "e0", 1)));
        Files.delete(probes);
        Files.createSymbolicLink(probes, Path.of("/dev/full"));
        Files.createDirectories(root.resolve("events"));
        registry.remove();
        Files.delete(probes);
    }

    @Test
    void aMissingFileIsNotCreated() throws IOException {
        ProbeRegistry registry = registry();
        Files.delete(probes);
        assertThatExceptionOfType(TraceFsException.class)
                .isThrownBy(() -> registry.register(List.of(point(registry, "e0", 1))))
                .withMessageContaining("uprobe_events");
        assertThat(probes).doesNotExist();
    }

    @Test
    void aFormatIsReadFromTheEventsFolder() throws IOException {
        Path event = Files.createDirectories(root.resolve("events/signal/signal_deliver"));
        Files.writeString(event.resolve("format"), "ID: 7\n\tfield:int sig;\toffset:8;\tsize:4;\tsigned:1;\n");
        assertThat(TraceFs.at(root).format("signal", "signal_deliver").offsetOf("sig"))
                .isEqualTo(8);
        assertThatExceptionOfType(TraceFsException.class)
                .isThrownBy(() -> TraceFs.at(root).format("signal", "none"))
                .withMessageContaining("does not exist");
    }
}
