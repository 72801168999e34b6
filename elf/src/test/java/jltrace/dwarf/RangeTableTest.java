package jltrace.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RangeTableTest {
    private final RangeTable table = new RangeTable();

    @Test
    void aRangeHoldsItsFirstAddressAndNotItsEnd() {
        table.add(0x2000, 0x3000, 7);
        table.add(0x1000, 0x2000, 8);

        assertThat(table.numbersAt(0xfff)).isEmpty();
        assertThat(table.numbersAt(0x1000)).containsExactly(8L);
        assertThat(table.numbersAt(0x1fff)).containsExactly(8L);
        assertThat(table.numbersAt(0x2000)).containsExactly(7L);
        assertThat(table.numbersAt(0x3000)).isEmpty();
    }

    @Test
    void allRangesAroundAnAddressAreFound() {
        table.add(0x1000, 0x9000, 3);
        table.add(0x2000, 0x2001, 2);
        table.add(0x2000, 0x5000, 1);
        table.add(0x4000, 0x4800, 1);
        table.add(0x6000, 0x7000, 0);

        assertThat(table.numbersAt(0x2000)).containsExactly(1L, 2L, 3L);
        assertThat(table.numbersAt(0x4000)).containsExactly(1L, 3L);
        assertThat(table.numbersAt(0x8fff)).containsExactly(3L);
    }

    @Test
    void anEmptyOrBackwardRangeHoldsNothingAndAddressesHaveNoSign() {
        table.add(0x1000, 0x1000, 1);
        table.add(0, 0, 2);
        table.add(0x3000, 0x2000, 3);
        table.add(-0x1000, 0, 4);

        for (long address : new long[] {0, 0xfff, 0x1000, 0x2fff, Long.MIN_VALUE}) {
            assertThat(table.numbersAt(address)).as("at 0x%x", address).isEmpty();
        }
        assertThat(table.numbersAt(-1)).containsExactly(4L);
        assertThat(table.numbersAt(-0x1000)).containsExactly(4L);
    }

    @Test
    void aRangeMayBeAddedLater() {
        table.add(0x1000, 0x2000, 1);
        assertThat(table.numbersAt(0x1800)).containsExactly(1L);
        table.add(0x1800, 0x1900, 0);
        assertThat(table.numbersAt(0x1800)).containsExactly(0L, 1L);
    }

    /** Compares with looking at one range after the other. */
    @Test
    void anyRangesAreFound() {
        Random random = new Random(1);
        List<int[]> ranges = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int start = random.nextInt(1000);
            ranges.add(new int[] {start, start + random.nextInt(1 << random.nextInt(9))});
            table.add(ranges.get(i)[0], ranges.get(i)[1], i);
        }
        for (int address = 0; address < 1500; address++) {
            TreeSet<Long> expected = new TreeSet<>();
            for (int i = 0; i < ranges.size(); i++) {
                if (address >= ranges.get(i)[0] && address < ranges.get(i)[1]) {
                    expected.add((long) i);
                }
            }
            assertThat(table.numbersAt(address)).containsExactlyElementsOf(expected);
        }
    }
}
