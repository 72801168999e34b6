package jltrace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import jltrace.code.ProbeSite;
import jltrace.code.UprobeClass;
import jltrace.elf.ElfFile;
import jltrace.plan.CaptureShape;
import jltrace.plan.EventLayout;
import jltrace.plan.EventType;
import jltrace.plan.ProbePoint;
import jltrace.plan.ProbeTable;
import jltrace.target.FileIdentity;
import jltrace.target.ObjectImage;
import jltrace.target.ObjectTable;
import jltrace.tracefs.ProbeRegistry;
import jltrace.tracefs.TraceFs;
import jltrace.tracefs.TraceFsException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a folder that looks like tracefs. */
class ProbeInstallerTest {
    private static final CaptureShape SHAPE = new CaptureShape(0, 1, 5);
    private static final EventType INSTRUCTION = new EventType(EventType.Stop.INSTRUCTION, SHAPE);
    private static final EventType RETURN = new EventType(EventType.Stop.RETURN, SHAPE);
    private static final EventType BEHIND_ENTRY = new EventType(EventType.Stop.BEHIND_ENTRY, SHAPE);

    @TempDir
    Path root;

    private final ProbeTable table = new ProbeTable();
    private Path probes = Path.of("uprobe_events");

    @BeforeEach
    void aTracefs() throws IOException {
        probes = Files.createFile(root.resolve("uprobe_events"));
        for (int event = 0; event < 5; event++) {
            Path folder = Files.createDirectories(root.resolve("events/group/e" + event));
            StringBuilder format = new StringBuilder("ID: " + (100 + event) + "\n");
            int offset = 16;
            for (String field : List.of("id", "sp", "a0", "ra", "m0", "m1")) {
                format.append("\tfield:u64 " + field + ";\toffset:" + offset + ";\tsize:8;\n");
                offset += 8;
            }
            Files.writeString(folder.resolve("format"), format);
        }
    }

    private ProbeInstaller installer() {
        return new ProbeInstaller(new ProbeRegistry(TraceFs.at(root), "group"), table, () -> false);
    }

    private final ObjectImage object = trueProgram();

    private static ObjectImage trueProgram() {
        try {
            Path program = Path.of("/bin/true");
            return new ObjectImage(
                    new ObjectTable().add(FileIdentity.of(program), "/bin/true", true, "true"),
                    ElfFile.open(program),
                    true,
                    program);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ProbePoint point(long fileOffset) {
        return new ProbePoint(object, new ProbeSite(fileOffset, UprobeClass.EMULATED), fileOffset, "id=\\1:u32");
    }

    @Test
    void whatComesBehindAnEntryIsOpenedBeforeIt() throws IOException {
        ProbeInstaller installer = installer();
        try (ProbeInstaller.Batch batch = installer.begin()) {
            batch.add(INSTRUCTION, point(1));
            batch.add(RETURN, point(1));
            batch.add(BEHIND_ENTRY, point(2));
            batch.add(INSTRUCTION, point(3));
            assertThat(batch.finish())
                    .extracting(ProbeInstaller.Installed::eventId)
                    .containsExactly(102, 100, 101);
        }
        assertThat(installer.events()).isEqualTo(3);
        assertThat(table.records(100))
                .satisfies(records -> assertThat(records)
                        .extracting(meaning -> meaning.layout(new byte[100], 0).kind())
                        .isEqualTo(EventLayout.Kind.ENTRY));
        assertThat(Files.readString(probes)).isEqualTo("""
                        p:group/e0 /bin/true:0x1 id=\\1:u32
                        r:group/e1 /bin/true:0x1 id=\\1:u32
                        p:group/e2 /bin/true:0x2 id=\\1:u32
                        p:group/e0 /bin/true:0x3 id=\\1:u32
                        """);
    }

    @Test
    void anEventIsMadeAnewWithoutSomeOfItsPoints() throws IOException {
        ProbeInstaller installer = installer();
        ProbePoint kept = point(1);
        ProbePoint superfluous = point(3);
        try (ProbeInstaller.Batch batch = installer.begin()) {
            batch.add(INSTRUCTION, kept);
            batch.add(INSTRUCTION, superfluous);
            batch.add(BEHIND_ENTRY, kept);
            batch.finish();
        }
        try (ProbeInstaller.Batch batch = installer.begin()) {
            assertThat(installer.renew(Set.of(superfluous), batch))
                    .extracting(ProbeInstaller.Installed::eventId)
                    .containsExactly(100);
            assertThat(batch.finish())
                    .extracting(ProbeInstaller.Installed::eventId)
                    .containsExactly(102);
        }
        assertThat(Files.readAllLines(probes)).hasSize(4).last().isEqualTo("p:group/e2 /bin/true:0x1 id=\\1:u32");
        try (ProbeInstaller.Batch batch = installer.begin()) {
            assertThat(installer.renew(Set.of(superfluous), batch))
                    .as("it is gone")
                    .isEmpty();
        }
    }

    @Test
    void aFewPointsShareAnEventThatCapturesEnoughForAll() throws IOException {
        ProbeInstaller installer = installer();
        EventType registers = new EventType(EventType.Stop.INSTRUCTION, CaptureShape.REGISTERS);
        EventType large = new EventType(EventType.Stop.INSTRUCTION, new CaptureShape(6, 8, 5));
        try (ProbeInstaller.Batch batch = installer.begin()) {
            batch.add(registers, point(1));
            batch.add(INSTRUCTION, point(2));
            batch.add(large, point(3));
            batch.add(BEHIND_ENTRY, point(2));
            assertThat(batch.finish())
                    .extracting(ProbeInstaller.Installed::type)
                    .containsExactly(BEHIND_ENTRY, INSTRUCTION, large);
        }
        assertThat(installer.hasSharedEvents()).isTrue();
        assertThat(Files.readString(probes)).isEqualTo("""
                        p:group/e0 /bin/true:0x1 id=\\1:u32 m0=+0(%sp):x64[5]
                        p:group/e0 /bin/true:0x2 id=\\1:u32
                        p:group/e1 /bin/true:0x3 id=\\1:u32
                        p:group/e2 /bin/true:0x2 id=\\1:u32
                        """);

        installer.shareNoMore();
        try (ProbeInstaller.Batch batch = installer.begin()) {
            assertThat(installer.renew(Set.of(), batch))
                    .extracting(ProbeInstaller.Installed::eventId)
                    .containsExactly(100);
            assertThat(batch.finish())
                    .extracting(ProbeInstaller.Installed::type)
                    .containsExactly(registers, INSTRUCTION);
        }
        assertThat(installer.hasSharedEvents()).isFalse();
        List<String> lines = Files.readAllLines(probes);
        assertThat(lines.subList(4, lines.size()))
                .containsExactly("p:group/e3 /bin/true:0x1 id=\\1:u32", "p:group/e4 /bin/true:0x2 id=\\1:u32");
    }

    @Test
    void manyPointsShareNothing() throws IOException {
        ProbeInstaller installer = installer();
        EventType registers = new EventType(EventType.Stop.INSTRUCTION, CaptureShape.REGISTERS);
        try (ProbeInstaller.Batch batch = installer.begin()) {
            for (int i = 0; i < 2000; i++) {
                batch.add(i % 2 == 0 ? registers : INSTRUCTION, point(i));
            }
            assertThat(batch.finish())
                    .extracting(ProbeInstaller.Installed::type)
                    .containsExactly(registers, INSTRUCTION);
        }
        assertThat(installer.hasSharedEvents()).isFalse();
        assertThat(Files.readAllLines(probes)).hasSize(2000);
    }

    /** The kernel takes the file that the path leads to when it is written; the plan is about the one that was opened. */
    @Test
    void aFileThatAnotherTookThePlaceOfIsNotProbed() throws IOException {
        Path program = Files.copy(Path.of("/bin/true"), root.resolve("program"));
        Path other = Files.copy(Path.of("/bin/true"), root.resolve("other"));
        ObjectImage copy = new ObjectImage(
                new ObjectTable().add(FileIdentity.of(program), program.toString(), true, "program"),
                ElfFile.open(program),
                true,
                program);
        try (ProbeInstaller.Batch batch = installer().begin()) {
            Files.move(other, program, StandardCopyOption.REPLACE_EXISTING);
            batch.add(INSTRUCTION, new ProbePoint(copy, new ProbeSite(1, UprobeClass.EMULATED), 1, "id=\\1:u32"));
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(batch::finish)
                    .withMessageContaining("program: another file took its place");
        }
    }

    @Test
    void manyPointsAreAllRegistered() throws IOException {
        ProbePoint point = point(0);
        try (ProbeInstaller.Batch batch = installer().begin()) {
            for (int i = 0; i < 3000; i++) {
                batch.add(
                        i % 3 == 0 ? INSTRUCTION : BEHIND_ENTRY,
                        new ProbePoint(point.object(), point.site(), i, point.fetchArguments()));
            }
            assertThat(batch.finish())
                    .extracting(ProbeInstaller.Installed::eventId)
                    .containsExactly(101, 100);
        }
        List<String> lines = Files.readAllLines(probes);
        assertThat(lines).hasSize(3000);
        for (int i = 0; i < 3000; i++) {
            assertThat(lines.get(i)).contains(i % 3 == 0 ? "/e0 " : "/e1 ", ":0x" + Integer.toHexString(i) + " ");
        }
    }

    @Test
    void theKernelsRefusalIsTold() throws IOException {
        Files.delete(probes);
        Files.createSymbolicLink(probes, Path.of("/dev/full"));
        ProbePoint point = point(0);
        try (ProbeInstaller.Batch batch = installer().begin()) {
            for (int i = 0; i < 1000; i++) {
                batch.add(INSTRUCTION, new ProbePoint(point.object(), point.site(), i, point.fetchArguments()));
            }
            assertThatExceptionOfType(TraceFsException.class)
                    .isThrownBy(batch::finish)
                    .withMessageContaining("refused a probe");
        }
    }

    @Test
    void aBatchThatIsGivenUpRegistersNothingLater() throws IOException, InterruptedException {
        ProbePoint point = point(0);
        try (ProbeInstaller.Batch batch = installer().begin()) {
            for (int i = 0; i < 1000; i++) {
                batch.add(INSTRUCTION, new ProbePoint(point.object(), point.site(), i, point.fetchArguments()));
            }
        }
        int registered = Files.readAllLines(probes).size();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("jltrace-registrar")) {
                thread.join(10_000);
                assertThat(thread.isAlive()).isFalse();
            }
        }
        assertThat(Files.readAllLines(probes)).hasSize(registered).hasSizeLessThan(1000);
    }
}
