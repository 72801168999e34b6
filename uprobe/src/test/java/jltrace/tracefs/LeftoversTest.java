package jltrace.tracefs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jltrace.sys.ProcFs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which groups a sweep removes: only those whose owner is gone for certain. */
class LeftoversTest {
    @TempDir
    Path root;

    private Leftovers.Swept sweep(String... lines) throws IOException {
        Files.writeString(root.resolve("uprobe_events"), String.join("\n", lines) + "\n");
        return new Leftovers(TraceFs.at(root)).sweep();
    }

    private List<String> removals() throws IOException {
        return Files.readAllLines(root.resolve("uprobe_events")).stream()
                .filter(line -> line.startsWith("-"))
                .toList();
    }

    private static String definition(String group, String event) {
        return "p:" + group + "/" + event + " /bin/a:0x0000000000000010 id=\\1:u32";
    }

    /** A process that has ended and was waited for. */
    private static Owner ended() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sleep", "60").start();
        Owner owner = owner(process.pid());
        process.destroyForcibly();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return owner;
    }

    private static Owner owner(long pid) throws IOException {
        return new Owner((int) pid, ProcFs.startTimeTicks(pid).orElseThrow(), ProcFs.pidNamespace(pid));
    }

    @Test
    void allEventsOfAnOwnerThatIsGoneAreRemoved() throws IOException, InterruptedException {
        Owner gone = ended();
        Leftovers.Swept swept = sweep(
                definition(gone.group(0), "e0"),
                definition(gone.group(0), "e0"),
                "r:" + gone.group(0) + "/e1 /bin/a:0x10",
                definition(gone.group(1), "e0"));
        assertThat(swept.removedGroups()).containsExactly(gone.group(0), gone.group(1));
        assertThat(swept.doubtfulGroups()).isEmpty();
        assertThat(removals())
                .containsExactly(
                        "-:" + gone.group(0) + "/e0", "-:" + gone.group(0) + "/e1", "-:" + gone.group(1) + "/e0");
    }

    @Test
    void theEventsOfThisProcessStay() throws IOException {
        assertThat(sweep(definition(Owner.self().group(0), "e0"))).isEqualTo(new Leftovers.Swept(List.of(), List.of()));
        assertThat(removals()).isEmpty();
    }

    @Test
    void theEventsOfAnotherLivingProcessStay() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sleep", "60").start();
        try {
            sweep(definition(owner(process.pid()).group(0), "e0"));
            assertThat(removals()).isEmpty();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void anOwnerThatEndedAndWasNotWaitedForIsNotGone() throws IOException, InterruptedException {
        // Its parent, which ignores it, lets it be a zombie.
        Process parent = new ProcessBuilder("sh", "-c", "sleep 0.01 & echo $!; exec sleep 60").start();
        try {
            long zombie = Long.parseLong(parent.inputReader().readLine());
            Owner owner = owner(zombie);
            while (!ProcFs.maps(zombie).isEmpty()) {
                Thread.sleep(5);
            }
            sweep(definition(owner.group(0), "e0"));
            assertThat(removals()).isEmpty();
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }

    @Test
    void aPidThatWasGivenToAnotherProcessHidesNoLeftovers() throws IOException {
        Owner self = Owner.self();
        Owner earlier = new Owner(self.pid(), self.startTimeTicks() - 1, self.pidNamespace());
        assertThat(sweep(definition(earlier.group(0), "e0")).removedGroups()).containsExactly(earlier.group(0));
        assertThat(removals()).containsExactly("-:" + earlier.group(0) + "/e0");
    }

    @Test
    void anOwnerInAnotherPidNamespaceIsLeftAlone() throws IOException, InterruptedException {
        Owner gone = ended();
        Owner elsewhere = new Owner(gone.pid(), gone.startTimeTicks(), gone.pidNamespace() + 1);
        Leftovers.Swept swept = sweep(definition(elsewhere.group(0), "e0"));
        assertThat(swept.removedGroups()).isEmpty();
        assertThat(swept.doubtfulGroups()).containsExactly(elsewhere.group(0));
        assertThat(removals()).isEmpty();
    }

    @Test
    void groupsOfOtherToolsAreNotTouched() throws IOException {
        Leftovers.Swept swept = sweep(
                "p:probe_libc/malloc /usr/lib/libc.so.6:0x10",
                "p:uprobes/jltrace_1_2_3_0 /bin/a:0x10",
                "p:jltrace/e0 /bin/a:0x10",
                "p:jltrace_1_2_3/e0 /bin/a:0x10",
                "p:jltrace_1_2_3_4_5/e0 /bin/a:0x10",
                "p:jltrace_x_2_3_0/e0 /bin/a:0x10",
                "p:jltrace_1_2_3_/e0 /bin/a:0x10",
                "p:jltrace_99999999999_2_3_0/e0 /bin/a:0x10",
                "p:myjltrace_1_2_3_0/e0 /bin/a:0x10",
                "p:a/e0 /jltrace_1_2_3_0/e0:0x10",
                "e:jltrace.1/e0 sched/sched_switch",
                "",
                "p",
                "p:",
                "/");
        assertThat(swept).isEqualTo(new Leftovers.Swept(List.of(), List.of()));
        assertThat(removals()).isEmpty();
    }

    @Test
    void theGroupsNameTellsTheOwner() {
        Owner owner = new Owner(4711, 123456789L, 4026531836L);
        assertThat(owner.group(3)).isEqualTo("jltrace_4711_123456789_4026531836_3");
        assertThat(Owner.ofGroup(owner.group(3))).contains(owner);
    }

    @Test
    void theLongestNameIsOneThatTheKernelTakes() {
        String group = new Owner(Integer.MAX_VALUE, Long.MAX_VALUE, 4294967295L).group(Integer.MAX_VALUE);
        assertThat(new ProbeDefinition.EventName(group, "e" + Integer.MAX_VALUE).group())
                .isEqualTo(group);
    }
}
