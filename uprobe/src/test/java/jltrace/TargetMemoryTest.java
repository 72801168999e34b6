package jltrace;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jltrace.call.Captures;
import jltrace.call.TracedProcess;
import jltrace.sys.ProcFs;
import jltrace.target.Damages;
import jltrace.target.FileIdentity;
import jltrace.target.MemoryMapping;
import jltrace.target.ObjectFile;
import jltrace.target.ObjectTable;
import jltrace.target.ProgramLoader;
import jltrace.value.MemoryProbe.Presence;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Compares with this process's own maps, of which a process is told that is not there to be asked. */
class TargetMemoryTest {
    private static final Path ENV = Path.of("/usr/bin/env");
    private static final int NO_PROCESS = Integer.MAX_VALUE;
    private static final long STACK_POINTER = 0x1000;

    private final ObjectTable objects = new ObjectTable();
    private final TracedProcess process = Captures.process(NO_PROCESS);
    private final TargetMemory memory = new TargetMemory(objects);
    private List<MemoryMapping> mappings = List.of();

    @BeforeEach
    void mapTheCLibrary() throws IOException {
        new ProgramLoader(objects, new Damages())
                .loadProgram(NO_PROCESS, new MemoryMapping(0, 1, true, true, 0, FileIdentity.of(ENV), ENV.toString()));
        List<MemoryMapping> all = MemoryMapping.parse(ProcFs.maps(ProcFs.ownPid())).stream()
                .filter(mapping -> mapping.path().endsWith("/libc.so.6"))
                .toList();
        MemoryMapping code =
                all.stream().filter(MemoryMapping::executable).findFirst().orElseThrow();
        long start = code.start() - code.fileOffset();
        long end = start + Files.size(Path.of(code.path()));
        // This process has also mapped the file to read it.
        mappings = all.stream()
                .filter(mapping -> mapping.start() >= start && mapping.start() < end)
                .toList();
        assertThat(mappings).hasSizeGreaterThan(2);
        int number =
                objects.find(mappings.get(0).file()).map(ObjectFile::number).orElseThrow();
        for (MemoryMapping mapping : mappings) {
            if (mapping.executable()) {
                process.addressSpace().map(mapping.start(), mapping.end(), mapping.fileOffset(), number);
            }
        }
    }

    @Test
    void whatALibraryBroughtWithItIsThere() {
        for (MemoryMapping mapping : mappings) {
            // A segment need not begin or end where its pages do.
            long middle = (mapping.start() + mapping.end()) / 2;
            assertThat(memory.at(process, middle, STACK_POINTER))
                    .as(mapping.toString())
                    .isEqualTo(Presence.MAPPED);
        }
        assertThat(memory.at(process, mappings.get(0).start() - 1, STACK_POINTER))
                .isEqualTo(Presence.UNKNOWN);
    }

    @Test
    void askingAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long address = mappings.get(mappings.size() - 1).start();
        memory.at(process, address, STACK_POINTER);
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1000; i++) {
            memory.at(process, address, STACK_POINTER);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1000);
    }
}
