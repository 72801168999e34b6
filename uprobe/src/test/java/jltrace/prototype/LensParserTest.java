package jltrace.prototype;

import static jltrace.prototype.PrototypeFileTest.errors;
import static jltrace.prototype.PrototypeFileTest.function;
import static jltrace.prototype.PrototypeFileTest.type;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import jltrace.type.ArrayType;
import jltrace.type.BitVectorType;
import jltrace.type.Display;
import jltrace.type.EnumType;
import jltrace.type.FloatingType;
import jltrace.type.HiddenType;
import jltrace.type.IntegerType;
import jltrace.type.LengthExpression;
import jltrace.type.PointerType;
import jltrace.type.StringType;
import jltrace.type.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The types of ltrace.conf(5), and those that jltrace adds. */
class LensParserTest {

    @ParameterizedTest
    @CsvSource({
        "char, 1, true, CHARACTER",
        "uchar, 1, false, CHARACTER",
        "short, 2, true, DECIMAL",
        "ushort, 2, false, DECIMAL",
        "int, 4, true, DECIMAL",
        "uint, 4, false, DECIMAL",
        "long, 8, true, DECIMAL",
        "ulong, 8, false, DECIMAL",
        "llong, 8, true, DECIMAL",
        "ullong, 8, false, DECIMAL",
        "octal, 4, false, OCTAL",
        "oct(int), 4, true, OCTAL",
        "octal(long), 8, true, OCTAL",
        "hex(short), 2, true, HEXADECIMAL",
        "bin(uint), 4, false, BINARY",
        "bool(char), 1, true, BOOLEAN",
        "bitvec(ushort), 2, false, BIT_VECTOR",
        "guess(long), 8, true, GUESS",
        "network(ushort), 2, false, NETWORK_ORDER",
        "char(int), 4, true, CHARACTER"
    })
    void integersHaveTheirWidthSignAndDisplayOnX8664(String text, int width, boolean signed, Display display) {
        assertThat(type(text)).isEqualTo(new IntegerType(width, signed, display));
    }

    @Test
    void floatingPointTypesHaveTheirWidth() {
        assertThat(type("float")).isEqualTo(FloatingType.FLOAT);
        assertThat(type("double")).isEqualTo(FloatingType.DOUBLE);
        assertThat(type("ldouble")).isEqualTo(FloatingType.LONG_DOUBLE);
        assertThat(type("hex(double)")).isEqualTo(new FloatingType(8, true));
    }

    @Test
    void pointersMayHaveSeveralStarsAndBlanksBeforeThem() {
        assertThat(type("void*")).isEqualTo(PointerType.OPAQUE);
        assertThat(type("addr")).isEqualTo(PointerType.OPAQUE);
        assertThat(type("file")).isEqualTo(PointerType.OPAQUE);
        assertThat(type("int * *")).isEqualTo(new PointerType(new PointerType(IntegerType.INT)));
        assertThat(function("int *f(char *);", "f")).hasToString("int* f(char*)");
    }

    @Test
    void stringsEndAtZeroOrAtTheirBound() {
        assertThat(type("string")).isEqualTo(StringType.C_STRING);
        assertThat(type("string[zero]")).isEqualTo(StringType.C_STRING);
        assertThat(type("string[7]")).isEqualTo(StringType.within(new LengthExpression.Constant(7)));
        assertThat(type("string[zero(7)]")).isEqualTo(StringType.within(new LengthExpression.Constant(7)));
        assertThat(type("string1")).isEqualTo(StringType.within(new LengthExpression.Argument(1)));
        assertThat(type("string0")).isEqualTo(StringType.within(new LengthExpression.ReturnValue()));
        assertThat(type("string[retval]")).isEqualTo(StringType.within(new LengthExpression.ReturnValue()));
        assertThat(type("string(char*)")).isEqualTo(StringType.C_STRING);
        assertThat(type("string(array(char, 6)*)"))
                .isEqualTo(new StringType(1, new LengthExpression.Constant(6), false));
        assertThat(type("string(array(uint, zero(arg1))*)"))
                .isEqualTo(new StringType(4, new LengthExpression.ZeroWithin(new LengthExpression.Argument(1)), false));
        assertThat(type("string(uint)")).isEqualTo(new IntegerType(4, false, Display.CHARACTER));
    }

    @Test
    void aStringInAStructureLiesThereItself() {
        StructType struct = (StructType) ((PointerType) type("struct(string(array(char, 6)),int)*")).target();
        assertThat(struct.fields().get(0).type()).isEqualTo(new StringType(1, new LengthExpression.Constant(6), true));
        assertThat(struct.fields().get(1).byteOffset()).isEqualTo(8);
        assertThat(struct.size()).isEqualTo(12);
    }

    @Test
    void anArrayParameterDecaysToAPointer() {
        assertThat(type("array(int, 4)"))
                .isEqualTo(new PointerType(new ArrayType(IntegerType.INT, new LengthExpression.Constant(4))));
        assertThat(type("string(array(char, 4))"))
                .isEqualTo(new StringType(1, new LengthExpression.Constant(4), false));
        assertThat(type("hide(array(int, 4))")).isInstanceOf(HiddenType.class);
        assertThat(function("array(ushort,3)* seed48(array(ushort,3)*);", "seed48")
                        .result())
                .isEqualTo(
                        new PointerType(new ArrayType(IntegerType.UNSIGNED_SHORT, new LengthExpression.Constant(3))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "3~3",
                "0x10~16",
                "010~8",
                "arg1~arg1",
                "arg0~retval",
                "zero~zero",
                "zero(arg1)~zero(arg1)",
                "arg1*4~arg1*4"
            })
    void lengthsAreExpressions(String text, String length) {
        PointerType pointer = (PointerType) type("array(int, " + text + ")*");
        assertThat(((ArrayType) pointer.target()).length()).hasToString(length);
    }

    @Test
    void anElementsValueIsALengthInTheStructureAroundIt() {
        StructType struct = (StructType) ((PointerType) type("struct(ulong,array(int,elt1))*")).target();
        assertThat(struct.fields().get(1).type())
                .isEqualTo(new ArrayType(IntegerType.INT, new LengthExpression.Element(1)));
        assertThat(errors("int f(struct(ulong,array(int,elt3))*);"))
                .singleElement()
                .asString()
                .contains("elt3");
        assertThat(errors("int f(array(int,elt1)*);"))
                .singleElement()
                .asString()
                .contains("elt1");
    }

    @Test
    void lensesReachThroughPointersArraysAndPlainFields() {
        assertThat(type("hex(int*)")).isEqualTo(new PointerType(IntegerType.INT.shownAs(Display.HEXADECIMAL)));
        assertThat(type("oct(array(int,3))*")).hasToString("array(oct(int), 3)*");
        assertThat(type("hex(struct(int,char))*")).hasToString("struct(hex(int), char)*");
        assertThat(type("bitvec(array(char,8)*)"))
                .isEqualTo(new PointerType(
                        new BitVectorType(new ArrayType(IntegerType.CHAR, new LengthExpression.Constant(8)))));
        assertThat(type("oct(addr)")).isEqualTo(PointerType.OPAQUE);
    }

    @Test
    void constantsCountOnFromTheOneBefore() {
        assertThat(type("enum(A,B=5,C)"))
                .isEqualTo(new EnumType(
                        IntegerType.INT,
                        List.of(
                                EnumType.Constant.enumerator("A", 0),
                                EnumType.Constant.enumerator("B", 5),
                                EnumType.Constant.enumerator("C", 6)),
                        EnumType.Kind.ENUMERATION));
        assertThat(((EnumType) type("enum[short](A=0x7, B=010, C=-1)")).constants())
                .extracting(EnumType.Constant::value)
                .containsExactly(7L, 8L, -1L);
    }

    @Test
    void flagsMayHaveAMask() {
        assertThat(type("flags(RDONLY=0/3, WRONLY=1/3, CREAT=0100)"))
                .isEqualTo(new EnumType(
                        IntegerType.INT,
                        List.of(
                                new EnumType.Constant("RDONLY", 0, 3),
                                new EnumType.Constant("WRONLY", 1, 3),
                                EnumType.Constant.flag("CREAT", 0100)),
                        EnumType.Kind.FLAGS));
        assertThat(errors("int f(flags(A=4/3));")).singleElement().asString().contains("mask");
        assertThat(errors("int f(flags(A));")).singleElement().asString().contains("'='");
    }

    @Test
    void constantsAreExtendedAsTheirTypeIs() {
        assertThat(((EnumType) type("flags[uint](EPOLLET=0x80000000, B=1)")).constants())
                .containsExactly(EnumType.Constant.flag("EPOLLET", 0x8000_0000L), EnumType.Constant.flag("B", 1));
        assertThat(((EnumType) type("flags(CLONE_IO=0x80000000)")).constants())
                .containsExactly(EnumType.Constant.flag("CLONE_IO", -0x8000_0000L));
        assertThat(((EnumType) type("enum[uchar](A=-1)")).constants())
                .containsExactly(EnumType.Constant.enumerator("A", 255));
        assertThat(((EnumType) type("enum[ulong](A=0xffffffff, B=0xffffffffffffffff)")).constants())
                .extracting(EnumType.Constant::value)
                .containsExactly(0xffffffffL, -1L);
    }

    @Test
    void setsAreEnumerationsOfAnotherKind() {
        assertThat(type("set[ulong](A=1, B=2)"))
                .isEqualTo(new EnumType(
                        IntegerType.UNSIGNED_LONG,
                        List.of(EnumType.Constant.flag("A", 1), EnumType.Constant.flag("B", 2)),
                        EnumType.Kind.SET))
                .hasToString("set[ulong](A=1, B=2)");
    }

    @Test
    void aSocketAddressHasAFamilyOfTwoBytesAndALength() {
        assertThat(function("int f(sockaddr(enum[ushort](A=1), arg2)*, uint);", "f"))
                .hasToString("int f(sockaddr(enum[ushort](A=1), arg2)*, uint)");
        assertThat(errors("int f(sockaddr(enum(A=1), arg2)*, uint);"))
                .singleElement()
                .asString()
                .contains("expected an enumeration of two bytes");
        assertThat(errors("int f(sockaddr(ushort, arg2)*, uint);"))
                .singleElement()
                .asString()
                .contains("expected an enumeration of two bytes");
        assertThat(errors("int f(sockaddr(enum[ushort](A=1))*, uint);"))
                .singleElement()
                .asString()
                .contains("expected ','");
    }
}
