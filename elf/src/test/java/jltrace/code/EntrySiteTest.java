package jltrace.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The entry sites of all exported functions of whole libraries, against {@code objdump}. */
class EntrySiteTest {
    /** Instructions that change no general register and no memory. */
    private static final Set<String> READERS = Set.of(
            "endbr64", "nop", "nopw", "nopl", "cmp", "cmpb", "cmpw", "cmpl", "cmpq", "test", "testb", "testw", "testl",
            "testq", "bt", "comisd", "comiss", "ucomisd", "ucomiss", "flds", "fldl", "fldt");

    @Test
    void pthreadSpinLockIsTheOneFunctionOfLibcWhoseEntryTheKernelRefuses() throws Exception {
        Sites sites = new Sites(Library.exported("libc.so.6"));

        assertThat(sites.refused).containsExactly("pthread_spin_lock@@GLIBC_2.34");
    }

    @ParameterizedTest
    @CsvSource({"libc.so.6, 46", "libstdc++.so.6, 55", "libz.so.1, 70", "libcrypto.so.3, 50"})
    void movingPastHarmlessInstructionsMakesThisShareOfEntriesCheap(String name, int percent) throws Exception {
        Sites sites = new Sites(Library.exported(name));

        assertThat(100 * sites.emulated / sites.functions).isGreaterThanOrEqualTo(percent);
    }

    @ParameterizedTest
    @ValueSource(strings = {"libc.so.6", "libstdc++.so.6", "libz.so.1", "libcrypto.so.3"})
    void nothingBetweenEntryAndSiteChangesWhatAProbeSeesAndNothingJumpsBetween(String name) throws Exception {
        Library library = Library.exported(name);
        Sites sites = new Sites(library);
        Set<Long> passed = new HashSet<>();
        for (EntrySite site : sites.moved) {
            for (long at = site.entry().virtualAddress(); at < site.cheapest().virtualAddress(); at++) {
                passed.add(at);
            }
        }
        Map<Long, Integer> lengths = new HashMap<>();
        Set<Long> targets = new HashSet<>();
        List<String> harmful = new ArrayList<>();
        Objdump.disassemble(library.file(), line -> {
            if (line.isBad() || line.isPrefixAlone()) {
                return;
            }
            if (passed.contains(line.virtualAddress)) {
                lengths.put(line.virtualAddress, line.length);
                if (isHarmful(line)) {
                    harmful.add("%x %s".formatted(line.virtualAddress, line.text));
                }
            }
            InstructionCategory category = ObjdumpCategory.of(line);
            if (category == InstructionCategory.JUMP || category == InstructionCategory.CONDITIONAL_JUMP) {
                targets.add(line.branchTarget());
            }
        });

        assertThat(harmful).isEmpty();
        for (EntrySite site : sites.moved) {
            long address = site.entry().virtualAddress();
            while (address < site.cheapest().virtualAddress()) {
                assertThat(lengths).containsKey(address);
                address += lengths.getOrDefault(address, 0);
                assertThat(targets.contains(address)).isFalse();
            }
            assertThat(address).isEqualTo(site.cheapest().virtualAddress());
        }
    }

    /** By objdump's text: whether it writes memory, the stack pointer or an argument register, or loads through one. */
    private static boolean isHarmful(Objdump.Line line) {
        String mnemonic = line.mnemonic();
        String operands = line.operands();
        String last = Operands.last(operands);
        if (READERS.contains(mnemonic) || operands.equals("%ax,%ax")) {
            boolean reads = operands.contains("(") && !mnemonic.startsWith("nop");
            return reads && !isSafe(operands);
        }
        if (operands.contains("(") && !mnemonic.startsWith("lea") && !isSafe(operands)) {
            return true;
        }
        int register = Operands.generalRegister(last);
        int kept = Amd64Instruction.ARGUMENT_REGISTERS | 1 << Amd64Instruction.RSP;
        return register < 0 ? !last.startsWith("%") : (kept & 1 << register) != 0;
    }

    private static boolean isSafe(String operands) {
        return operands.contains("(%rip)") || operands.contains("%fs:");
    }

    /** The entry sites of all functions of a library. */
    private static final class Sites {
        private final List<String> refused = new ArrayList<>();
        private final List<EntrySite> moved = new ArrayList<>();
        private int functions;
        private int emulated;

        Sites(Library library) throws Exception {
            UprobeRules rules = UprobeRules.ofRelease(6, 18);
            FunctionScanner scanner = library.scanner();
            EntrySiteFinder finder =
                    new EntrySiteFinder(library.code(), BranchTargets.of(library.code(), library.ranges()), rules);
            for (Library.Function function : library.functions()) {
                if (!library.code().contains(function.virtualAddress())) {
                    continue;
                }
                EntrySite site = finder.find(scanner.scan(function.virtualAddress(), function.size()));
                functions++;
                if (site.isRefused()) {
                    refused.add(function.name());
                }
                if (site.cheapest().uprobeClass() == UprobeClass.EMULATED) {
                    emulated++;
                }
                if (!site.cheapest().equals(site.entry())) {
                    moved.add(site);
                }
            }
        }
    }
}
