package jltrace.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every function of whole libraries, against {@code objdump} and the unwind tables. */
class FunctionScanTest {
    /** A return or jump as objdump shows it; 0 as target of those that name none. */
    private record Transfer(InstructionCategory category, long target) {}

    @ParameterizedTest
    @ValueSource(
            strings = {"libc.so.6", "libm.so.6", "libstdc++.so.6", "libcrypto.so.3", "libsqlite3.so.0", "libz.so.1"})
    void exitsAreTheReturnsAndLeavingJumpsThatObjdumpShowsAndTheUnwindTablesCallBalanced(String name) throws Exception {
        assumeTrue(Files.exists(Library.path(name)), () -> name + " is not installed");
        Library exported = Library.exported(name);
        Comparison comparison = new Comparison(exported);
        comparison.compareAll(exported);
        Optional<Library> debug = Library.withDebugSymbols(name);
        if (debug.isPresent()) {
            comparison.compareAll(debug.get());
        }
    }

    private static final class Comparison implements Objdump.Visitor {
        private final NavigableMap<Long, Transfer> transfers = new TreeMap<>();
        private final UnwindRows unwindRows;
        private final List<String> differences = new ArrayList<>();
        private final List<String> doubts = new ArrayList<>();
        private int scanned;

        Comparison(Library library) throws Exception {
            unwindRows = UnwindRows.read(library.file());
            Objdump.disassemble(library.file(), this);
        }

        @Override
        public void instruction(Objdump.Line line) {
            if (line.isBad() || line.isPrefixAlone()) {
                return;
            }
            InstructionCategory category = ObjdumpCategory.of(line);
            switch (category) {
                case RETURN, RETURN_POPPING, INDIRECT_JUMP ->
                    transfers.put(line.virtualAddress, new Transfer(category, 0));
                case JUMP, CONDITIONAL_JUMP ->
                    transfers.put(line.virtualAddress, new Transfer(category, line.branchTarget()));
                default -> {}
            }
        }

        void compareAll(Library library) throws Exception {
            differences.clear();
            doubts.clear();
            scanned = 0;
            FunctionEntries entries = library.entries();
            FunctionScanner scanner = library.scanner();
            for (Library.Function function : library.functions()) {
                if (function.size() != 0 && library.code().contains(function.virtualAddress())) {
                    scanned++;
                    compare(function, scanner.scan(function.virtualAddress(), function.size()), entries);
                }
            }
            assertThat(differences).isEmpty();
            assertThat(scanned).isGreaterThan(50);
            assertThat(doubts).hasSizeLessThanOrEqualTo(scanned / 500);
        }

        private void compare(Library.Function function, FunctionScan scan, FunctionEntries entries) {
            if (!scan.isReliable()) {
                doubts.add(function.name() + ": " + scan.doubt().orElse(""));
                return;
            }
            long end = function.virtualAddress() + function.size();
            Map<Long, FunctionExit> exits = new TreeMap<>();
            for (FunctionExit exit : scan.exits()) {
                String frameAddress = unwindRows.frameAddressAt(exit.virtualAddress());
                if (!frameAddress.equals("rsp+8") && !frameAddress.isEmpty()) {
                    report(function, exit + " where the frame address is " + frameAddress);
                }
                if (exit.virtualAddress() >= function.virtualAddress() && exit.virtualAddress() < end) {
                    exits.put(exit.virtualAddress(), exit);
                }
            }
            transfers.subMap(function.virtualAddress(), end).forEach((address, transfer) -> {
                FunctionExit exit = exits.remove(address);
                boolean agrees = switch (transfer.category()) {
                    case RETURN, RETURN_POPPING ->
                        exit instanceof FunctionExit.Return || (exit == null && isDead(address));
                    case INDIRECT_JUMP -> exit != null || scan.hasSwitch();
                    default -> {
                        boolean inside = transfer.target() >= function.virtualAddress() && transfer.target() < end;
                        if (inside || !entries.contains(transfer.target())) {
                            yield exit == null;
                        }
                        boolean unbalanced = !unwindRows.frameAddressAt(address).equals("rsp+8");
                        yield exit == null ? unbalanced : isTailJump(exit, transfer);
                    }
                };
                if (!agrees) {
                    report(function, "%x %s, but %s".formatted(address, transfer, exit));
                }
            });
            exits.forEach((address, exit) -> report(function, exit + " is not in objdump's"));
        }

        /** Whether nothing leads to an instruction: what stands before it leads elsewhere, and nothing jumps there or in between. */
        private boolean isDead(long address) {
            Map.Entry<Long, Transfer> before = transfers.lowerEntry(address);
            return before != null
                    && before.getValue().category() != InstructionCategory.CONDITIONAL_JUMP
                    && transfers.values().stream()
                            .noneMatch(jump -> jump.target() > before.getKey() && jump.target() <= address);
        }

        private static boolean isTailJump(FunctionExit exit, Transfer transfer) {
            return exit instanceof FunctionExit.TailJump jump
                    && jump.target() == transfer.target()
                    && jump.conditional() == (transfer.category() == InstructionCategory.CONDITIONAL_JUMP);
        }

        private void report(Library.Function function, String difference) {
            if (differences.size() < 20) {
                differences.add(function.name() + ": " + difference);
            }
        }
    }
}
