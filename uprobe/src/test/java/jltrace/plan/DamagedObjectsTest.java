package jltrace.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import jltrace.bytes.ByteSource;
import jltrace.elf.ElfFile;
import jltrace.elf.Section;
import jltrace.elf.Segment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Libraries of which a part is corrupt that the dynamic loader does not read, so that programs run with them: what is not affected is
 * traced, and the part is told of.
 */
class DamagedObjectsTest {
    private static final String PROGRAM = "integers";
    private static final String LIBRARY = "libcalls.so.1";
    private static final TraceSelection ALL =
            new TraceSelection(List.of(), Optional.empty(), Optional.empty(), List.of(), true);
    private static final ReturnFacts NOTHING_KNOWN = (library, function) -> ReturnFacts.Fact.UNKNOWN;

    private static TraceSelection named(String expression) throws FilterSyntaxException {
        return new TraceSelection(
                List.of(), Optional.empty(), Optional.of(FilterExpression.parse(expression)), List.of(), false);
    }

    private static ByteBuffer buffer(byte[] file) {
        return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void put(byte[] file, ToLongFunction<ElfFile> place, int value) {
        buffer(file).putInt((int) place.applyAsLong(ElfFile.parse(ByteSource.of(file), "good")), value);
    }

    private static long section(ElfFile elf, int type) {
        return elf.sections().stream()
                .filter(section -> section.type() == type)
                .findFirst()
                .orElseThrow()
                .fileOffset();
    }

    private static long segment(ElfFile elf, int type) {
        return elf.segments().stream()
                .filter(segment -> segment.type() == type)
                .findFirst()
                .orElseThrow()
                .fileOffset();
    }

    /** The size of the first note's name: more than there is. */
    private static void corruptNotes(byte[] file) {
        put(file, elf -> section(elf, Section.NOTE), -1);
    }

    /** The version of the index of {@code .eh_frame}. */
    private static void corruptUnwindTable(byte[] file) {
        put(file, elf -> segment(elf, Segment.GNU_EH_FRAME), -1);
    }

    /** The place of the section headers. */
    private static void corruptSections(byte[] file) {
        put(file, elf -> 44, -1);
    }

    private static Consumer<byte[]> damage(String part) {
        return switch (part) {
            case "notes" -> DamagedObjectsTest::corruptNotes;
            case "unwind entries" -> DamagedObjectsTest::corruptUnwindTable;
            default -> DamagedObjectsTest::corruptSections;
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"notes", "unwind entries", "local symbols"})
    void whatTheLoaderDoesNotReadMayBeCorrupt(String part) throws IOException {
        FixtureProgram whole = new FixtureProgram(PROGRAM);
        FixtureProgram damaged = new FixtureProgram(PROGRAM, LIBRARY, damage(part));

        assertThat(names(damaged.plan(ALL, NOTHING_KNOWN))).isEqualTo(names(whole.plan(ALL, NOTHING_KNOWN)));
        assertThat(whole.damages.notices()).isEmpty();
        assertThat(damaged.damages.notices())
                .anySatisfy(notice -> assertThat(notice)
                        .startsWith("the " + part + " of " + LIBRARY + " can't be read and are not used: "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"notes", "local symbols"})
    void theReturnAddressStaysWhereNobodyKnowsWhetherTheStackMoves(String part) throws IOException {
        FixtureProgram damaged = new FixtureProgram(PROGRAM, LIBRARY, damage(part));

        assertThat(damaged.plan(ALL, (library, function) -> ReturnFacts.Fact.ORDINARY)
                        .functions())
                .filteredOn(function -> function.function().object().name().equals(LIBRARY))
                .isNotEmpty()
                .noneMatch(function -> function.function().strategy() == ReturnStrategy.URETPROBE);
    }

    @Test
    void functionsWithSymbolsAreFoundByNameThoughOthersHaveNone() throws IOException, FilterSyntaxException {
        FixtureProgram damaged = new FixtureProgram(PROGRAM, LIBRARY, DamagedObjectsTest::corruptSections);

        assertThat(names(damaged.plan(named("puts"), NOTHING_KNOWN))).containsExactly("libc.so.6 puts");
    }

    /** The table of hashes, through which the loader finds symbols: here it would not find them, so the program would not start. */
    @Test
    void aLibraryWhoseSymbolsCannotBeReadIsLeftOutAndTheOthersAreTraced() throws IOException {
        FixtureProgram damaged =
                new FixtureProgram(PROGRAM, LIBRARY, file -> put(file, elf -> section(elf, 0x6fff_fff6), -1));

        assertThat(damaged.plan(ALL, NOTHING_KNOWN).functions())
                .isNotEmpty()
                .noneMatch(function -> function.function().object().name().equals(LIBRARY));
        assertThat(damaged.damages.notices())
                .anySatisfy(notice -> assertThat(notice).startsWith("the symbols of "));
    }

    private static List<String> names(ProbePlan plan) {
        return plan.functions().stream()
                .map(function -> function.function().object().name() + " "
                        + function.function().name())
                .sorted()
                .toList();
    }
}
