package jltrace.type;

/**
 * How many elements an array or a string has, told by other values of the same call (ltrace.conf(5), "Expressions").
 *
 * <p>A negative value means that there are no elements, as when {@code read} returns -1.
 */
public sealed interface LengthExpression {

    /** Up to the first element whose bytes are all zero. */
    Zero ZERO = new Zero();

    /** A number known beforehand. */
    record Constant(long value) implements LengthExpression {
        @Override
        public String toString() {
            return Long.toString(value);
        }
    }

    /**
     * The value of an argument.
     *
     * @param number the argument's place, from 1
     */
    record Argument(int number) implements LengthExpression {
        @Override
        public String toString() {
            return "arg" + number;
        }
    }

    /** The function's result; known only when it has returned. */
    record ReturnValue() implements LengthExpression {
        @Override
        public String toString() {
            return "retval";
        }
    }

    /**
     * The value of a field of the innermost structure around the array.
     *
     * @param number the field's place, from 1
     */
    record Element(int number) implements LengthExpression {
        @Override
        public String toString() {
            return "elt" + number;
        }
    }

    /** Up to the first element whose bytes are all zero, wherever that is. */
    record Zero() implements LengthExpression {
        @Override
        public String toString() {
            return "zero";
        }
    }

    /**
     * Up to the first element whose bytes are all zero, and no farther than a limit.
     *
     * @param limit the most elements there can be
     */
    record ZeroWithin(LengthExpression limit) implements LengthExpression {
        @Override
        public String toString() {
            return "zero(" + limit + ")";
        }
    }

    /** The product of two lengths, as {@code fwrite}'s size and count. */
    record Product(LengthExpression left, LengthExpression right) implements LengthExpression {
        @Override
        public String toString() {
            return left + "*" + right;
        }
    }

    /**
     * How many elements lie between two addresses that are fields of the innermost structure around the array. No text of the
     * prototype language stands for it; debug information leads to it.
     *
     * @param from the place of the field with the first element's address, from 1
     * @param to the place of the field with the address behind the last
     * @param elementSize the bytes of an element
     */
    record Distance(int from, int to, long elementSize) implements LengthExpression {
        @Override
        public String toString() {
            return "(elt" + to + "-elt" + from + ")/" + elementSize;
        }
    }

    /**
     * The bytes that an array takes where it stands: none if its length is known only at run time; the limit's, where only the end
     * of what is used is marked by a zero.
     */
    static long storage(LengthExpression length, long elementSize) {
        LengthExpression most = length instanceof ZeroWithin zeroWithin ? zeroWithin.limit() : length;
        if (most instanceof Constant constant && constant.value() > 0) {
            long bytes = constant.value() * elementSize;
            boolean overflows = Math.multiplyHigh(constant.value(), elementSize) != 0 || bytes < 0;
            return overflows ? Long.MAX_VALUE : bytes;
        }
        return 0;
    }
}
