package jltrace.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jltrace.prototype.PrototypeSearchPath;
import jltrace.prototype.Prototypes;
import jltrace.type.ArrayType;
import jltrace.type.CType;
import jltrace.type.FloatingType;
import jltrace.type.FormatType;
import jltrace.type.FunctionSignature;
import jltrace.type.IntegerType;
import jltrace.type.LengthExpression;
import jltrace.type.Parameter;
import jltrace.type.PointerType;
import jltrace.type.StringType;
import jltrace.type.StructType;
import jltrace.type.VoidType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fetch arguments are those of Documentation/trace/uprobetracer.rst. */
class ArgumentPlanTest {
    /** {@code NAME=FETCHARG:TYPE}, where FETCHARG is %REG, \IMM, +N(FETCHARG). */
    private static final Pattern FETCH_ARGUMENT = Pattern.compile(
            "[a-z][a-z0-9_]*=(%(di|si|dx|cx|r8|r9|ax|dx|sp)|\\\\\\d+|(\\+\\d+\\(){1,14}%(di|si|dx|cx|r8|r9|ax|sp)\\)+)"
                    + ":(u32|u64|x64(\\[\\d+\\])?)");

    private static final Pattern FUNCTION = Pattern.compile("^(?!typedef|;)[a-z][^;]*? (\\w+)\\(.*\\);");

    /** Kernel limits: kernel/trace/trace_probe.h. */
    private static final int MOST_ARGUMENTS = 128;

    private static final int LONGEST_ARRAY = 64;
    private static final int LONGEST_NAME = 32;
    /** A line of uprobe_events is less than 4096 characters. */
    private static final int LONGEST_LINE = 4095;
    /** MAX_PROBE_EVENT_SIZE; kernels before it gather the arguments in a page and do not check that they fit. */
    private static final int LARGEST_RECORD = 3072;

    /** A record of usual limits, with the kernel's and perf's headers, is less than a kilobyte. */
    private static final int LARGEST_USUAL_RECORD = 1024 - 64;

    private static ArgumentPlan plan(int stringBytes, boolean variadic, CType result, CType... types) {
        return plan(new CaptureLimits(stringBytes, 4), variadic, result, types);
    }

    private static ArgumentPlan plan(CaptureLimits limits, boolean variadic, CType result, CType... types) {
        return new ArgumentPlan(
                new FunctionSignature(
                        "f", result, Arrays.stream(types).map(Parameter::of).toList(), variadic, false),
                limits);
    }

    private static StructType list(String name) {
        StructType list = StructType.declared(name);
        PointerType pointer = new PointerType(list);
        list.define(List.of(
                new StructType.Member("name", StringType.C_STRING),
                new StructType.Member("left", pointer),
                new StructType.Member("right", pointer),
                new StructType.Member("all", new PointerType(new ArrayType(pointer, LengthExpression.ZERO)))));
        return list;
    }

    private static CType[] times(int count, CType type) {
        return Collections.nCopies(count, type).toArray(CType[]::new);
    }

    static Stream<ArgumentPlan> plans() {
        return Stream.of(32, 0, 7, 130, 511, 512, 1600, 5000, 64000)
                .flatMap(bytes -> Stream.of(
                        plan(bytes, false, VoidType.VOID),
                        plan(bytes, false, IntegerType.INT, times(4, IntegerType.GUESS)),
                        plan(bytes, false, StringType.C_STRING, StringType.C_STRING),
                        plan(bytes, false, IntegerType.INT, times(10, StringType.C_STRING)),
                        plan(bytes, false, IntegerType.INT, times(40, StringType.C_STRING)),
                        plan(bytes, false, IntegerType.INT, times(100, IntegerType.LONG)),
                        plan(bytes, true, IntegerType.INT, FormatType.PRINTF),
                        plan(bytes, true, IntegerType.INT, PointerType.OPAQUE, IntegerType.INT, FormatType.PRINTF),
                        plan(bytes, true, IntegerType.INT, times(20, FormatType.PRINTF)),
                        plan(bytes, true, IntegerType.INT, new FormatType(FormatType.Language.PRINTF, 4)),
                        plan(bytes, true, IntegerType.INT, FloatingType.DOUBLE, FormatType.SCANF),
                        plan(bytes, false, new PointerType(list("a")), times(8, new PointerType(list("b")))),
                        plan(new CaptureLimits(bytes, 50), false, list("a"), times(3, list("b")))));
    }

    @ParameterizedTest
    @MethodSource("plans")
    void theKernelTakesTheFetchArguments(ArgumentPlan plan) {
        for (String text : List.of(entry(plan), exit(plan))) {
            String[] arguments = text.split(" ", -1);
            assertThat(arguments)
                    .allMatch(argument -> FETCH_ARGUMENT.matcher(argument).matches());
            assertThat(arguments).hasSizeLessThanOrEqualTo(MOST_ARGUMENTS);
            assertThat(Arrays.stream(arguments).map(argument -> argument.substring(0, argument.indexOf('='))))
                    .doesNotHaveDuplicates()
                    .allMatch(name -> name.length() < LONGEST_NAME);
            assertThat(text).hasSizeLessThan(LONGEST_LINE - 300);
            int size = size(text);
            assertThat(size).isLessThan(LARGEST_RECORD);
            if (plan.shape().unitWords() == 5) {
                assertThat(size).isLessThan(LARGEST_USUAL_RECORD);
            }
        }
    }

    @Test
    void anEntryCapturesNumberFrameAndRegisters() {
        assertThat(entry(plan(32, false, VoidType.VOID, IntegerType.INT)))
                .isEqualTo("id=\\7:u32 sp=%sp:u64 a0=%di:u64 a1=%si:u64 a2=%dx:u64 a3=%cx:u64 a4=%r8:u64 a5=%r9:u64"
                        + " ra=+0(%sp):x64[1]");
    }

    @Test
    void aStringIsReadFromItsArgument() {
        ArgumentPlan plan = plan(32, false, VoidType.VOID, IntegerType.INT, StringType.C_STRING);
        assertThat(plan.pointee(0)).isSameAs(Pointee.NONE);
        assertThat(plan.pointee(1).start()).isZero();
        assertThat(plan.pointee(1).length()).isEqualTo(40);
        assertThat(entry(plan)).endsWith(" m0=+0(%si):x64[5] m1=+0(%sp):x64[5]");
    }

    @Test
    void aLongStringIsReadInPartsThatFollowEachOther() {
        ArgumentPlan plan = plan(99, false, VoidType.VOID, StringType.C_STRING);
        assertThat(entry(plan)).contains(" m0=+0(%di):x64[13] m1=+0(%sp)");
        plan = plan(199, false, VoidType.VOID, StringType.C_STRING);
        assertThat(entry(plan)).contains(" m0=+0(%di):x64[13] m1=+104(%di):x64[13]");
        assertThat(plan.pointee(0).length()).isEqualTo(200);
    }

    @Test
    void stringsThatAreTooLongForARecordAreReadInPart() {
        ArgumentPlan plan = plan(64000, false, StringType.C_STRING, StringType.C_STRING, StringType.C_STRING);
        assertThat(plan.pointee(0).length()).isEqualTo(plan.pointee(1).length()).isGreaterThan(8 * 64);
        assertThat(plan.pointee(1).start()).isEqualTo(plan.pointee(0).length());
        assertThat(plan.resultPointee().length()).isGreaterThan(8 * 64);
    }

    @Test
    void argumentsOnTheStackAreCaptured() {
        CType[] types = times(8, StringType.C_STRING);
        ArgumentPlan plan = plan(32, false, VoidType.VOID, types);
        assertThat(plan.shape().stackSlots()).isGreaterThanOrEqualTo(2);
        assertThat(entry(plan)).contains(" ra=+0(%sp):x64[7] ").contains("=+0(+16(%sp)):x64[5]");
    }

    @Test
    void aResultIsInRax() {
        assertThat(exit(plan(32, false, IntegerType.INT))).isEqualTo("id=\\7:u32 sp=%sp:u64 a0=%ax:u64 a1=%dx:u64");
        assertThat(exit(plan(32, false, StringType.C_STRING))).endsWith(" a1=%dx:u64 m0=+0(%ax):x64[5]");
    }

    @Test
    void pointersBehindPointersAreFollowed() {
        StructType entry = StructType.of(
                "entry",
                List.of(
                        new StructType.Member("number", IntegerType.LONG),
                        new StructType.Member("name", StringType.C_STRING)));
        ArgumentPlan plan = plan(32, false, VoidType.VOID, new PointerType(entry));
        assertThat(entry(plan)).contains(" m0=+0(%di):x64[5] m1=+0(+8(%di)):x64[5]");
        assertThat(plan.pointee(0).start()).isZero();
        assertThat(plan.pointee(0).at(8).start()).isEqualTo(40);
        assertThat(plan.pointee(0).at(0)).isSameAs(Pointee.NONE);
    }

    @Test
    void functionsThatCaptureAboutAsMuchShareAnEvent() {
        ArgumentPlan none = plan(32, false, VoidType.VOID, IntegerType.INT);
        ArgumentPlan one = plan(32, false, VoidType.VOID, StringType.C_STRING);
        ArgumentPlan two = plan(32, false, VoidType.VOID, StringType.C_STRING, StringType.C_STRING);
        ArgumentPlan three = plan(32, false, VoidType.VOID, times(3, StringType.C_STRING));
        assertThat(one.shape()).isEqualTo(two.shape()).hasSameHashCodeAs(two.shape());
        assertThat(two.shape()).isNotEqualTo(three.shape());
        assertThat(names(one)).isEqualTo(names(two));
        assertThat(names(none))
                .as("no memory")
                .containsExactly(
                        "id:u32", "sp:u64", "a0:u64", "a1:u64", "a2:u64", "a3:u64", "a4:u64", "a5:u64", "ra:x64[1]");
    }

    /** A word more is some 11 ns more; a hit takes at least 1,000. */
    @Test
    void mostFunctionsOfTheCLibraryCaptureLittleMoreThanTheyNeed() throws Exception {
        Prototypes prototypes = new PrototypeSearchPath().prototypes(List.of());
        Set<CaptureShape> shapes = new HashSet<>();
        Set<CaptureShape> returns = new HashSet<>();
        int functions = 0;
        int small = 0;
        for (String line : new String(
                        Prototypes.class.getResourceAsStream("libc.so.6.conf").readAllBytes(),
                        StandardCharsets.US_ASCII)
                .split("\n", -1)) {
            Matcher function = FUNCTION.matcher(line);
            if (function.find()) {
                functions++;
                FunctionSignature signature =
                        prototypes.find("libc.so.6", function.group(1)).signature();
                ArgumentPlan plan = new ArgumentPlan(signature, CaptureLimits.DEFAULT);
                shapes.add(plan.shape());
                shapes.add(plan.exitShape());
                returns.add(plan.returnShape());
                small += size(entry(plan)) + size(exit(plan)) < 300 ? 1 : 0;
            }
        }
        assertThat(functions).isGreaterThan(1000);
        assertThat(small).isGreaterThan(functions * 8 / 10);
        assertThat(shapes.size() + returns.size())
                .as("an event takes some 50 ms to close")
                .isLessThan(8);
    }

    /** All points of an event have the same names and types. */
    private static List<String> names(ArgumentPlan plan) {
        return Arrays.stream(entry(plan).split(" ", -1))
                .map(argument -> argument.replaceFirst("=.*:", ":"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 8, 32, 64, 100, 130, 200, 270})
    void aFormatAndAllThatItFormatsHaveRoomWhateverTheLimit(int bytes) {
        ArgumentPlan plan = plan(bytes, true, IntegerType.INT, FormatType.PRINTF);
        assertThat(plan.pointee(0).length()).isGreaterThanOrEqualTo(128);
        for (int slot = 1; slot < 12; slot++) {
            assertThat(plan.variablePointee(slot).length()).isPositive();
        }
    }

    private static String entry(ArgumentPlan plan) {
        return CaptureShape.numbered(7, plan.capturedAtEntry());
    }

    private static String exit(ArgumentPlan plan) {
        return CaptureShape.numbered(7, plan.capturedAtReturn());
    }

    /** The bytes that fetch arguments make. */
    private static int size(String fetchArguments) {
        int size = 0;
        for (String argument : fetchArguments.split(" ", -1)) {
            int array = argument.indexOf('[');
            int elements = array < 0 ? 1 : Integer.parseInt(argument.substring(array + 1, argument.length() - 1));
            assertThat(elements).isBetween(1, LONGEST_ARRAY);
            size += elements * (argument.endsWith("u32") ? 4 : 8);
        }
        return size;
    }

    @Test
    void allTheArgumentsOfAFormatAreFollowed() {
        ArgumentPlan plan = plan(32, true, IntegerType.INT, PointerType.OPAQUE, FormatType.PRINTF);
        assertThat(plan.variableFirstSlot()).isEqualTo(2);
        String text = entry(plan);
        assertThat(text).contains("+0(%si):x64").contains("+0(%dx):x64[5]").contains("+0(%r9):x64[5]");
        assertThat(text).contains("+0(+8(%sp)):x64[5]").doesNotContain("(%di)");
        assertThat(plan.pointee(1).length()).isEqualTo(128);
        for (int slot = 2; slot < 12; slot++) {
            assertThat(plan.variablePointee(slot).length()).isEqualTo(40);
        }
        assertThat(plan.variablePointee(100)).isSameAs(Pointee.NONE);
    }
}
