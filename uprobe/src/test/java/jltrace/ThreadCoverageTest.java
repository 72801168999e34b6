package jltrace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jltrace.call.CallAssembler;
import jltrace.call.Scenario;
import jltrace.perf.PerfSession;
import jltrace.sys.FakeLinux;
import jltrace.target.AddressSpace;
import jltrace.target.ObjectTable;
import jltrace.tracefs.ProbeRegistry;
import jltrace.tracefs.TraceFs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On real processes, a shell and its children, with a kernel that only takes notes. */
@Timeout(20)
class ThreadCoverageTest {
    private final FakeLinux linux = new FakeLinux(Path.of("none"));
    private final CallAssembler assembler = new Scenario(true).assembler;
    private final List<String> notices = new ArrayList<>();
    private final Process shell;
    private final int parent;

    ThreadCoverageTest() throws IOException {
        shell = new ProcessBuilder("/bin/sh", "-c", "sleep 1000 & read go; sleep 1001 & wait").start();
        parent = (int) shell.pid();
    }

    private int child;

    @BeforeEach
    void awaitChild() throws InterruptedException {
        child = children(1).iterator().next();
    }

    /** The shell's children, once there are so many. */
    private Set<Integer> children(int count) throws InterruptedException {
        while (true) {
            Set<Integer> pids =
                    shell.children().map(process -> (int) process.pid()).collect(Collectors.toSet());
            if (pids.size() == count) {
                return pids;
            }
            Thread.sleep(5);
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        shell.children().forEach(ProcessHandle::destroyForcibly);
        shell.destroyForcibly().waitFor();
    }

    private ThreadCoverage coverage() throws IOException {
        ProbeRegistry registry = new ProbeRegistry(TraceFs.at(Path.of("/none")), "jltrace_1_2_3_0");
        return new ThreadCoverage(new PerfSession(linux, new int[] {0}, 8192, registry), assembler, true, notices);
    }

    private void trace(ThreadCoverage coverage, int pid, int event) throws IOException {
        assertThat(coverage.openOn(pid, List.of(event), true)).containsExactly(pid);
        assembler.addThread(assembler.addProcess(pid, new AddressSpace(), ObjectTable.NO_OBJECT), pid);
    }

    private Set<Integer> threadsWith(int event) {
        return linux.open().values().stream()
                .filter(opened -> opened.config() == event)
                .map(FakeLinux.Opened::tid)
                .collect(Collectors.toSet());
    }

    @Test
    void childrenThatWereThereBeforeAreLeftAloneAndThoseThatComeAreNot() throws IOException, InterruptedException {
        ThreadCoverage coverage = coverage();
        trace(coverage, parent, 1678);
        assertThat(threadsWith(1678)).containsExactly(parent);

        shell.getOutputStream().write('\n');
        shell.getOutputStream().flush();
        Set<Integer> born = children(2);
        born.remove(child);
        coverage.openOnAll(List.of(1679), null);
        assertThat(threadsWith(1679)).contains(parent).containsAll(born).doesNotContain(child);
    }

    @Test
    void aChildThatIsAskedForItselfIsNotLeftAlone() throws IOException {
        ThreadCoverage coverage = coverage();
        trace(coverage, parent, 1678);
        trace(coverage, child, 1678);
        coverage.openOnAll(List.of(1679), null);
        assertThat(threadsWith(1679)).contains(parent, child);
    }

    @Test
    void nothingIsMissingWhenNothingWasBorn() throws IOException {
        ThreadCoverage coverage = coverage();
        trace(coverage, parent, 1678);
        assertThat(coverage.isComplete()).isFalse();
        coverage.look(Long.MAX_VALUE);
        assertThat(coverage.isComplete()).isTrue();
        coverage.finish();
        assertThat(notices).isEmpty();
    }
}
