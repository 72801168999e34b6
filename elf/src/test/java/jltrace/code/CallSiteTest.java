package jltrace.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every call of whole libraries, against {@code objdump}. */
class CallSiteTest {
    @ParameterizedTest
    @ValueSource(strings = {"libc.so.6", "libstdc++.so.6", "libsqlite3.so.0"})
    void theCallBeforeAReturnAddressIsTheOneThatObjdumpShows(String name) throws Exception {
        assumeTrue(Files.exists(Library.path(name)), () -> name + " is not installed");
        Library library = Library.exported(name);
        Map<Long, CallSite> calls = calls(library);
        List<String> differences = new ArrayList<>();
        List<String> guesses = new ArrayList<>();
        FunctionRanges ranges = library.ranges();
        calls.forEach((returnAddress, call) -> {
            boolean inRange = ranges.endsAt(returnAddress) || inRange(ranges, returnAddress);
            if (inRange && !Optional.of(call).equals(CallSite.before(library.code(), ranges, returnAddress))) {
                differences.add(call + " is not " + CallSite.before(library.code(), ranges, returnAddress));
            }
            CallSite guess = CallSite.before(library.code(), returnAddress).orElseThrow();
            if (!isSameCall(call, guess)) {
                guesses.add(call + " is guessed as " + guess);
            }
        });

        assertThat(differences).isEmpty();
        assertThat(guesses).isEmpty();
        assertThat(calls).hasSizeGreaterThan(5_000);
    }

    /** Whether both say the same but for prefixes. */
    private static boolean isSameCall(CallSite one, CallSite other) {
        if (one instanceof CallSite.Direct direct) {
            return other instanceof CallSite.Direct guess && direct.target() == guess.target();
        }
        if (one instanceof CallSite.ThroughSlot through) {
            return other instanceof CallSite.ThroughSlot guess && through.slot() == guess.slot();
        }
        return other instanceof CallSite.ThroughPointer;
    }

    private static boolean inRange(FunctionRanges ranges, long address) {
        int range = ranges.indexBefore(address);
        return range >= 0 && address < ranges.end(range);
    }

    private static Map<Long, CallSite> calls(Library library) throws Exception {
        Map<Long, CallSite> calls = new TreeMap<>();
        Objdump.disassemble(library.file(), line -> {
            if (!line.mnemonic().equals("call") || line.isBad()) {
                return;
            }
            long returnAddress = line.virtualAddress + line.length;
            String operands = line.operands();
            if (!operands.startsWith("*")) {
                calls.put(returnAddress, new CallSite.Direct(line.virtualAddress, line.branchTarget()));
            } else if (operands.endsWith("(%rip)")) {
                String displacement = operands.substring(1, operands.indexOf('('));
                calls.put(
                        returnAddress,
                        new CallSite.ThroughSlot(line.virtualAddress, returnAddress + Long.decode(displacement)));
            } else {
                calls.put(returnAddress, new CallSite.ThroughPointer(line.virtualAddress));
            }
        });
        return calls;
    }

    @Test
    void aRelativeCallThatStaysInTheCodeCountsBeforeOneThroughAPointer() {
        byte[] code = new byte[8 << 20];
        // As a whole a call of 0x50ff15; its last three bytes are call *0(%rax).
        byte[] ambiguous = {(byte) 0xe8, 0x10, (byte) 0xff, 0x50, 0x00};
        System.arraycopy(ambiguous, 0, code, 0, ambiguous.length);

        assertThat(CallSite.before(CodeRegion.of(code, 0), 5)).contains(new CallSite.Direct(0, 0x50ff15));
        assertThat(CallSite.before(CodeRegion.of(ambiguous, 0), 5)).contains(new CallSite.ThroughPointer(2));
    }

    @Test
    void bytesWithoutACallHaveNone() {
        byte[] code = {0x55, 0x48, (byte) 0x89, (byte) 0xe5, (byte) 0xc3, 0x0f, 0x1f, 0x00};
        CodeRegion region = CodeRegion.of(code, 0x1000);
        FunctionRanges ranges = FunctionRanges.of(new long[] {0x1000}, new long[] {5});

        for (long address = 0x1000; address <= 0x1008; address++) {
            assertThat(CallSite.before(region, address)).isEmpty();
            assertThat(CallSite.before(region, ranges, address)).isEmpty();
        }
    }
}
