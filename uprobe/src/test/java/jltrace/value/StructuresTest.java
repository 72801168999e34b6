package jltrace.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jltrace.call.Captures;
import jltrace.call.FakeMemory;
import jltrace.plan.ArgumentPlan;
import jltrace.plan.CaptureLimits;
import jltrace.prototype.PrototypeFile;
import jltrace.prototype.PrototypeSource;
import jltrace.type.ArrayType;
import jltrace.type.BitFieldType;
import jltrace.type.EnumType;
import jltrace.type.FunctionSignature;
import jltrace.type.IntegerType;
import jltrace.type.LengthExpression;
import jltrace.type.Parameter;
import jltrace.type.PointerType;
import jltrace.type.StructType;
import jltrace.type.VoidType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Structures, arrays and what pointers lead to, from fetch arguments that are read as the kernel reads them. */
class StructuresTest {
    private final FakeMemory memory = new FakeMemory();
    private final List<Long> asked = new ArrayList<>();
    private CaptureLimits limits = CaptureLimits.DEFAULT;
    private boolean gone;

    private static FunctionSignature signature(String text) {
        PrototypeFile file =
                new PrototypeFile(PrototypeSource.Origin.USER, "test.conf", text, name -> Optional.empty());
        String name = file.functionNames().iterator().next();
        FunctionSignature signature = file.function(name)
                .orElseThrow(() -> new AssertionError(file.errors().toString()))
                .signature();
        assertThat(file.errors()).isEmpty();
        return signature;
    }

    private ValueDecoder decoder() {
        return new ValueDecoder(
                limits,
                (pid, address, stack) -> {
                    asked.add(address);
                    return gone
                            ? MemoryProbe.Presence.UNKNOWN
                            : memory.isMapped(address) ? MemoryProbe.Presence.MAPPED : MemoryProbe.Presence.UNMAPPED;
                },
                (space, address) -> address == 0x401000 ? "compare".getBytes(StandardCharsets.UTF_8) : null);
    }

    private String arguments(FunctionSignature signature, long... slots) {
        ArgumentPlan plan = new ArgumentPlan(signature, limits);
        HeardValues heard = new HeardValues();
        decoder().arguments(plan, Captures.entry(plan, memory, slots), Captures.process(1), heard);
        return String.join(" ", heard.values);
    }

    private String arguments(String text, long... slots) {
        return arguments(signature(text), slots);
    }

    private String result(String text, long result, long second) {
        ArgumentPlan plan = new ArgumentPlan(signature(text), limits);
        HeardValues heard = new HeardValues();
        decoder().result(plan, Captures.exit(plan, memory, result, second), Captures.process(1), heard);
        return String.join(" ", heard.values);
    }

    private static byte[] bytes(Object... values) {
        ByteBuffer bytes = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
        for (Object value : values) {
            if (value instanceof Byte b) {
                bytes.put(b);
            } else if (value instanceof Short s) {
                bytes.putShort(s);
            } else if (value instanceof Integer i) {
                bytes.putInt(i);
            } else if (value instanceof Long l) {
                bytes.putLong(l);
            } else if (value instanceof Float f) {
                bytes.putFloat(f);
            } else if (value instanceof Double d) {
                bytes.putDouble(d);
            }
        }
        return java.util.Arrays.copyOf(bytes.array(), bytes.position());
    }

    @Test
    void aStructureBehindAPointerIsShownWithItsNames() {
        memory.put(0x1000, 5, -7);
        assertThat(arguments("void f(struct(long tv_sec, long tv_nsec)* t);", 0x1000))
                .isEqualTo("{ tv_sec= 5 tv_nsec= -7 }");
        assertThat(asked).isEmpty();
        assertThat(arguments("void f(struct(long tv_sec, long tv_nsec)* t);", 0))
                .isEqualTo("nil");
    }

    @Test
    void fieldsLieWhereTheCompilerPutsThem() {
        memory.put(0x1000, bytes((byte) -1, (byte) 0, (short) -2, -3, -4L, 1.5f, 0, 2.25));
        assertThat(arguments("void f(struct(char c, short s, int i, long l, float f, double d)* t);", 0x1000))
                .isEqualTo("{ c= -1 s= -2 i= -3 l= -4 f= 1.5 d= 2.25 }");
    }

    @Test
    void zerosAreToldFromWhatCouldNotBeRead() {
        memory.put(0x1000, 0, 0);
        String function = "void f(struct(long a, long b)* t);";
        assertThat(arguments(function, 0x1000)).isEqualTo("{ a= 0 b= 0 }");
        assertThat(asked).containsExactly(0x1000L);
        assertThat(arguments(function, 0x9000)).isEqualTo("0x9000");
        gone = true;
        assertThat(arguments(function, 0x1000)).isEqualTo("?");
    }

    @Test
    void whatRunsIntoAnUnmappedPageIsUnknownFromThereOn() {
        memory.put(0x1ff8, 7);
        String function = "void f(struct(long a, long b)* t);";
        assertThat(arguments(function, 0x1ff8)).isEqualTo("{ a= 7 b= ? }");
        memory.put(0x2000, 0, 0);
        assertThat(arguments(function, 0x1ff8)).isEqualTo("{ a= 7 b= 0 }");
        assertThat(arguments("void f(array(long, 4)*);", 0x2ff8)).isEqualTo("[ 0 ...]");
        assertThat(arguments("void f(struct(int a, int b)* t);", 0x1ffc)).isEqualTo("{ a= 0 b= 0 }");
    }

    private String vector(long... words) {
        memory.put(0x1000, words);
        StructType struct = StructType.withLayout(
                "v",
                List.of(
                        new StructType.Field(
                                "",
                                new PointerType(new ArrayType(IntegerType.INT, new LengthExpression.Distance(1, 2, 4))),
                                0),
                        new StructType.Field("end", PointerType.OPAQUE, 8)),
                16,
                8);
        FunctionSignature signature =
                new FunctionSignature("f", VoidType.VOID, List.of(Parameter.of(new PointerType(struct))), false, false);
        return arguments(signature, 0x1000);
    }

    @Test
    void anArrayMayReachFromOneAddressToAnother() {
        memory.put(0x2000, bytes(1, 2, 3, 4, 5, 6));
        assertThat(vector(0x2000, 0x200c)).isEqualTo("{ = [ 1 2 3 ] end= 0x200c }");
        assertThat(vector(0x2000, 0x2018)).isEqualTo("{ = [ 1 2 3 4 ...] end= 0x2018 }");
        assertThat(vector(0x2000, 0x2000)).isEqualTo("{ = [ ] end= 0x2000 }");
        assertThat(vector(0, 0)).isEqualTo("{ = nil end= nil }");
        assertThat(vector(0x2000, 0x1ffc)).as("backwards").isEqualTo("{ = 0x2000 end= 0x1ffc }");
        assertThat(vector(0x2000, 0x2006)).as("half an element").isEqualTo("{ = 0x2000 end= 0x2006 }");
    }

    private static final String CONNECT = "int connect(int, sockaddr(enum[ushort](AF_INET=2), arg3)* addr, uint len);";

    @Test
    void aSocketAddressIsShownAsFarAsItsLengthGoes() {
        // AF_INET, port 80 in network order, 127.0.0.1
        memory.put(0x1000, bytes((short) 2, (byte) 0, (byte) 80, (byte) 127, (byte) 0, (byte) 0, (byte) 1, 0L));
        assertThat(arguments(CONNECT, 3, 0x1000, 16))
                .isEqualTo("3 { sa_family= enum 2 sin_port= 20480 sin_addr= \"127.0.0.1\" } 16");
        assertThat(arguments(CONNECT, 3, 0x1000, 4)).isEqualTo("3 { sa_family= enum 2 sa_data= \"\0P\" } 4");
        assertThat(arguments(CONNECT, 3, 0x1000, 2)).isEqualTo("3 { sa_family= enum 2 } 2");
        assertThat(arguments(CONNECT, 3, 0x1000, 1)).isEqualTo("3 0x1000 1");
        assertThat(arguments(CONNECT, 3, 0x1000, 0)).isEqualTo("3 0x1000 0");
        assertThat(arguments(CONNECT, 3, 0, 16)).isEqualTo("3 nil 16");
        assertThat(arguments(CONNECT, 3, 0x9000, 16)).isEqualTo("3 0x9000 16");
        gone = true;
        assertThat(arguments(CONNECT, 3, 0x9000, 16)).isEqualTo("3 ? 16");
    }

    @Test
    void aSocketAddressThatRunsIntoAnUnmappedPageIsShownUpToThere() {
        memory.put(0x1ff8, bytes((short) 2, (byte) 0, (byte) 80, 0x01020304));
        assertThat(arguments(CONNECT, 3, 0x1ff8, 16))
                .isEqualTo("3 { sa_family= enum 2 sa_data= \"\0P\4\3\2\1\"... } 16");
    }

    @Test
    void theEndOfAStructureNeedNotBeMappedBehindASocketAddress() {
        memory.put(0x1ff0, bytes((short) 2, (byte) 0, (byte) 80, (byte) 1, (byte) 2, (byte) 3, (byte) 4, 0L));
        assertThat(arguments(CONNECT, 3, 0x1ff0, 16))
                .isEqualTo("3 { sa_family= enum 2 sin_port= 20480 sin_addr= \"1.2.3.4\" } 16");
    }

    @Test
    void aSocketAddressWithoutAKnownLengthIsAnAddress() {
        memory.put(0x1000, 2, 0);
        assertThat(arguments("int f(sockaddr(enum[ushort](AF_INET=2), retval)* addr);", 0x1000))
                .isEqualTo("0x1000");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            3  | [ 1 2 3 ]
            4  | [ 1 2 3 4 ]
            5  | [ 1 2 3 4 ...]
            0  | [ ]
            -1 | [ ]
            """)
    void anArgumentMayTellAnArraysLength(int length, String shown) {
        memory.put(0x1000, bytes(1, 2, 3, 4, 5, 6));
        assertThat(arguments("void f(array(int, arg2)* a, int n);", 0x1000, length))
                .isEqualTo(shown + " " + length);
    }

    @Test
    void theArrayLimitIsAnOption() {
        memory.put(0x1000, bytes(1, 2, 3, 4, 5, 6));
        limits = new CaptureLimits(32, 2);
        assertThat(arguments("void f(array(int, 6)* a);", 0x1000)).isEqualTo("[ 1 2 ...]");
        limits = new CaptureLimits(32, 100);
        assertThat(arguments("void f(array(int, 6)* a);", 0x1000)).isEqualTo("[ 1 2 3 4 5 6 ]");
    }

    @Test
    void listsOfStringsAreReadToTheirNull() {
        memory.text(0x2000, "echo").text(0x2010, "a").text(0x2020, "b").text(0x2030, "c");
        memory.put(0x1000, 0x2000, 0x2010, 0);
        assertThat(arguments("int f(array(string, zero)* argv);", 0x1000)).isEqualTo("[ \"echo\" \"a\" ]");
        memory.put(0x1000, 0x2000, 0x2010, 0x2020, 0x2030, 0x2000, 0);
        assertThat(arguments("int f(array(string, zero)* argv);", 0x1000))
                .isEqualTo("[ \"echo\" \"a\" \"b\" \"c\" ...]");
        memory.put(0x1000, 0x9000, 0);
        assertThat(arguments("int f(array(string, zero)* argv);", 0x1000)).isEqualTo("[ 0x9000 ]");
    }

    @Test
    void aStructuresFieldMayTellALength() {
        memory.put(0x1000, 2, 0x2000).put(0x2000, bytes(7, 8, 9));
        assertThat(arguments("void f(struct(int n, array(int, elt1)* a)*);", 0x1000))
                .isEqualTo("{ = 2 = [ 7 8 ] }".replace("= 2", "n= 2").replace(" = [", " a= ["));
        memory.put(0x1000, bytes(3, 7, 8, 9));
        assertThat(arguments("void f(struct(int n, array(int, elt1) a)*);", 0x1000))
                .startsWith("{ n= 3 a=");
    }

    @Test
    void stringsInStructuresAreShown() {
        memory.text(0x2000, "root")
                .put(0x1000, 0x2000, 17)
                .put(0x1010, "inside\0junk".getBytes(StandardCharsets.UTF_8));
        assertThat(arguments("void f(struct(string name, long uid, string(array(char, 8)) tag)*);", 0x1000))
                .startsWith("{ name= \"root\" uid= 17 tag= \"inside");
        assertThat(arguments("void f(struct(string name, long uid, string(array(char, zero(8))) tag)*);", 0x1000))
                .isEqualTo("{ name= \"root\" uid= 17 tag= \"inside\" }");
    }

    @Test
    void aListIsFollowedToItsEndOrTheLimit() {
        String list = """
                typedef L = struct;
                typedef L = struct(long, L*);
                int walk(L*);
                """;
        memory.put(0x1000, 1, 0x1010, 2, 0x1020, 3, 0);
        assertThat(arguments(list, 0x1000)).isEqualTo("{ = 1 = { = 2 = { = 3 = nil } } }");
        memory.put(0x1000, 1, 0x1010, 2, 0x1020, 3, 0x1030, 4, 0x1040, 5, 0);
        assertThat(arguments(list, 0x1000)).isEqualTo("{ = 1 = { = 2 = { = 3 = { = 4 = ... } } } }");
        memory.put(0x1000, 1, 0x1000);
        assertThat(arguments(list, 0x1000)).isEqualTo("{ = 1 = recurse1 }");
        memory.put(0x1000, 1, 0x1010, 2, 0x1000);
        assertThat(arguments(list, 0x1000)).isEqualTo("{ = 1 = { = 2 = recurse2 } }");
    }

    @Test
    void structuresByValueComeFromRegistersAndTheStack() {
        assertThat(arguments("void f(struct(int x, int y) p, int n);", (7L << 32) | 5, 9))
                .isEqualTo("{ x= 5 y= 7 } 9");
        assertThat(arguments("void f(struct(long x, long y) p, int n);", 1, 2, 3))
                .isEqualTo("{ x= 1 y= 2 } 3");
        assertThat(arguments("void f(struct(double x, long y) p, int n);", 2, 3))
                .isEqualTo("{ x= ? y= 2 } 3");
        assertThat(arguments("void f(struct(long x, double y) p, int n);", 1, 3))
                .isEqualTo("{ x= 1 y= ? } 3");
        assertThat(arguments("void f(struct(float x) p, int n);", 3)).isEqualTo("{ x= ? } 3");
        assertThat(arguments("void f(struct(long a, long b, long c) p, int n);", 4, 0, 0, 0, 0, 0, 1, 2, 3))
                .isEqualTo("{ a= 1 b= 2 c= 3 } 4");
        memory.text(0x2000, "name");
        assertThat(arguments("void f(struct(long x, string s) p);", 1, 0x2000)).isEqualTo("{ x= 1 s= \"name\" }");
        assertThat(arguments("void f(struct(long a, long b, string s) p);", 0, 0, 0, 0, 0, 0, 1, 2, 0x2000))
                .isEqualTo("{ a= 1 b= 2 s= \"name\" }");
    }

    @Test
    void floatingPointOnTheStackCanBeHad() {
        String nine = "void f(double, double, double, double, double, double, double, double, double ninth);";
        assertThat(arguments(nine, 0, 0, 0, 0, 0, 0, Double.doubleToLongBits(0.5)))
                .isEqualTo("? ? ? ? ? ? ? ? 0.5");
        assertThat(arguments("void f(ldouble);", 0, 0, 0, 0, 0, 0, 0xc000_0000_0000_0000L, 0x4000))
                .isEqualTo("c000000000000000/4000");
    }

    @Test
    void resultsMayBeStructures() {
        assertThat(result("struct(long a, long b) f();", 1, 2)).isEqualTo("{ a= 1 b= 2 }");
        assertThat(result("struct(long a, double b) f();", 1, 2)).isEqualTo("{ a= 1 b= ? }");
        assertThat(result("struct(double a, long b) f();", 1, 2)).isEqualTo("{ a= ? b= 1 }");
        assertThat(result("struct(int a, int b) f();", (7L << 32) | 5, 2)).isEqualTo("{ a= 5 b= 7 }");
        memory.put(0x1000, 1, 2, 3);
        assertThat(result("struct(long a, long b, long c) f();", 0x1000, 0)).isEqualTo("{ a= 1 b= 2 c= 3 }");
        assertThat(result("struct(long a, long b, long c)* f();", 0x1000, 0)).isEqualTo("{ a= 1 b= 2 c= 3 }");
        assertThat(result("ldouble f();", 1, 2)).isEqualTo("?");
        memory.text(0x2000, "root").put(0x1000, 0x2000, 0);
        assertThat(result("struct(string name, long uid)* f();", 0x1000, 0)).isEqualTo("{ name= \"root\" uid= 0 }");
        assertThat(result("struct(string name, long uid) f();", 0x2000, 4)).isEqualTo("{ name= \"root\" uid= 4 }");
    }

    @Test
    void whatAFunctionFillsIsAnAddress() {
        memory.put(0x1000, 1, 2);
        assertThat(arguments("void f(+struct(long a, long b)* t, +array(long, 2)*);", 0x1000, 0x1000))
                .isEqualTo("0x1000 0x1000");
    }

    @Test
    void pointersToFunctionsHaveTheirName() {
        assertThat(arguments("void f(callback a, callback b, callback c);", 0x401000, 0x401001, 0))
                .isEqualTo("compare 0x401001 nil");
        assertThat(arguments("void f(callback(SIG_DFL=0, SIG_IGN=1) a, callback(SIG_DFL=0, SIG_IGN=1) b);", 0, 1))
                .isEqualTo("SIG_DFL SIG_IGN");
        memory.put(0x1000, 0x401000, 3);
        assertThat(arguments("void f(struct(callback handler, long flags)*);", 0x1000))
                .isEqualTo("{ handler= compare flags= 3 }");
    }

    @Test
    void wideStringsAreOfFourBytes() {
        memory.put(0x1000, "wide \u20ac\0".getBytes(Charset.forName("UTF-32LE")));
        assertThat(arguments("void f(string(array(uint, zero)*));", 0x1000)).isEqualTo("L\"wide \u20ac\"");
        memory.put(0x1000, ("x".repeat(40) + "\0").getBytes(Charset.forName("UTF-32LE")));
        assertThat(arguments("void f(string(array(uint, zero)*));", 0x1000))
                .isEqualTo("L\"" + "x".repeat(32) + "\"...");
    }

    @Test
    void bitVectorsMayBeArrays() {
        memory.put(0x1000, 0x201, 0);
        assertThat(arguments("void f(bitvec(array(ulong, 2))*);", 0x1000))
                .isEqualTo("bits 01020000000000000000000000000000");
    }

    @Test
    void pointersToScalarsAreFollowed() {
        memory.put(0x1000, bytes(42)).put(0x2000, 0x1000).text(0x3000, "s").put(0x2010, 0x3000);
        assertThat(arguments("void f(int*, int**, string*);", 0x1000, 0x2000, 0x2010))
                .isEqualTo("42 42 \"s\"");
    }

    @Test
    void moreStringsFollowUpToANull() {
        memory.text(0x1000, "/bin/echo").text(0x2000, "echo").text(0x2010, "x");
        long[] six = {0x1000, 0x2000, 0x2010, 0x2010, 0x2010, 0x2010, 0x2010, 0};
        assertThat(arguments("int execl(string path, string arg ...);", six))
                .isEqualTo("\"/bin/echo\" \"echo\" \"x\" \"x\" \"x\" \"x\" \"x\" nil");
        assertThat(arguments("int execl(string path, string arg ...);", 0x1000, 0))
                .isEqualTo("\"/bin/echo\" nil");
    }

    @Test
    void bitFieldsAreCutOutOfTheirBytes() {
        EnumType mode = new EnumType(
                new IntegerType(4, false, jltrace.type.Display.DECIMAL),
                List.of(EnumType.Constant.enumerator("ON", 5)),
                EnumType.Kind.ENUMERATION);
        StructType struct = StructType.withLayout(
                "bits",
                List.of(
                        new StructType.Field("a", new BitFieldType(IntegerType.UNSIGNED_INT, 0, 3), 0),
                        new StructType.Field("b", new BitFieldType(IntegerType.INT, 3, 7), 0),
                        new StructType.Field("c", new BitFieldType(mode, 2, 4), 1),
                        new StructType.Field("d", new BitFieldType(IntegerType.LONG, 6, 41), 1)),
                8,
                8);
        // a=6, b=-5, c=5, d=-2, as gcc lays them out: 6 | (-5 & 127) << 3 | 5 << 10 | (-2 & (1 << 41) - 1) << 14.
        memory.put(0x1000, 6 | (-5 & 127L) << 3 | 5L << 10 | (-2 & (1L << 41) - 1) << 14);
        FunctionSignature signature =
                new FunctionSignature("f", VoidType.VOID, List.of(Parameter.of(new PointerType(struct))), false, false);
        assertThat(arguments(signature, 0x1000)).isEqualTo("{ a= 6 b= -5 c= enum 5 d= -2 }");
    }

    @Test
    void aLargeStructureIsShownAsFarAsItIsCaptured() {
        String fields = "long, ".repeat(39) + "long";
        long[] values = new long[40];
        java.util.Arrays.setAll(values, i -> i + 1);
        memory.put(0x1000, values);
        assertThat(arguments("void f(struct(" + fields + ")*);", 0x1000)).endsWith("= 31 = 32 ...}");
    }
}
