package jltrace.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jltrace.plan.EventLayout.Kind;
import jltrace.tracefs.EventFormat;
import jltrace.tracefs.TraceFsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What records mean, given how the kernel lays out the fetch arguments of a point: packed, in the order of its line. */
class EventTypeTest {
    /** Where the first field is: behind the common fields and the address. */
    private static final int FIELDS = 16;

    private static final CaptureLimits LIMITS = CaptureLimits.DEFAULT;

    private static Map<String, Integer> offsets(String fetchArguments) {
        Map<String, Integer> offsets = new LinkedHashMap<>();
        int at = FIELDS;
        for (String argument : fetchArguments.split(" ", -1)) {
            offsets.put(argument.substring(0, argument.indexOf('=')), at);
            Matcher type = Pattern.compile(".*:[ux](\\d+)(?:\\[(\\d+)])?").matcher(argument);
            assertThat(type.matches()).as(argument).isTrue();
            at += Integer.parseInt(type.group(1)) / 8 * (type.group(2) == null ? 1 : Integer.parseInt(type.group(2)));
        }
        return offsets;
    }

    private static EventFormat format(String fetchArguments) {
        List<EventFormat.Field> fields = new ArrayList<>();
        offsets(fetchArguments).forEach((name, offset) -> fields.add(new EventFormat.Field(name, offset, 8)));
        return new EventFormat(1, fields);
    }

    private static byte[] recordOf(String fetchArguments) {
        Matcher number = Pattern.compile("id=\\\\(\\d+):u32 .*").matcher(fetchArguments);
        assertThat(number.matches()).isTrue();
        ByteBuffer record = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        return record.putInt(FIELDS, Integer.parseInt(number.group(1))).array();
    }

    @Test
    void anEntryHasItsFieldsWhereTheKernelPutsThem() throws TraceFsException {
        CaptureShape shape = CaptureShape.atInstruction(5, true, LIMITS);
        String arguments = CaptureShape.numbered(7, shape.entry(Collections.nCopies(5, new MemoryPlan.Unit("%si", 0))));
        Map<String, Integer> offsets = offsets(arguments);
        EventLayout layout = new EventType(EventType.Stop.INSTRUCTION, shape)
                .records(format(arguments))
                .layout(recordOf(arguments), 0);
        assertThat(layout.kind()).isEqualTo(Kind.ENTRY);
        assertThat(layout.number()).isEqualTo(offsets.get("id"));
        assertThat(layout.stackPointer()).isEqualTo(offsets.get("sp"));
        assertThat(layout.returnAddress()).isEqualTo(offsets.get("ra"));
        assertThat(layout.stackSlots()).isEqualTo(layout.returnAddress() + 8);
        for (int register = 0; register < 6; register++) {
            assertThat(layout.registers() + 8 * register).isEqualTo(offsets.get("a" + register));
        }
        for (int unit = 0; unit < shape.units(); unit++) {
            assertThat(layout.memory() + 8 * shape.unitWords() * unit).isEqualTo(offsets.get("m" + unit));
        }
    }

    @Test
    void aReturnHasItsResultInTwoRegisters() throws TraceFsException {
        CaptureShape shape = CaptureShape.atReturn(1, LIMITS);
        String arguments = CaptureShape.numbered(7, shape.returned(List.of()));
        assertThat(arguments).contains("a0=%ax:u64 a1=%dx:u64 ");
        Map<String, Integer> offsets = offsets(arguments);
        EventLayout layout = new EventType(EventType.Stop.RETURN, shape)
                .records(format(arguments))
                .layout(recordOf(arguments), 0);
        assertThat(layout.kind()).isEqualTo(Kind.RETURN);
        assertThat(layout.registers()).isEqualTo(offsets.get("a0"));
        assertThat(layout.registers() + 8).isEqualTo(offsets.get("a1"));
        assertThat(layout.memory()).isEqualTo(offsets.get("m0"));
    }

    @Test
    void whatIsGivenBackIsInTheSameTwoRegistersAtAReturnInstruction() throws TraceFsException {
        CaptureShape shape = CaptureShape.atInstruction(1, false, LIMITS);
        String arguments = CaptureShape.numbered(EventType.numbered(Kind.EXIT, 7), shape.exit(List.of()));
        assertThat(arguments).contains("a0=%ax:u64 a1=%dx:u64 ");
        Map<String, Integer> offsets = offsets(arguments);
        EventLayout layout = new EventType(EventType.Stop.INSTRUCTION, shape)
                .records(format(arguments))
                .layout(recordOf(arguments), 0);
        assertThat(layout.kind()).isEqualTo(Kind.EXIT);
        assertThat(layout.registers()).isEqualTo(offsets.get("a0"));
        assertThat(layout.registers() + 8).isEqualTo(offsets.get("a1"));
        assertThat(layout.memory()).isEqualTo(offsets.get("m0"));
    }

    @Test
    void whatNeedsNoMemoryHasNone() throws TraceFsException {
        for (String arguments : List.of(
                CaptureShape.atInstruction(0, false, LIMITS).entry(List.of()),
                CaptureShape.atReturn(0, LIMITS).returned(List.of()))) {
            assertThat(arguments).doesNotContain("m0");
        }
        String arguments = CaptureShape.numbered(7, CaptureShape.REGISTERS.returned(List.of()));
        assertThat(new EventType(EventType.Stop.RETURN, CaptureShape.REGISTERS)
                        .records(format(arguments))
                        .layout(7)
                        .kind())
                .isEqualTo(Kind.RETURN);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"ENTRY", "EXIT", "LEAVE", "TAIL_CALL", "STATUS"})
    void whatReachingAnInstructionMeansIsInItsNumber(Kind kind) throws TraceFsException {
        CaptureShape shape = CaptureShape.REGISTERS;
        for (int number : new int[] {0, 1, 4711, (1 << 28) - 1}) {
            int numbered = EventType.numbered(kind, number);
            String arguments = CaptureShape.numbered(numbered, shape.passage("%ax"));
            EventRecords records = new EventType(EventType.Stop.INSTRUCTION, shape).records(format(arguments));
            assertThat(records.layout(recordOf(arguments), 0).kind()).isEqualTo(kind);
            assertThat(EventRecords.number(numbered)).isEqualTo(number);
        }
    }

    @Test
    void moreNumbersThanThereIsRoomForAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> EventType.numbered(Kind.EXIT, 1 << 28));
        assertThatIllegalArgumentException().isThrownBy(() -> EventType.numbered(Kind.SIGNAL, 1));
    }

    @Test
    void noShapeHasFewerUnitsThanAreNeeded() {
        for (int bytes : new int[] {0, 7, 8, 32, 100, 511, 5000, 1 << 20}) {
            CaptureLimits limits = new CaptureLimits(bytes, 4);
            for (int units = 0; units <= limits.mostUnits(); units++) {
                assertThat(CaptureShape.atInstruction(units, false, limits).units())
                        .isGreaterThanOrEqualTo(units);
                CaptureShape withStack = CaptureShape.atInstruction(units, true, limits);
                assertThat(withStack.units()).isGreaterThanOrEqualTo(units);
                assertThat(withStack.stackSlots()).isEqualTo(6);
            }
            for (int units = 0; units <= CaptureShape.mostUnitsAtEnd(limits); units++) {
                assertThat(CaptureShape.atReturn(units, limits).units()).isGreaterThanOrEqualTo(units);
            }
        }
    }

    /** A point that captures more than it needs has everything where one of the wider shape has it. */
    @Test
    void aPointOfAnotherTypeCapturesThePlacesOfAWiderOne() {
        List<MemoryPlan.Unit> one = List.of(new MemoryPlan.Unit("%si", 8));
        CaptureShape few = CaptureShape.atInstruction(1, false, LIMITS);
        CaptureShape some = CaptureShape.atInstruction(1, true, LIMITS);
        CaptureShape many = CaptureShape.atInstruction(LIMITS.mostUnits(), false, LIMITS);
        CaptureShape little = CaptureShape.atReturn(1, LIMITS);

        assertThat(CaptureShape.REGISTERS.widened(CaptureShape.REGISTERS.entry(List.of()), few))
                .isEqualTo(few.entry(List.of()));
        assertThat(CaptureShape.REGISTERS.widened(CaptureShape.REGISTERS.passage("%di"), few))
                .isEqualTo(few.passage("%di"));
        assertThat(some.widened(some.entry(one), many)).isEqualTo(many.entry(one));
        assertThat(CaptureShape.REGISTERS.widened(CaptureShape.REGISTERS.returned(List.of()), little))
                .isEqualTo(little.returned(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> few.widened(few.entry(one), some));
        assertThatIllegalArgumentException().isThrownBy(() -> many.widened(many.entry(one), some));
    }

    @Test
    void whatCapturesLittleIsNotWidenedToWhatCapturesMuch() {
        EventType registers = new EventType(EventType.Stop.INSTRUCTION, CaptureShape.REGISTERS);
        EventType few = new EventType(EventType.Stop.INSTRUCTION, CaptureShape.atInstruction(1, false, LIMITS));
        EventType some = new EventType(EventType.Stop.INSTRUCTION, CaptureShape.atInstruction(1, true, LIMITS));
        EventType many =
                new EventType(EventType.Stop.INSTRUCTION, CaptureShape.atInstruction(LIMITS.mostUnits(), true, LIMITS));
        EventType back = new EventType(EventType.Stop.RETURN, CaptureShape.atReturn(1, LIMITS));

        assertThat(few.takesIn(registers)).isTrue();
        assertThat(registers.takesIn(few)).isFalse();
        assertThat(some.takesIn(few)).isFalse();
        assertThat(many.takesIn(some)).isTrue();
        assertThat(back.takesIn(registers)).as("stops elsewhere").isFalse();
    }
}
