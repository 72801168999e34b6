package jltrace.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every jump to an import of whole objects, against {@code objdump}. */
class JumpSitesTest {
    private static final Pattern SLOT = Pattern.compile("\\*0x\\p{XDigit}+\\(%rip\\)");

    @ParameterizedTest
    @ValueSource(strings = {"/usr/lib/x86_64-linux-gnu/libcrypto.so.3", "/usr/bin/perl", "/usr/bin/bash"})
    void jumpsToLinkageStubsAreThoseThatObjdumpShows(String name) throws Exception {
        Path file = Path.of(name);
        assumeTrue(Files.exists(file), () -> name + " is not installed");
        Library library = Library.read(file, "--dyn-syms", file);
        Set<Long> stubs = new HashSet<>(library.linkageStubs());
        long[] targets = stubs.stream().mapToLong(Long::longValue).toArray();
        long stubsEnd = stubs.stream().mapToLong(Long::longValue).max().orElseThrow() + 16;
        CodeRegion text = behind(library.code(), stubsEnd);
        Map<Long, Long> expected = new TreeMap<>();
        Objdump.disassemble(file, line -> {
            if (line.mnemonic().startsWith("j") && !line.isBad() && text.contains(line.virtualAddress)) {
                boolean direct = !line.operands().startsWith("*");
                if (direct && stubs.contains(line.branchTarget())) {
                    expected.put(line.virtualAddress, line.branchTarget());
                }
            }
        });

        Map<Long, Long> found = new TreeMap<>();
        for (FunctionExit site :
                JumpSites.find(text, library.ranges(), targets, new long[0], UprobeRules.ofRelease(6, 18))) {
            if (site instanceof FunctionExit.TailJump jump) {
                found.put(jump.virtualAddress(), jump.target());
            }
        }

        assertThat(found).isEqualTo(expected);
        assertThat(found).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/lib/x86_64-linux-gnu/libcrypto.so.3"})
    void jumpsThroughSlotsAreThoseThatObjdumpShows(String name) throws Exception {
        Path file = Path.of(name);
        assumeTrue(Files.exists(file), () -> name + " is not installed");
        Library library = Library.read(file, "--dyn-syms", file);
        Map<Long, Long> expected = new TreeMap<>();
        Objdump.disassemble(file, line -> {
            if (line.mnemonic().equals("jmp") && SLOT.matcher(line.operands()).matches()) {
                // objdump names the slot's address in a comment, which is cut off; the displacement is the last four
                // bytes.
                int end = line.length;
                int displacement = (line.bytes[end - 4] & 0xff)
                        | (line.bytes[end - 3] & 0xff) << 8
                        | (line.bytes[end - 2] & 0xff) << 16
                        | line.bytes[end - 1] << 24;
                expected.put(line.virtualAddress, line.virtualAddress + end + displacement);
            }
        });

        Map<Long, Long> found = new TreeMap<>();
        long[] slots = expected.values().stream().mapToLong(Long::longValue).toArray();
        for (FunctionExit site :
                JumpSites.find(library.code(), library.ranges(), new long[0], slots, UprobeRules.ofRelease(6, 18))) {
            if (site instanceof FunctionExit.SlotTailJump jump) {
                found.put(jump.virtualAddress(), jump.slot());
            }
        }

        assertThat(found).isEqualTo(expected);
        assertThat(found).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/usr/lib/x86_64-linux-gnu/libcrypto.so.3", "/usr/bin/perl", "/usr/bin/bash"})
    void callsOfLinkageStubsAreThoseThatObjdumpShows(String name) throws Exception {
        Path file = Path.of(name);
        assumeTrue(Files.exists(file), () -> name + " is not installed");
        Library library = Library.read(file, "--dyn-syms", file);
        Set<Long> stubs = new HashSet<>(library.linkageStubs());
        FunctionRanges ranges = library.ranges();
        Map<Long, Long> expected = new TreeMap<>();
        Objdump.disassemble(file, line -> {
            boolean direct = line.mnemonic().equals("call") && !line.operands().startsWith("*") && !line.isBad();
            if (direct && stubs.contains(line.branchTarget())) {
                int range = ranges.indexBefore(line.virtualAddress);
                if (range >= 0 && line.virtualAddress < ranges.end(range)) {
                    expected.put(line.virtualAddress + line.length, line.branchTarget());
                }
            }
        });

        Map<Long, Long> found = new TreeMap<>();
        long[] targets = stubs.stream().mapToLong(Long::longValue).toArray();
        for (JumpSites.Call call : JumpSites.calls(library.code(), ranges, targets, UprobeRules.ofRelease(6, 18))) {
            found.put(call.behind().virtualAddress(), call.target());
        }

        assertThat(found).isEqualTo(expected);
        assertThat(found).isNotEmpty();
    }

    /** The part of the code from the address on. */
    private static CodeRegion behind(CodeRegion code, long address) {
        int skipped = (int) (address - code.virtualAddress());
        byte[] bytes = new byte[code.length() - skipped];
        for (int at = 0; at < bytes.length; at++) {
            bytes[at] = (byte) code.byteAt(skipped + at);
        }
        return CodeRegion.of(bytes, address);
    }
}
