package jltrace.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressSpaceTest {
    private static final int SIZE = 200;

    /** What lies at each address, one by one. */
    private final int[] objects = new int[SIZE];

    private final long[] fileOffsets = new long[SIZE];

    private void map(AddressSpace space, int start, int end, long fileOffset, int object) {
        space.map(start, end, fileOffset, object);
        for (int i = start; i < end; i++) {
            objects[i] = object;
            fileOffsets[i] = fileOffset + i - start;
        }
    }

    private void assertSame(AddressSpace space, String description) {
        for (int i = 0; i < SIZE; i++) {
            assertThat(space.objectAt(i)).as("object at %d %s", i, description).isEqualTo(objects[i]);
            if (objects[i] != ObjectTable.NO_OBJECT) {
                assertThat(space.fileOffsetAt(i))
                        .as("offset at %d %s", i, description)
                        .isEqualTo(fileOffsets[i]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 20, 150})
    void itIsWhatAMapOfEveryAddressIs(int longest) {
        for (int seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            Arrays.fill(objects, ObjectTable.NO_OBJECT);
            AddressSpace space = new AddressSpace();
            for (int i = 0; i < 60; i++) {
                int start = random.nextInt(SIZE - longest);
                int object = random.nextInt(5) - 1;
                map(space, start, start + 1 + random.nextInt(longest), random.nextInt(1000), object);
                // A look-up may be remembered, and must not outlive the mapping.
                space.objectAt(random.nextInt(SIZE));
            }
            assertSame(space, "with seed " + seed);
        }
    }

    @Test
    void aCopyGoesItsOwnWay() {
        AddressSpace space = new AddressSpace();
        space.map(10, 20, 0, 1);
        AddressSpace copy = space.copy();
        copy.map(10, 15, 0, 2);
        space.map(15, 20, 0, 3);
        assertThat(space.objectAt(12)).isEqualTo(1);
        assertThat(space.objectAt(17)).isEqualTo(3);
        assertThat(copy.objectAt(12)).isEqualTo(2);
        assertThat(copy.objectAt(17)).isEqualTo(1);
        assertThat(copy.fileOffsetAt(17)).isEqualTo(7);
    }

    @Test
    void afterClearingNothingIsMapped() {
        AddressSpace space = new AddressSpace();
        space.map(10, 20, 0, 1);
        assertThat(space.objectAt(10)).isEqualTo(1);
        space.clear();
        assertThat(space.objectAt(10)).isEqualTo(ObjectTable.NO_OBJECT);
        space.map(10, 20, 0, 2);
        assertThat(space.objectAt(10)).isEqualTo(2);
    }

    @Test
    void addressesOfTheUpperHalfAreMappedToo() {
        AddressSpace space = new AddressSpace();
        space.map(0x7ffff0000000L, 0x7ffff0001000L, 0, 1);
        // The vsyscall page.
        assertThat(space.objectAt(0xffffffffff600000L)).isEqualTo(ObjectTable.NO_OBJECT);
        assertThat(space.objectAt(Long.MIN_VALUE)).isEqualTo(ObjectTable.NO_OBJECT);
    }
}
