package jltrace.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class StructTypeTest {

    @Test
    void aListThatPointsToItselfCanBeComparedAndPrinted() {
        assertThat(list(IntegerType.INT)).isEqualTo(list(IntegerType.INT)).hasSameHashCodeAs(list(IntegerType.INT));
        assertThat(list(IntegerType.INT)).isNotEqualTo(list(IntegerType.LONG));
        assertThat(new PointerType(list(IntegerType.INT))).hasToString("struct list*");
    }

    @Test
    void twoStructuresThatPointToEachOtherCanBeComparedAndPrinted() {
        assertThat(pair()).isEqualTo(pair()).hasSameHashCodeAs(pair()).hasToString("struct left");
        assertThat(pair().fields().get(0).type()).hasToString("struct right*");
    }

    @Test
    void aNamelessStructureIsPrintedWithItsFields() {
        assertThat(StructType.of("", List.of(new StructType.Member("x", IntegerType.INT), member(FloatingType.FLOAT))))
                .hasToString("struct(int x, float)");
    }

    @Test
    void cannotContainItself() {
        StructType struct = StructType.declared("s");
        assertThatThrownBy(
                        () -> struct.define(List.of(member(new ArrayType(struct, new LengthExpression.Constant(2))))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("struct s");
    }

    @Test
    void cannotBeDefinedTwice() {
        StructType struct = StructType.of("s", List.of());
        assertThatThrownBy(() -> struct.define(List.of())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void sizesThatNoMachineHasDoNotOverflow() {
        CType huge = new ArrayType(IntegerType.LONG, new LengthExpression.Constant(Long.MAX_VALUE / 2));
        StructType struct = StructType.of("", List.of(member(huge), member(huge), member(IntegerType.LONG)));
        assertThat(struct.size()).isPositive();
        FunctionSignature signature = new FunctionSignature(
                "f", VoidType.VOID, List.of(Parameter.of(struct), Parameter.of(struct)), false, false);
        assertThat(CallingConvention.arguments(signature))
                .allSatisfy(location -> assertThat(location).isInstanceOf(ArgumentLocation.StackSlots.class));
    }

    @Test
    void anUnknownFunctionHasFourGuessedArguments() {
        assertThat(FunctionSignature.guessed("f"))
                .hasToString("guess(long) f(guess(long), guess(long), guess(long), guess(long))");
    }

    @Test
    void aFlagHoldsByItsMask() {
        assertThat(new EnumType.Constant("O_RDONLY", 0, 3).holds(0x80000)).isTrue();
        assertThat(new EnumType.Constant("O_RDONLY", 0, 3).holds(0x80002)).isFalse();
        assertThat(EnumType.Constant.flag("O_CLOEXEC", 0x80000).holds(0x80002)).isTrue();
        assertThat(EnumType.Constant.flag("PROT_NONE", 0).holds(1)).isFalse();
        assertThat(EnumType.Constant.enumerator("SIGINT", 2).holds(3)).isFalse();
    }

    private static StructType list(CType value) {
        StructType list = StructType.declared("list");
        list.define(List.of(member(value), member(new PointerType(list))));
        return list;
    }

    private static StructType pair() {
        StructType left = StructType.declared("left");
        StructType right = StructType.of("right", List.of(member(new PointerType(left))));
        left.define(List.of(member(new PointerType(right))));
        return left;
    }

    private static StructType.Member member(CType type) {
        return new StructType.Member("", type);
    }
}
