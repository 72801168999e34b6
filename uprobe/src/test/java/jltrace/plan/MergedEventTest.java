package jltrace.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jltrace.code.ProbeSite;
import jltrace.code.UprobeClass;
import jltrace.plan.EventLayout.Kind;
import jltrace.tracefs.EventFormat;
import jltrace.tracefs.TraceFsException;
import org.junit.jupiter.api.Test;

/** Events of a plan put together, seen as the kernel sees them: lines of uprobe_events, and records with packed fields. */
class MergedEventTest {
    /** Where an entry's fields begin: behind the common fields and the probe's address. */
    private static final int FIELDS = 16;

    private static final CaptureShape NOTHING = CaptureShape.REGISTERS;
    private static final CaptureShape ONE_STRING = new CaptureShape(0, 1, 5, 0);
    private static final CaptureShape TWO_STRINGS = new CaptureShape(0, 2, 5, 0);
    private static final CaptureShape STACK_AND_FORMAT = new CaptureShape(6, 4, 5, 4);

    private final FixtureProgram fixture = new FixtureProgram("nolibc");
    private int points;

    MergedEventTest() throws IOException {}

    @Test
    void whatLittleIsAddedToIsOneEventOfTheKernel() {
        List<MergedEvent> merged = MergedEvent.of(List.of(
                entries(NOTHING),
                entries(ONE_STRING),
                exits(ONE_STRING),
                exits(NOTHING),
                event(Kind.LEAVE, NOTHING, CaptureShape.passageArguments(4)),
                event(Kind.TAIL_CALL, NOTHING, CaptureShape.passageArguments(5))));
        // Entries come last: of two probes at one address the kernel runs the one that was opened later first.
        assertThat(merged.stream().map(event -> event.points().size())).containsExactly(4, 2);
        assertThat(merged.get(1).points()).extracting(MergedEventTest::kind).containsOnly("entry");
        assertThat(merged.get(0).points()).extracting(MergedEventTest::kind).doesNotContain("entry");
    }

    /** Entries alone capture argument registers; what is filled up does not count. */
    private static String kind(ProbePlan.Point point) {
        return fetched(point).getOrDefault("a0", "").startsWith("%") ? "entry" : "other";
    }

    @Test
    void returnProbesStayByThemselves() {
        List<MergedEvent> merged = MergedEvent.of(List.of(entries(ONE_STRING), returns(NOTHING), returns(ONE_STRING)));
        assertThat(merged.stream()
                        .map(event -> event.probeKind() + " " + event.points().size()))
                .containsExactlyInAnyOrder("INSTRUCTION 1", "FUNCTION_RETURN 2");
    }

    @Test
    void anEntryIsNotMadeMoreThanTwiceAsLarge() {
        List<ProbePlan.Event> events =
                List.of(entries(NOTHING), entries(ONE_STRING), entries(TWO_STRINGS), entries(STACK_AND_FORMAT));
        List<Integer> own =
                events.stream().map(event -> recordSize(event.points().get(0))).toList();
        for (MergedEvent event : MergedEvent.of(events)) {
            for (ProbePlan.Point point : event.points()) {
                int number =
                        Integer.parseInt(fetched(point).getOrDefault("id", "").substring(1));
                assertThat(recordSize(point)).isLessThanOrEqualTo(2 * own.get(number) + 1);
            }
        }
    }

    @Test
    void manyPointsAreNotAddedTo() {
        List<ProbePlan.Point> many =
                Collections.nCopies(20_000, exits(NOTHING).points().get(0));
        List<MergedEvent> merged =
                MergedEvent.of(List.of(entries(ONE_STRING), new ProbePlan.Event(Kind.EXIT, NOTHING, many)));
        assertThat(merged.stream().map(event -> event.points().size())).containsExactlyInAnyOrder(1, 20_000);
    }

    @Test
    void allPointsOfAnEventHaveTheSameNamesAndTypes() {
        for (MergedEvent event : MergedEvent.of(all())) {
            assertThat(event.points().stream()
                            .map(point -> point.fetchArguments().replaceAll("=[^ ]*:", ":"))
                            .distinct())
                    .hasSize(1);
        }
    }

    @Test
    void everyPointCapturesWhatItsOwnEventCaptured() {
        Map<Long, Map<String, String>> own = new LinkedHashMap<>();
        List<ProbePlan.Event> events = all();
        events.forEach(event -> own.put(
                event.points().get(0).fileOffset(), fetched(event.points().get(0))));
        int seen = 0;
        for (MergedEvent event : MergedEvent.of(events)) {
            for (ProbePlan.Point point : event.points()) {
                assertThat(fetched(point)).containsAllEntriesOf(own.get(point.fileOffset()));
                seen++;
            }
        }
        assertThat(seen).isEqualTo(events.size());
    }

    @Test
    void aRecordIsReadAsOneOfTheEventThatItIsOf() throws TraceFsException {
        List<ProbePlan.Event> events = all();
        for (MergedEvent merged : MergedEvent.of(events)) {
            EventRecords records = merged.records(format(merged.points().get(0)));
            for (ProbePlan.Point point : merged.points()) {
                ProbePlan.Event own = events.get((int) point.fileOffset());
                Map<String, Integer> offsets = offsets(point);
                byte[] raw = new byte[4096];
                if (offsets.containsKey("variant")) {
                    raw[offsets.get("variant")] = Byte.parseByte(
                            fetched(point).getOrDefault("variant", "").substring(1));
                }
                EventLayout layout = records.layout(raw, 0);
                assertThat(layout.kind()).isEqualTo(own.kind());
                assertThat(layout.shape()).isEqualTo(own.shape());
                int memory = layout.memory();
                for (int unit = 0; unit < own.shape().textUnits() + own.shape().smallUnits(); unit++) {
                    assertThat(memory).isEqualTo(offsets.get("m" + unit + "_0"));
                    memory += 8 * (unit < own.shape().textUnits() ? own.shape().textWords() : CaptureShape.SMALL_WORDS);
                }
                for (int slot = 0; slot < own.shape().stackSlots(); slot++) {
                    assertThat(layout.stackSlots() + 8 * slot).isEqualTo(offsets.get("k" + slot));
                }
                for (int register = 0; own.kind() == Kind.ENTRY && register < 6; register++) {
                    assertThat(layout.registers() + 8 * register).isEqualTo(offsets.get("a" + register));
                }
            }
        }
    }

    private List<ProbePlan.Event> all() {
        points = 0;
        return List.of(
                entries(NOTHING),
                entries(TWO_STRINGS),
                entries(new CaptureShape(2, 1, 5, 0)),
                entries(new CaptureShape(6, 2, 5, 0)),
                entries(ONE_STRING),
                entries(STACK_AND_FORMAT),
                entries(new CaptureShape(0, 1, 67, 0)),
                entries(new CaptureShape(0, 1, 64, 1)),
                exits(NOTHING),
                exits(ONE_STRING),
                returns(NOTHING),
                returns(ONE_STRING),
                event(Kind.LEAVE, NOTHING, CaptureShape.passageArguments(12)),
                event(Kind.STATUS, NOTHING, CaptureShape.statusArguments()));
    }

    /** What is fetched for each field. */
    private static Map<String, String> fetched(ProbePlan.Point point) {
        Map<String, String> fetched = new LinkedHashMap<>();
        for (String argument : point.fetchArguments().split(" ", -1)) {
            String name = argument.substring(0, argument.indexOf('='));
            String before = fetched.put(name, argument.substring(argument.indexOf('=') + 1, argument.lastIndexOf(':')));
            assertThat(before).as("two fields are called " + name).isNull();
        }
        return fetched;
    }

    /** The kernel packs the fields in the order of the line. */
    private static Map<String, Integer> offsets(ProbePlan.Point point) {
        Map<String, Integer> offsets = new LinkedHashMap<>();
        int at = FIELDS;
        for (String argument : point.fetchArguments().split(" ", -1)) {
            offsets.put(argument.substring(0, argument.indexOf('=')), at);
            Matcher type = Pattern.compile(".*:[ux](\\d+)(?:\\[(\\d+)])?").matcher(argument);
            assertThat(type.matches()).as(argument).isTrue();
            at += Integer.parseInt(type.group(1)) / 8 * (type.group(2) == null ? 1 : Integer.parseInt(type.group(2)));
        }
        offsets.put("end", at);
        return offsets;
    }

    private static EventFormat format(ProbePlan.Point point) {
        List<EventFormat.Field> fields = new ArrayList<>();
        offsets(point).forEach((name, offset) -> fields.add(new EventFormat.Field(name, offset, 8)));
        return new EventFormat(1, fields);
    }

    private static int recordSize(ProbePlan.Point point) {
        return offsets(point).getOrDefault("end", FIELDS) - FIELDS;
    }

    private ProbePlan.Event entries(CaptureShape shape) {
        return event(Kind.ENTRY, shape, shape.entryArguments(points, units(shape, "%si")));
    }

    private static List<MemoryPlan.Unit> units(CaptureShape shape, String pointer) {
        return Collections.nCopies(shape.textUnits() + shape.smallUnits(), new MemoryPlan.Unit(pointer, 0));
    }

    private ProbePlan.Event returns(CaptureShape shape) {
        return event(Kind.RETURN, shape, shape.exitArguments(points, units(shape, "%ax")));
    }

    private ProbePlan.Event exits(CaptureShape shape) {
        return event(Kind.EXIT, shape, shape.exitArguments(points, units(shape, "%ax")));
    }

    private ProbePlan.Event event(Kind kind, CaptureShape shape, String arguments) {
        ProbePlan.Point point =
                new ProbePlan.Point(fixture.program, new ProbeSite(points, UprobeClass.EMULATED), points, arguments);
        points++;
        return new ProbePlan.Event(kind, shape, List.of(point));
    }
}
