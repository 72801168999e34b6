package jltrace.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jltrace.call.Capture;
import jltrace.call.Captures;
import jltrace.call.FakeMemory;
import jltrace.plan.ArgumentPlan;
import jltrace.plan.CaptureLimits;
import jltrace.type.CType;
import jltrace.type.Display;
import jltrace.type.EnumType;
import jltrace.type.FloatingType;
import jltrace.type.FunctionSignature;
import jltrace.type.HiddenType;
import jltrace.type.IntegerType;
import jltrace.type.LengthExpression;
import jltrace.type.Parameter;
import jltrace.type.PointerType;
import jltrace.type.Presence;
import jltrace.type.StringType;
import jltrace.type.VoidType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ValueDecoderTest {
    private static final long PAGE_END = 0x7000;

    private final FakeMemory memory = new FakeMemory();
    private MemoryProbe.Presence presence = MemoryProbe.Presence.MAPPED;
    private final List<Long> asked = new ArrayList<>();

    private static ArgumentPlan plan(CType result, Parameter... parameters) {
        return new ArgumentPlan(
                new FunctionSignature("f", result, List.of(parameters), false, false), CaptureLimits.DEFAULT);
    }

    private static Parameter[] of(CType... types) {
        return Arrays.stream(types).map(Parameter::of).toArray(Parameter[]::new);
    }

    private List<String> arguments(ArgumentPlan plan, long... slots) {
        HeardValues heard = new HeardValues();
        decoder().arguments(plan, Captures.entry(plan, memory, slots), Captures.process(1), heard);
        return heard.values;
    }

    private ValueDecoder decoder() {
        return new ValueDecoder(
                CaptureLimits.DEFAULT,
                (pid, address, stack) -> {
                    asked.add(address);
                    return presence;
                },
                FunctionNames.NONE);
    }

    private List<String> string(long address, String text) {
        memory.text(address, text);
        return string(address);
    }

    private List<String> string(long address) {
        return arguments(plan(VoidType.VOID, of(StringType.C_STRING)), address);
    }

    private List<String> result(CType type, @Nullable Long value) {
        ArgumentPlan plan = plan(type);
        HeardValues heard = new HeardValues();
        Capture exit = value == null ? null : Captures.exit(plan, memory, value, 0);
        decoder().result(plan, exit, Captures.process(1), heard);
        return heard.values;
    }

    @Test
    void integersAreCutToTheirTypeAndHaveItsSign() {
        long garbage = 0xdeadbeef_fffffffeL;
        assertThat(arguments(
                        plan(
                                VoidType.VOID,
                                of(
                                        IntegerType.INT,
                                        IntegerType.UNSIGNED_INT,
                                        IntegerType.SHORT,
                                        IntegerType.UNSIGNED_SHORT,
                                        IntegerType.CHAR,
                                        IntegerType.LONG,
                                        IntegerType.INT,
                                        IntegerType.UNSIGNED_LONG)),
                        garbage,
                        garbage,
                        garbage,
                        garbage,
                        garbage,
                        -2,
                        garbage,
                        -2))
                .containsExactly("-2", "4294967294", "-2", "65534", "-2", "-2", "-2", "18446744073709551614");
    }

    @Test
    void floatingPointArgumentsTakeNoIntegersPlace() {
        assertThat(arguments(plan(VoidType.VOID, of(IntegerType.INT, FloatingType.DOUBLE, IntegerType.INT)), 1, 2))
                .containsExactly("1", "?", "2");
    }

    @Test
    void hiddenArgumentsKeepTheirPlace() {
        assertThat(arguments(
                        plan(VoidType.VOID, of(IntegerType.INT, new HiddenType(IntegerType.INT), IntegerType.INT)),
                        1,
                        2,
                        3))
                .containsExactly("1", "3");
    }

    @Test
    void argumentsThatAreNotPassedAreNotShown() {
        Parameter mode = new Parameter("mode", IntegerType.INT, false, new Presence.AnyBit(1, 0x40));
        Parameter value = new Parameter("arg", IntegerType.INT, false, new Presence.OneOf(1, List.of(-1L, 7L)));
        ArgumentPlan plan = plan(VoidType.VOID, Parameter.of(IntegerType.INT), mode, value);
        assertThat(arguments(plan, 0x41, 2, 3)).containsExactly("65", "2");
        assertThat(arguments(plan, 0x1, 2, 3)).containsExactly("1");
        assertThat(arguments(plan, 7, 2, 3)).containsExactly("7", "3");
        assertThat(arguments(plan, 0xffffffffL, 2, 3)).as("-1 has all bits").containsExactly("-1", "2", "3");
    }

    @Test
    void ofArgumentsInOnePlaceTheOneThatIsPassedIsShown() {
        Parameter flags = new Parameter("flags", IntegerType.INT, false, new Presence.OneOf(1, List.of(4L)));
        Parameter count = new Parameter("count", IntegerType.LONG, false, new Presence.OneOf(1, List.of(5L, 6L)));
        ArgumentPlan plan = plan(VoidType.VOID, Parameter.of(IntegerType.INT), flags, count);
        long garbage = 0xffffffff_00000007L;
        assertThat(arguments(plan, 4, garbage)).containsExactly("4", "7");
        assertThat(arguments(plan, 6, garbage)).containsExactly("6", Long.toString(garbage));
        assertThat(arguments(plan, 3, garbage)).containsExactly("3");
    }

    @Test
    void aStringEndsAtItsZero() {
        assertThat(string(0x1000, "hello")).containsExactly("\"hello\"");
        assertThat(string(0x1000, "hello\0there")).containsExactly("\"hello\"");
        assertThat(asked).isEmpty();
    }

    @Test
    void aLongStringIsCut() {
        assertThat(string(0x1000, "x".repeat(31))).containsExactly('"' + "x".repeat(31) + '"');
        assertThat(string(0x1000, "x".repeat(32))).containsExactly('"' + "x".repeat(32) + '"');
        assertThat(string(0x1000, "x".repeat(33))).containsExactly('"' + "x".repeat(32) + "\"...");
        assertThat(string(0x1000, "x".repeat(100))).containsExactly('"' + "x".repeat(32) + "\"...");
    }

    @Test
    void aNullPointerIsNil() {
        assertThat(string(0)).containsExactly("nil");
    }

    @Test
    void anEmptyStringIsToldFromOneThatCanNotBeRead() {
        assertThat(string(0x1234)).containsExactly("\"\"");
        assertThat(asked).containsExactly(0x1234L);
        presence = MemoryProbe.Presence.UNMAPPED;
        assertThat(string(0x1234)).containsExactly("0x1234");
        presence = MemoryProbe.Presence.UNKNOWN;
        assertThat(string(0x1234)).containsExactly("?");
    }

    @Test
    void aStringThatRunsIntoUnmappedMemoryHasNoEnd() {
        memory.put(PAGE_END - 5, "uuuuu".getBytes(StandardCharsets.US_ASCII));
        assertThat(string(PAGE_END - 5)).containsExactly("\"uuuuu\"");
        assertThat(asked).as("the zero is on the next page").containsExactly(PAGE_END);
        presence = MemoryProbe.Presence.UNMAPPED;
        assertThat(string(PAGE_END - 5)).containsExactly("\"uuuuu\"...");
        presence = MemoryProbe.Presence.UNKNOWN;
        assertThat(string(PAGE_END - 5)).containsExactly("\"uuuuu\"...");
        asked.clear();
        assertThat(string(PAGE_END - 6, "uuuuu")).as("the zero is on the page").containsExactly("\"uuuuu\"");
        assertThat(asked).isEmpty();
    }

    @Test
    void aStringsLengthMayBeAnotherArgument() {
        ArgumentPlan exactly = plan(
                VoidType.VOID,
                of(new StringType(1, new LengthExpression.Argument(2), false), IntegerType.UNSIGNED_LONG));
        memory.text(0x1000, "ab\0cd and more");
        assertThat(arguments(exactly, 0x1000, 5)).containsExactly("\"ab\0cd\"", "5");
        assertThat(arguments(exactly, 0x1000, 0)).containsExactly("\"\"", "0");
        assertThat(arguments(exactly, 0x1000, 1000))
                .containsExactly("\"ab\0cd and more" + "\0".repeat(18) + "\"...", "1000");
        ArgumentPlan within =
                plan(VoidType.VOID, of(StringType.within(new LengthExpression.Argument(2)), IntegerType.UNSIGNED_LONG));
        assertThat(arguments(within, 0x1000, 1)).containsExactly("\"a\"", "1");
        assertThat(arguments(within, 0x1000, 9)).containsExactly("\"ab\"", "9");
        ArgumentPlan signed =
                plan(VoidType.VOID, of(StringType.within(new LengthExpression.Argument(2)), IntegerType.INT));
        assertThat(arguments(signed, 0x1000, -1)).containsExactly("\"ab\"", "-1");
    }

    @Test
    void bytesThatCouldNotBeReadAreNotShownAsZeros() {
        ArgumentPlan exactly = plan(
                VoidType.VOID,
                of(new StringType(1, new LengthExpression.Argument(2), false), IntegerType.UNSIGNED_LONG));
        memory.put(PAGE_END - 2, "ab".getBytes(StandardCharsets.US_ASCII));
        memory.text(0x1000, "ab");
        presence = MemoryProbe.Presence.UNMAPPED;
        assertThat(arguments(exactly, PAGE_END - 2, 6)).containsExactly("\"ab\"...", "6");
        assertThat(arguments(exactly, 0x1000, 6)).as("all on one page").containsExactly("\"ab\0\0\0\0\"", "6");
        assertThat(arguments(exactly, 0x9000, 6)).containsExactly("0x9000", "6");
    }

    @Test
    void anOutputBufferIsAnAddress() {
        ArgumentPlan plan = plan(VoidType.VOID, new Parameter("buffer", StringType.C_STRING, true));
        assertThat(arguments(plan, 0x1000)).containsExactly("0x1000");
    }

    @Test
    void pointersAndEnumerationsAreHandedOn() {
        EnumType type = new EnumType(
                IntegerType.INT, List.of(EnumType.Constant.enumerator("A", -1)), EnumType.Kind.ENUMERATION);
        assertThat(arguments(plan(VoidType.VOID, of(PointerType.OPAQUE, type)), 0x10, 0xffffffffL))
                .containsExactly("0x10", "enum -1");
    }

    @Test
    void resultsAreValuesOfTheirType() {
        assertThat(result(IntegerType.INT, 0xdeadbeef_ffffffffL)).containsExactly("-1");
        assertThat(result(VoidType.VOID, 5L)).containsExactly("void");
        assertThat(result(FloatingType.DOUBLE, 5L)).containsExactly("?");
        assertThat(result(PointerType.OPAQUE, 0x10L)).containsExactly("0x10");
        memory.text(0x1000, "x");
        assertThat(result(StringType.C_STRING, 0x1000L)).containsExactly("\"x\"");
        assertThat(result(StringType.C_STRING, 0L)).containsExactly("nil");
        assertThat(result(IntegerType.CHAR.shownAs(Display.BOOLEAN), 0x100L)).containsExactly("0");
    }

    @Test
    void aResultThatWasNotSeenIsUnknown() {
        assertThat(result(IntegerType.INT, null)).containsExactly("?");
        assertThat(result(VoidType.VOID, null)).containsExactly("void");
    }
}
