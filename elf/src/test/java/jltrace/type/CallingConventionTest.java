package jltrace.type;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds the convention against what gcc does: calls with random signatures are compiled, and an assembly routine writes down the
 * registers and the stack that it was entered with, or that it was returned to with.
 */
class CallingConventionTest {

    private static final int SIGNATURES = 400;
    private static final int MOST_PARAMETERS = 12;
    private static final int STACK_SLOTS = 64;
    private static final int VECTOR_AREA = 6 * 8;
    private static final int STACK_AREA = VECTOR_AREA + 8 * 16;

    /** A C type's declaration and ours. */
    private record Sample(String declaration, CType type) {}

    private static final List<Sample> SAMPLES = List.of(
            new Sample("typedef signed char T0;", IntegerType.CHAR),
            new Sample("typedef unsigned short T1;", IntegerType.UNSIGNED_SHORT),
            new Sample("typedef int T2;", IntegerType.INT),
            new Sample("typedef unsigned long T3;", IntegerType.UNSIGNED_LONG),
            new Sample("typedef float T4;", FloatingType.FLOAT),
            new Sample("typedef double T5;", FloatingType.DOUBLE),
            new Sample("typedef long double T6;", FloatingType.LONG_DOUBLE),
            new Sample("typedef void *T7;", PointerType.OPAQUE),
            new Sample("typedef struct { char a; short b; } T8;", struct(IntegerType.CHAR, IntegerType.SHORT)),
            new Sample("typedef struct { long a; long b; } T9;", struct(IntegerType.LONG, IntegerType.LONG)),
            new Sample(
                    "typedef struct { long a; long b; char c; } T10;",
                    struct(IntegerType.LONG, IntegerType.LONG, IntegerType.CHAR)),
            new Sample("typedef struct { float a; float b; } T11;", struct(FloatingType.FLOAT, FloatingType.FLOAT)),
            new Sample(
                    "typedef struct { float a; float b; float c; } T12;",
                    struct(FloatingType.FLOAT, FloatingType.FLOAT, FloatingType.FLOAT)),
            new Sample("typedef struct { double a; long b; } T13;", struct(FloatingType.DOUBLE, IntegerType.LONG)),
            new Sample("typedef struct { int a; double b; } T14;", struct(IntegerType.INT, FloatingType.DOUBLE)),
            new Sample("typedef struct { float a; int b; } T15;", struct(FloatingType.FLOAT, IntegerType.INT)),
            new Sample("typedef struct { long double a; } T16;", struct(FloatingType.LONG_DOUBLE)),
            new Sample(
                    "typedef struct { char a; long double b; } T17;",
                    struct(IntegerType.CHAR, FloatingType.LONG_DOUBLE)),
            new Sample("typedef struct { char a[9]; } T18;", struct(array(IntegerType.CHAR, 9))),
            new Sample("typedef struct { char a[17]; } T19;", struct(array(IntegerType.CHAR, 17))),
            new Sample("typedef struct { float a[4]; } T20;", struct(array(FloatingType.FLOAT, 4))),
            new Sample(
                    "typedef struct { char a; struct { int b; float c; } d; float e; } T21;",
                    struct(IntegerType.CHAR, struct(IntegerType.INT, FloatingType.FLOAT), FloatingType.FLOAT)),
            new Sample(
                    "typedef struct { double a; struct { void *b[1]; } c[1]; } T22;",
                    struct(FloatingType.DOUBLE, array(struct(array(PointerType.OPAQUE, 1)), 1))),
            new Sample("typedef struct { } T23;", struct()),
            new Sample(
                    "typedef struct { long a; } __attribute__((aligned(16))) T24;",
                    StructType.withLayout("", List.of(new StructType.Field("a", IntegerType.LONG, 0)), 16, 16)),
            new Sample(
                    "typedef struct { char a; long b; } __attribute__((packed)) T25;",
                    StructType.withLayout(
                            "",
                            List.of(
                                    new StructType.Field("a", IntegerType.CHAR, 0),
                                    new StructType.Field("b", IntegerType.LONG, 1)),
                            9,
                            1)),
            new Sample(
                    "typedef union { double a; int b; } T26;",
                    StructType.withLayout(
                            "",
                            List.of(
                                    new StructType.Field("a", FloatingType.DOUBLE, 0),
                                    new StructType.Field("b", IntegerType.INT, 0)),
                            8,
                            8)),
            new Sample(
                    "typedef union { long double a; int b; } T27;",
                    StructType.withLayout(
                            "",
                            List.of(
                                    new StructType.Field("a", FloatingType.LONG_DOUBLE, 0),
                                    new StructType.Field("b", IntegerType.INT, 0)),
                            16,
                            16)));

    @TempDir
    private Path directory;

    @Test
    void putsEveryArgumentWhereGccPutsIt() throws Exception {
        Random random = new Random(20);
        List<List<Integer>> parameterLists = new ArrayList<>();
        List<Integer> results = new ArrayList<>();
        StringBuilder main = new StringBuilder("int main(void) {\n");
        for (int i = 0; i < SIGNATURES; i++) {
            List<Integer> parameters = random.ints(1 + random.nextInt(MOST_PARAMETERS), 0, SAMPLES.size())
                    .boxed()
                    .toList();
            int result = random.nextInt(SAMPLES.size());
            parameterLists.add(parameters);
            results.add(result);
            main.append(callWithPatterns(result, parameters));
        }
        List<ByteBuffer> records =
                run(ENTRY_RECORDER, main.append("return 0; }\n").toString());
        assertThat(records).hasSize(SIGNATURES);
        for (int i = 0; i < SIGNATURES; i++) {
            List<Integer> types = parameterLists.get(i);
            FunctionSignature signature = new FunctionSignature(
                    "f",
                    SAMPLES.get(results.get(i)).type(),
                    types.stream()
                            .map(each -> Parameter.of(SAMPLES.get(each).type()))
                            .toList(),
                    false,
                    false);
            List<ArgumentLocation> locations = CallingConvention.arguments(signature);
            for (int p = 0; p < types.size(); p++) {
                assertArgument(records.get(i), locations.get(p), p, SAMPLES.get(types.get(p)), signature.toString());
            }
        }
    }

    @Test
    void findsEveryResultWhereGccLeavesIt() throws Exception {
        StringBuilder functions = new StringBuilder();
        StringBuilder main = new StringBuilder("int main(void) {\n");
        for (int i = 0; i < SAMPLES.size(); i++) {
            functions.append("T%1$d f%1$d(void) { T%1$d r; pattern(0, &r, sizeof r); return r; }\n".formatted(i));
            main.append("grab(f").append(i).append("); report();\n");
        }
        List<ByteBuffer> records =
                run(RETURN_RECORDER, functions + main.append("return 0; }\n").toString());
        assertThat(records).hasSize(SAMPLES.size());
        for (int i = 0; i < SAMPLES.size(); i++) {
            assertResult(records.get(i), SAMPLES.get(i));
        }
    }

    private static Parameter when(CType type, int argument, long... values) {
        List<Long> boxed = Arrays.stream(values).boxed().toList();
        return new Parameter("", type, false, new Presence.OneOf(argument, boxed));
    }

    private static List<ArgumentLocation> locations(Parameter... parameters) {
        return CallingConvention.arguments(
                new FunctionSignature("f", VoidType.VOID, List.of(parameters), false, false));
    }

    /** fcntl(2): its third argument is an int or a pointer, by the second. */
    @Test
    void argumentsOfWhichOneAtMostIsPassedStandInOnePlace() {
        Parameter number = Parameter.of(IntegerType.INT);
        assertThat(locations(number, when(IntegerType.INT, 1, 2, 4), when(PointerType.OPAQUE, 1, 5), number))
                .containsExactly(
                        new ArgumentLocation.IntegerRegister(0),
                        new ArgumentLocation.IntegerRegister(1),
                        new ArgumentLocation.IntegerRegister(1),
                        new ArgumentLocation.IntegerRegister(2));
        assertThat(locations(number, when(IntegerType.INT, 1, 2, 4), when(IntegerType.INT, 1, 4)))
                .as("both may be passed")
                .last()
                .isEqualTo(new ArgumentLocation.IntegerRegister(2));
        assertThat(locations(number, number, when(IntegerType.INT, 1, 2), when(IntegerType.INT, 2, 4)))
                .as("they depend on different arguments")
                .last()
                .isEqualTo(new ArgumentLocation.IntegerRegister(3));
        assertThat(locations(
                        number, when(IntegerType.INT, 1, 2), when(IntegerType.INT, 1, 4), when(IntegerType.INT, 1, 2)))
                .as("the first and the third are passed together")
                .last()
                .isEqualTo(new ArgumentLocation.IntegerRegister(2));
        assertThat(locations(number, when(IntegerType.INT, 1, 2), when(FloatingType.DOUBLE, 1, 4)))
                .last()
                .isEqualTo(new ArgumentLocation.VectorRegister(0));
    }

    @Test
    void treatsAnArrayOrStringParameterAsAPointer() {
        FunctionSignature signature = new FunctionSignature(
                "f",
                VoidType.VOID,
                List.of(
                        Parameter.of(array(IntegerType.LONG, 100)),
                        Parameter.of(new HiddenType(StringType.C_STRING)),
                        Parameter.of(FormatType.PRINTF)),
                false,
                false);
        assertThat(CallingConvention.arguments(signature))
                .containsExactly(
                        new ArgumentLocation.IntegerRegister(0),
                        new ArgumentLocation.IntegerRegister(1),
                        new ArgumentLocation.IntegerRegister(2));
        assertThat(CallingConvention.result(VoidType.VOID)).isEqualTo(new ResultLocation.Nothing());
    }

    private static void assertArgument(
            ByteBuffer record, ArgumentLocation location, int argument, Sample sample, String signature) {
        for (long[] leaf : leaves(sample.type(), 0)) {
            for (int i = 0; i < leaf[1]; i++) {
                int byteOffset = (int) leaf[0] + i;
                int place = place(location, byteOffset);
                assertThat(record.get(place))
                        .as(
                                "byte %d of argument %d (%s) of %s at %s",
                                byteOffset, argument, sample, signature, location)
                        .isEqualTo(pattern(argument, byteOffset));
            }
        }
        if (leaves(sample.type(), 0).isEmpty()) {
            assertThat(location).isEqualTo(new ArgumentLocation.Nowhere());
        }
    }

    private static int place(ArgumentLocation location, int byteOffset) {
        if (location instanceof ArgumentLocation.IntegerRegister register) {
            return register.index() * 8 + byteOffset;
        }
        if (location instanceof ArgumentLocation.VectorRegister register) {
            return VECTOR_AREA + register.index() * 16 + byteOffset;
        }
        if (location instanceof ArgumentLocation.StackSlots stack) {
            assertThat((long) byteOffset).isLessThan(stack.slots() * 8);
            return STACK_AREA + (int) stack.slot() * 8 + byteOffset;
        }
        ArgumentLocation.Split split = (ArgumentLocation.Split) location;
        return place(split.eightbytes().get(byteOffset / 8), byteOffset % 8);
    }

    private static void assertResult(ByteBuffer record, Sample sample) {
        ResultLocation location = CallingConvention.result(sample.type());
        boolean x87Used = record.get(48) != 0;
        boolean addressReturned = record.getLong(0) == record.getLong(64);
        assertThat(location instanceof ResultLocation.InX87)
                .as("%s in %%st0", sample)
                .isEqualTo(x87Used);
        assertThat(location instanceof ResultLocation.InMemory)
                .as("%s in memory", sample)
                .isEqualTo(addressReturned);
        if (location instanceof ResultLocation.InRegisters inRegisters) {
            for (long[] leaf : leaves(sample.type(), 0)) {
                for (int i = 0; i < leaf[1]; i++) {
                    int byteOffset = (int) leaf[0] + i;
                    int area = switch (inRegisters.eightbytes().get(byteOffset / 8)) {
                        case RAX -> 0;
                        case RDX -> 8;
                        case XMM0 -> 16;
                        case XMM1 -> 32;
                    };
                    assertThat(record.get(area + byteOffset % 8))
                            .as("byte %d of result %s in %s", byteOffset, sample, location)
                            .isEqualTo(pattern(0, byteOffset));
                }
            }
        }
    }

    /** The offset and size of each value in a type that is not padding. */
    private static List<long[]> leaves(CType type, long offset) {
        List<long[]> leaves = new ArrayList<>();
        if (type instanceof StructType struct) {
            struct.fields().forEach(field -> leaves.addAll(leaves(field.type(), offset + field.byteOffset())));
        } else if (type instanceof ArrayType array) {
            long elementSize = array.element().size();
            for (long i = 0; i < array.size(); i += elementSize) {
                leaves.addAll(leaves(array.element(), offset + i));
            }
        } else {
            leaves.add(new long[] {offset, type.size() == 16 ? 10 : type.size()});
        }
        return leaves;
    }

    private static byte pattern(int argument, int byteOffset) {
        return (byte) (argument * 19 + byteOffset * 7 + 1);
    }

    private static String callWithPatterns(int result, List<Integer> parameters) {
        StringBuilder call = new StringBuilder("{ ");
        StringBuilder types = new StringBuilder();
        StringBuilder names = new StringBuilder();
        for (int p = 0; p < parameters.size(); p++) {
            call.append("T%d a%d; pattern(%d, &a%d, sizeof a%d); ".formatted(parameters.get(p), p, p, p, p));
            types.append(p == 0 ? "" : ", ").append('T').append(parameters.get(p));
            names.append(p == 0 ? "" : ", ").append('a').append(p);
        }
        return call.append("((T%d (*)(%s)) dump)(%s); report(); }\n".formatted(result, types, names))
                .toString();
    }

    private List<ByteBuffer> run(String recorder, String text) throws IOException, InterruptedException {
        StringBuilder source = new StringBuilder(PREAMBLE).append(recorder);
        SAMPLES.forEach(sample -> source.append(sample.declaration()).append('\n'));
        Path file = Files.writeString(directory.resolve("calls.c"), source.append(text));
        Path program = directory.resolve("calls");
        assertThat(new ProcessBuilder("gcc", "-w", "-Wno-psabi", "-O1", "-o", program.toString(), file.toString())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
        Process process = new ProcessBuilder(program.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<ByteBuffer> records = new ArrayList<>();
        for (String line : new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                .lines()
                .toList()) {
            records.add(ByteBuffer.wrap(HexFormat.of().parseHex(line)).order(ByteOrder.LITTLE_ENDIAN));
        }
        assertThat(process.waitFor()).isZero();
        return records;
    }

    private static StructType struct(CType... members) {
        return StructType.of(
                "",
                List.of(members).stream()
                        .map(member -> new StructType.Member("", member))
                        .toList());
    }

    private static ArrayType array(CType element, long length) {
        return new ArrayType(element, new LengthExpression.Constant(length));
    }

    private static final String PREAMBLE = """
            #include <stdio.h>
            unsigned char record[6 * 8 + 8 * 16 + %d * 8];
            unsigned long size;
            unsigned char memory[64];
            void dump(void);
            void grab(void *);
            static void pattern(int argument, void *to, unsigned long size) {
                for (unsigned long i = 0; i < size; i++)
                    ((unsigned char *) to)[i] = argument * 19 + i * 7 + 1;
            }
            static void report(void) {
                for (unsigned long i = 0; i < size; i++)
                    printf("%%02x", record[i]);
                putchar('\\n');
            }
            """.formatted(STACK_SLOTS);

    private static final String ENTRY_RECORDER = """
            unsigned long size = sizeof record;
            __asm__(
                "dump: lea record(%rip), %r11\\n"
                "mov %rdi, (%r11)\\n mov %rsi, 8(%r11)\\n mov %rdx, 16(%r11)\\n"
                "mov %rcx, 24(%r11)\\n mov %r8, 32(%r11)\\n mov %r9, 40(%r11)\\n"
                "movups %xmm0, 48(%r11)\\n movups %xmm1, 64(%r11)\\n movups %xmm2, 80(%r11)\\n movups %xmm3, 96(%r11)\\n"
                "movups %xmm4, 112(%r11)\\n movups %xmm5, 128(%r11)\\n movups %xmm6, 144(%r11)\\n movups %xmm7, 160(%r11)\\n"
                "mov %rdi, %rax\\n"
                "lea 8(%rsp), %rsi\\n lea 176(%r11), %rdi\\n mov $64, %ecx\\n rep movsq\\n"
                "ret\\n");
            """;

    private static final String RETURN_RECORDER = """
            unsigned long size = 72;
            unsigned char state[512] __attribute__((aligned(16)));
            __asm__(
                "grab: sub $8, %rsp\\n fninit\\n mov %rdi, %r11\\n lea memory(%rip), %rdi\\n call *%r11\\n"
                "lea record(%rip), %r11\\n mov %rax, (%r11)\\n mov %rdx, 8(%r11)\\n"
                "movups %xmm0, 16(%r11)\\n movups %xmm1, 32(%r11)\\n"
                "lea memory(%rip), %rax\\n mov %rax, 64(%r11)\\n"
                "fxsave state(%rip)\\n movzbl state+4(%rip), %eax\\n mov %rax, 48(%r11)\\n fninit\\n"
                "add $8, %rsp\\n ret\\n");
            """;
}
