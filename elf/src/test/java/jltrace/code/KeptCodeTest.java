package jltrace.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found out about all of an object's code, made numbers and made of numbers again; against {@code readelf}. */
class KeptCodeTest {
    private static final UprobeRules RULES = UprobeRules.ofRelease(6, 18);

    private static FunctionMap map(Library library) {
        Map<Long, Long> named = new HashMap<>();
        List<Library.Function> parts = new ArrayList<>();
        for (Library.Function function : library.functions()) {
            if (function.isOutOfLine()) {
                parts.add(function);
            } else {
                named.put(function.virtualAddress(), function.size());
            }
        }
        // Of the unwind table's ranges those are given that are no functions.
        FunctionRanges ranges = library.ranges();
        for (int i = 0; i < ranges.count(); i++) {
            parts.add(new Library.Function("", ranges.start(i), ranges.end(i) - ranges.start(i)));
        }
        return FunctionMap.of(
                named,
                library.linkageStubs().stream().mapToLong(Long::longValue).toArray(),
                parts.stream().mapToLong(Library.Function::virtualAddress).toArray(),
                parts.stream().mapToLong(Library.Function::size).toArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"libc.so.6", "libcrypto.so.3"})
    void functionsAreWhereReadelfShowsThem(String name) throws Exception {
        Library library = Library.exported(name);
        FunctionMap found = map(library);
        FunctionMap kept = FunctionMap.ofNumbers(found.numbers()).orElseThrow();
        for (FunctionMap map : List.of(found, kept)) {
            for (Library.Function function : library.functions()) {
                assertThat(map.contains(function.virtualAddress())).isTrue();
                if (function.size() > 0) {
                    assertThat(map.sizeAt(function.virtualAddress())).isEqualTo(function.size());
                }
                assertThat(map.contains(function.virtualAddress() + 1)).isFalse();
                assertThat(map.sizeAt(function.virtualAddress() + 1)).isZero();
            }
            assertThat(map.entries().virtualAddresses())
                    .isEqualTo(library.entries().virtualAddresses());
            assertThat(map.ranges().starts()).isEqualTo(library.ranges().starts());
            assertThat(map.ranges().ends()).isEqualTo(library.ranges().ends());
            for (int i = 0; i < library.ranges().count(); i++) {
                assertThat(map.contains(library.ranges().start(i))).isTrue();
            }
        }
    }

    @Test
    void aSymbolWithoutASizeHasThatOfItsFrame() {
        FunctionMap map = FunctionMap.of(
                Map.of(0x1000L, 0L, 0x2000L, 5L), new long[] {0x500}, new long[] {0x3000, 0x1000, 0x2000}, new long[] {
                    7, 9, 11
                });

        assertThat(map.sizeAt(0x1000)).isEqualTo(9);
        assertThat(map.sizeAt(0x2000)).isEqualTo(5);
        assertThat(map.sizeAt(0x3000)).isEqualTo(7);
        assertThat(map.contains(0x500)).as("a stub").isFalse();
        assertThat(map.entries().contains(0x500)).isTrue();
        assertThat(map.entries().contains(0x3000)).as("perhaps a part only").isFalse();
    }

    @Test
    void numbersThatAreNoFunctionsAreRefused() {
        List<long[]> good = map(2);
        assertThat(FunctionMap.ofNumbers(good)).isPresent();
        assertThat(FunctionMap.ofNumbers(good.subList(0, 4))).isEmpty();
        for (int changed = 0; changed < good.size(); changed++) {
            List<long[]> longer = new ArrayList<>(good);
            longer.set(changed, Arrays.copyOf(good.get(changed), good.get(changed).length + 1));
            assertThat(FunctionMap.ofNumbers(longer)).as("array %d", changed).isEmpty();
        }
        for (int unsorted : new int[] {0, 2, 3}) {
            List<long[]> twice = new ArrayList<>(good);
            twice.set(unsorted, new long[] {0x1000, 0x1000});
            assertThat(FunctionMap.ofNumbers(twice)).as("array %d", unsorted).isEmpty();
        }
        List<long[]> backwards = new ArrayList<>(good);
        backwards.set(4, good.get(3));
        assertThat(FunctionMap.ofNumbers(backwards)).isEmpty();
    }

    private static List<long[]> map(int functions) {
        Map<Long, Long> named = new HashMap<>();
        for (int i = 1; i <= functions; i++) {
            named.put(0x1000L * i, 16L);
        }
        return FunctionMap.of(named, new long[0], new long[0], new long[0]).numbers();
    }

    @Test
    void branchesLeadWhereTheyDid() throws Exception {
        Library library = Library.exported("libz.so.1");
        CodeRegion code = library.code();
        BranchTargets found = BranchTargets.of(code);
        BranchTargets kept = BranchTargets.ofNumbers(code, found.numbers()).orElseThrow();
        FunctionScan scan = new FunctionScanner(code, library.entries(), library.ranges(), RULES)
                .scan(library.functions().get(0).virtualAddress(), 0);
        int targets = 0;
        for (long address = code.virtualAddress(); address < code.endAddress(); address++) {
            boolean target = found.contains(address, scan);
            targets += target ? 1 : 0;
            assertThat(kept.contains(address, scan)).isEqualTo(target);
        }
        assertThat(targets).isPositive();
        long[] shorter = Arrays.copyOf(found.numbers().get(0), found.numbers().get(0).length - 1);
        assertThat(BranchTargets.ofNumbers(code, List.of(shorter))).isEmpty();
        assertThat(BranchTargets.ofNumbers(code, List.of())).isEmpty();
    }

    @Test
    void jumpsAreWhatTheyWere() throws Exception {
        Library library = Library.exported("libcrypto.so.3");
        long[] stubs =
                library.linkageStubs().stream().mapToLong(Long::longValue).toArray();
        List<FunctionExit> expected = JumpSites.find(library.code(), library.ranges(), stubs, new long[0], RULES);
        JumpList found = JumpList.find(library.code(), library.ranges(), stubs, new long[0], RULES);
        JumpList kept =
                JumpList.ofNumbers(library.code(), RULES, found.numbers()).orElseThrow();
        for (JumpList jumps : List.of(found, kept)) {
            List<FunctionExit> all = new ArrayList<>();
            for (int i = 0; i < jumps.count(); i++) {
                all.add(jumps.get(i).orElseThrow());
                assertThat(jumps.address(i)).isEqualTo(all.get(i).virtualAddress());
                assertThat(jumps.destination(i)).isEqualTo(((FunctionExit.TailJump) all.get(i)).target());
            }
            assertThat(all).isEqualTo(expected).isNotEmpty();
        }
    }

    /** {@code jmp 0x1100; call 0x1100; nop} */
    @Test
    void whereThereIsNoSuchJumpNoneIsFound() {
        byte[] bytes = {(byte) 0xe9, (byte) 0xfb, 0, 0, 0, (byte) 0xe8, (byte) 0xf6, 0, 0, 0, (byte) 0x90};
        CodeRegion code = CodeRegion.of(bytes, 0x1000);
        long[] addresses = {0x1000, 0x1000, 0x1001, 0x1005, 0x100a, 0x100b, -1, Long.MIN_VALUE};
        long[] destinations = {0x1100, 0x1101, 0x1100, 0x1100, 0x1100, 0x1100, 0x1100, 0x1100};
        JumpList jumps = JumpList.ofNumbers(code, RULES, List.of(addresses, destinations))
                .orElseThrow();

        assertThat(jumps.get(0)).isPresent();
        for (int i = 1; i < jumps.count(); i++) {
            assertThat(jumps.get(i)).as("jump %d", i).isEmpty();
        }
        assertThat(JumpList.ofNumbers(code, RULES, List.of(addresses, new long[1])))
                .isEmpty();
    }
}
