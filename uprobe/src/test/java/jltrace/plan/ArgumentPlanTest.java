package jltrace.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jltrace.type.CType;
import jltrace.type.FloatingType;
import jltrace.type.FormatType;
import jltrace.type.FunctionSignature;
import jltrace.type.IntegerType;
import jltrace.type.Parameter;
import jltrace.type.PointerType;
import jltrace.type.StringType;
import jltrace.type.VoidType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The fetch arguments are those of Documentation/trace/uprobetracer.rst. */
class ArgumentPlanTest {
    /** {@code NAME=FETCHARG:TYPE}, where FETCHARG is %REG, \IMM, +N(FETCHARG). */
    private static final Pattern FETCH_ARGUMENT = Pattern.compile(
            "[a-z][a-z0-9_]*=(%(di|si|dx|cx|r8|r9|ax|sp)|\\\\\\d+|\\+\\d+\\((%(di|si|dx|cx|r8|r9|ax|sp)|\\+\\d+\\(%sp\\))\\))"
                    + ":(u32|u64|x64(\\[\\d+\\])?)");

    /** Kernel limits: kernel/trace/trace_probe.h. */
    private static final int MOST_ARGUMENTS = 128;

    private static final int LONGEST_ARRAY = 64;
    private static final int LONGEST_NAME = 32;
    /** A line of uprobe_events is less than 4096 characters. */
    private static final int LONGEST_LINE = 4095;
    /** The kernel gathers the arguments in a buffer of a page and does not check that they fit: kernel/trace/trace_uprobe.c. */
    private static final int LARGEST_RECORD = 4096;

    private static ArgumentPlan plan(int stringWords, boolean variadic, CType result, CType... types) {
        return new ArgumentPlan(
                new FunctionSignature(
                        "f", result, Arrays.stream(types).map(Parameter::of).toList(), variadic, false),
                stringWords);
    }

    private static CType[] times(int count, CType type) {
        return Collections.nCopies(count, type).toArray(CType[]::new);
    }

    static Stream<ArgumentPlan> plans() {
        return Stream.of(5, 1, 17, 64, 65, 200, 600, 8000)
                .flatMap(words -> Stream.of(
                        plan(words, false, VoidType.VOID),
                        plan(words, false, IntegerType.INT, times(4, IntegerType.GUESS)),
                        plan(words, false, StringType.C_STRING, StringType.C_STRING),
                        plan(words, false, IntegerType.INT, times(10, StringType.C_STRING)),
                        plan(words, false, IntegerType.INT, times(40, StringType.C_STRING)),
                        plan(words, false, IntegerType.INT, times(100, IntegerType.LONG)),
                        plan(words, true, IntegerType.INT, FormatType.PRINTF),
                        plan(words, true, IntegerType.INT, PointerType.OPAQUE, IntegerType.INT, FormatType.PRINTF),
                        plan(words, true, IntegerType.INT, times(20, FormatType.PRINTF)),
                        plan(words, true, IntegerType.INT, FloatingType.DOUBLE, FormatType.SCANF)));
    }

    @ParameterizedTest
    @MethodSource("plans")
    void theKernelTakesTheFetchArguments(ArgumentPlan plan) {
        for (String text : List.of(plan.entryArguments(123456), plan.exitArguments(123456))) {
            String[] arguments = text.split(" ", -1);
            assertThat(arguments)
                    .allMatch(argument -> FETCH_ARGUMENT.matcher(argument).matches());
            assertThat(arguments).hasSizeLessThanOrEqualTo(MOST_ARGUMENTS);
            assertThat(Arrays.stream(arguments).map(argument -> argument.substring(0, argument.indexOf('='))))
                    .doesNotHaveDuplicates()
                    .allMatch(name -> name.length() < LONGEST_NAME);
            assertThat(text).hasSizeLessThan(LONGEST_LINE - 300);
            int size = 0;
            for (String argument : arguments) {
                int array = argument.indexOf('[');
                int elements = array < 0 ? 1 : Integer.parseInt(argument.substring(array + 1, argument.length() - 1));
                assertThat(elements).isBetween(1, LONGEST_ARRAY);
                size += elements * (argument.endsWith("u32") ? 4 : 8);
            }
            assertThat(size).isLessThan(LARGEST_RECORD);
        }
    }

    @Test
    void anEntryCapturesNumberFrameAndRegisters() {
        assertThat(plan(5, false, VoidType.VOID, IntegerType.INT).entryArguments(7))
                .isEqualTo("id=\\7:u32 sp=%sp:u64 ra=+0(%sp):u64"
                        + " a0=%di:u64 a1=%si:u64 a2=%dx:u64 a3=%cx:u64 a4=%r8:u64 a5=%r9:u64");
    }

    @Test
    void aStringIsReadFromItsArgument() {
        ArgumentPlan plan = plan(5, false, VoidType.VOID, IntegerType.INT, StringType.C_STRING);
        assertThat(plan.block(0)).isEqualTo(ArgumentPlan.NO_BLOCK);
        assertThat(plan.block(1)).isZero();
        assertThat(plan.entryArguments(7)).contains("=+0(%si):x64[5]").doesNotContain("(%di)");
        assertThat(plan.shape().blocks()).isEqualTo(1);
        assertThat(plan.shape().words(0)).isEqualTo(5);
    }

    @Test
    void aLongBlockIsReadInPartsOfWhatTheKernelTakes() {
        assertThat(plan(130, false, VoidType.VOID, StringType.C_STRING).entryArguments(7))
                .contains("=+0(%di):x64[64] ")
                .contains("=+512(%di):x64[64] ")
                .endsWith("=+1024(%di):x64[2]");
    }

    @Test
    void stringsThatAreTooLongForARecordAreReadInPart() {
        ArgumentPlan plan = plan(8000, false, StringType.C_STRING, StringType.C_STRING, StringType.C_STRING);
        assertThat(plan.block(0)).isZero();
        assertThat(plan.block(1)).isEqualTo(1);
        assertThat(plan.shape().words(0)).isEqualTo(plan.shape().words(1)).isGreaterThan(64);
        assertThat(plan.resultShape().words(0)).isGreaterThan(64);
    }

    @Test
    void argumentsOnTheStackAreBehindTheReturnAddress() {
        CType[] types = times(8, IntegerType.LONG);
        types[7] = StringType.C_STRING;
        ArgumentPlan plan = plan(5, false, VoidType.VOID, types);
        assertThat(plan.shape().stackSlots()).isGreaterThanOrEqualTo(2);
        assertThat(plan.entryArguments(7))
                .contains("=+8(%sp):u64")
                .contains("=+16(%sp):u64")
                .contains("=+0(+16(%sp)):x64[5]");
    }

    @Test
    void aResultIsInRax() {
        assertThat(plan(5, false, IntegerType.INT).exitArguments(7)).isEqualTo("id=\\7:u32 sp=%sp:u64 ax=%ax:u64");
        assertThat(plan(5, false, StringType.C_STRING).exitArguments(7)).endsWith(" ax=%ax:u64 m0_0=+0(%ax):x64[5]");
    }

    @Test
    void functionsOfTheSameShapeShareAnEvent() {
        ArgumentPlan first = plan(5, false, VoidType.VOID, StringType.C_STRING, IntegerType.INT);
        ArgumentPlan second = plan(5, false, VoidType.VOID, IntegerType.INT, StringType.C_STRING);
        ArgumentPlan third = plan(5, false, VoidType.VOID, StringType.C_STRING, StringType.C_STRING);
        assertThat(first.shape()).isEqualTo(second.shape()).hasSameHashCodeAs(second.shape());
        assertThat(first.shape()).isNotEqualTo(third.shape());
        assertThat(names(first)).isEqualTo(names(second));
    }

    /** All points of an event have the same names and types. */
    private static List<String> names(ArgumentPlan plan) {
        return Arrays.stream(plan.entryArguments(1).split(" ", -1))
                .map(argument -> argument.replaceFirst("=.*:", ":"))
                .toList();
    }

    @Test
    void allTheArgumentsOfAFormatAreFollowed() {
        ArgumentPlan plan = plan(5, true, IntegerType.INT, PointerType.OPAQUE, FormatType.PRINTF);
        assertThat(plan.variableFirstSlot()).isEqualTo(2);
        String text = plan.entryArguments(7);
        assertThat(text).contains("+0(%si):x64").contains("+0(%dx):x64[5]").contains("+0(%r9):x64[5]");
        assertThat(text).contains("+0(+8(%sp)):x64[5]").doesNotContain("(%di)");
        for (int slot = 2; slot < 12; slot++) {
            assertThat(plan.variableBlock(slot)).isNotEqualTo(ArgumentPlan.NO_BLOCK);
        }
        assertThat(plan.variableBlock(100)).isEqualTo(ArgumentPlan.NO_BLOCK);
    }
}
