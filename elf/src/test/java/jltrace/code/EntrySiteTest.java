package jltrace.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The entry sites of all exported functions of whole libraries, against {@code objdump}. */
class EntrySiteTest {
    /** Instructions that change no general register and no memory. */
    private static final Set<String> READERS = Set.of(
            "endbr64", "nop", "nopw", "nopl", "cmp", "cmpb", "cmpw", "cmpl", "cmpq", "test", "testb", "testw", "testl",
            "testq", "bt", "comisd", "comiss", "ucomisd", "ucomiss", "flds", "fldl", "fldt");

    @TempDir
    Path directory;

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

    @Test
    void aSiteMovesOnlyWhereEveryEntryComesByOnceWithAllAsAtTheEntry() throws Exception {
        Library library = Compiler.compile(directory, "gcc", "entries.s", Compiler.FUNCTION_MACROS + """
                        function moves
                            endbr64
                            movq %rdi, %r11
                            testq %rsi, %rsi
                            pushq %rbx
                            popq %rbx
                            ret
                        end moves
                        function repeats
                            endbr64
                        1:  testl %edi, %edi
                            je 2f
                            decl %edi
                            jmp 1b
                        2:  ret
                        end repeats
                        function entered_from_elsewhere
                            endbr64
                        inside:
                            movq %rdi, %r11
                            pushq %rbx
                            popq %rbx
                            ret
                        end entered_from_elsewhere
                        function elsewhere
                            xorl %edi, %edi
                            jmp inside
                        end elsewhere
                        function opens_another
                            endbr64
                            movq %rdi, %r11
                            .globl another
                            .type another, @function
                        another:
                            pushq %rbx
                            popq %rbx
                            ret
                        end opens_another
                        function loads
                            endbr64
                            movq (%rdi), %r11
                            pushq %rbx
                            popq %rbx
                            ret
                        end loads
                        function clears_rax
                            endbr64
                            xorl %eax, %eax
                            pushq %rbx
                            popq %rbx
                            ret
                        end clears_rax
                        function starts_with_vex
                            vpxor %xmm0, %xmm0, %xmm0
                            movq %rdi, %r11
                            movl $1, %eax
                            pushq %rbx
                            popq %rbx
                            ret
                        end starts_with_vex
                        function locks
                            lock
                            decl (%rdi)
                            ret
                        end locks
                        """);

        assertThat(site(library, "moves").cheapest())
                .isEqualTo(new ProbeSite(library.function("moves").virtualAddress() + 10, UprobeClass.EMULATED));
        for (String name : List.of("repeats", "entered_from_elsewhere", "opens_another", "loads", "clears_rax")) {
            EntrySite site = site(library, name);
            assertThat(site.entry())
                    .as(name)
                    .isEqualTo(new ProbeSite(library.function(name).virtualAddress(), UprobeClass.SINGLE_STEPPED));
            assertThat(site.cheapest()).as(name).isEqualTo(site.entry());
        }
        EntrySite refused = site(library, "starts_with_vex");
        assertThat(refused.entry().uprobeClass()).isEqualTo(UprobeClass.REFUSED);
        assertThat(refused.cheapest())
                .isEqualTo(new ProbeSite(refused.entry().virtualAddress() + 4, UprobeClass.SINGLE_STEPPED));
        assertThat(site(library, "locks").cheapest().uprobeClass()).isEqualTo(UprobeClass.REFUSED);

        Library.Function clearsRax = library.function("clears_rax");
        EntrySite onlyRdi = finder(library)
                .find(library.scanner().scan(clearsRax.virtualAddress(), clearsRax.size()), 1 << Amd64Instruction.RDI);
        assertThat(onlyRdi.cheapest()).isEqualTo(new ProbeSite(clearsRax.virtualAddress() + 6, UprobeClass.EMULATED));
    }

    private static EntrySite site(Library library, String name) {
        Library.Function function = library.function(name);
        return finder(library).find(library.scanner().scan(function.virtualAddress(), function.size()));
    }

    private static EntrySiteFinder finder(Library library) {
        return new EntrySiteFinder(
                library.code(), library.entries(), BranchTargets.of(library.code()), UprobeRules.ofRelease(6, 18));
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
            FunctionScanner scanner = library.scanner();
            EntrySiteFinder finder = finder(library);
            for (Library.Function function : library.functions()) {
                if (!library.code().contains(function.virtualAddress())) {
                    continue;
                }
                EntrySite site = finder.find(scanner.scan(function.virtualAddress(), function.size()));
                functions++;
                if (site.cheapest().uprobeClass() == UprobeClass.REFUSED) {
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
