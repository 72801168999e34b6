package jltrace.prototype;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jltrace.type.ArrayType;
import jltrace.type.CType;
import jltrace.type.Display;
import jltrace.type.EnumType;
import jltrace.type.FloatingType;
import jltrace.type.FormatType;
import jltrace.type.FunctionPointerType;
import jltrace.type.HiddenType;
import jltrace.type.IntegerType;
import jltrace.type.LengthExpression;
import jltrace.type.PointerType;
import jltrace.type.SocketAddressType;
import jltrace.type.StringType;
import jltrace.type.StructType;
import jltrace.type.VoidType;

/** Parses a LENS of ltrace.conf(5), and the extensions that the head of the bundled libc.so.6.conf describes. */
final class LensParser {

    /** How deep types may lie in each other, so that no file can exhaust the stack. */
    static final int DEEPEST = 100;

    private final LineScanner scanner;
    private final TypeNames names;
    private final int outerDepth;
    private int depth;
    private int deepest;
    private int highestArgument;
    private int highestElement;

    /**
     * @param scanner the line
     * @param names the types that have names
     * @param depth how many types are being parsed around this line
     */
    LensParser(LineScanner scanner, TypeNames names, int depth) {
        this.scanner = scanner;
        this.names = names;
        this.outerDepth = depth;
        this.depth = depth;
    }

    /** A type that this parser returned, with what its length expressions need around it. */
    NamedType named(CType type) {
        return new NamedType(type, highestArgument, highestElement, deepest - outerDepth);
    }

    /** The highest N of any {@code argN} so far; 0 for none. */
    int highestArgument() {
        return highestArgument;
    }

    /** The highest N of any {@code eltN} so far that stands in no structure; 0 for none. */
    int highestElement() {
        return highestElement;
    }

    /** {@code LENS = BASE {"*"}} */
    CType lens() throws SyntaxException {
        reach(++depth);
        CType type = base();
        int stars = 0;
        while (scanner.skip('*')) {
            stars++;
            reach(depth + stars);
            type = new PointerType(type);
        }
        depth--;
        return type;
    }

    private void reach(int nesting) throws SyntaxException {
        if (nesting > DEEPEST) {
            throw new SyntaxException(scanner.offset(), "types lie more than " + DEEPEST + " deep in each other");
        }
        deepest = Math.max(deepest, nesting);
    }

    private CType base() throws SyntaxException {
        int start = scanner.offset();
        String word = scanner.expectWord("a type");
        if (scanner.peek() == '(') {
            return withParentheses(word, start);
        }
        return switch (word) {
            case "enum" -> enumeration(EnumType.Kind.ENUMERATION);
            case "flags" -> enumeration(EnumType.Kind.FLAGS);
            case "set" -> scanner.peek() == '[' ? enumeration(EnumType.Kind.SET) : named(word, start);
            case "string" -> scanner.skip('[') ? boundedString() : StringType.C_STRING;
            default -> named(word, start);
        };
    }

    private CType withParentheses(String word, int start) throws SyntaxException {
        Optional<Display> display = Lens.display(word);
        if (display.isPresent()) {
            return Lens.shownAs(display.get(), inParentheses());
        }
        return switch (word) {
            case "hide" -> new HiddenType(inParentheses());
            case "struct" -> struct();
            case "array" -> array();
            case "string" -> stringOf();
            case "format", "scanformat" -> wideFormat(word);
            case "enum" -> enumeration(EnumType.Kind.ENUMERATION);
            case "flags" -> enumeration(EnumType.Kind.FLAGS);
            case "set" -> enumeration(EnumType.Kind.SET);
            case "callback" -> callback();
            case "sockaddr" -> socketAddress();
            default -> named(word, start);
        };
    }

    private CType named(String word, int start) throws SyntaxException {
        Optional<NamedType> found = names.find(word, depth);
        if (found.isPresent()) {
            highestArgument = Math.max(highestArgument, found.get().highestArgument());
            highestElement = Math.max(highestElement, found.get().highestElement());
            reach(depth + found.get().nesting());
            return found.get().type();
        }
        Optional<CType> plain = plain(word);
        if (plain.isPresent()) {
            return plain.get();
        }
        if (word.startsWith("string") && word.length() > "string".length()) {
            LineScanner digits = new LineScanner(word, "string".length(), word.length());
            if (Character.isDigit(digits.peek())) {
                LengthExpression length = argument(digits, start);
                if (digits.atEnd()) {
                    return StringType.within(length);
                }
            }
        }
        if (Lens.display(word).isPresent() || word.equals("hide") || word.equals("struct") || word.equals("array")) {
            throw scanner.expected("'(' after " + word);
        }
        throw new SyntaxException(start, "unknown type '" + word + "'");
    }

    /** The types that are words of the language; a file may define some of them anew. */
    private static Optional<CType> plain(String word) {
        return switch (word) {
            case "void" -> Optional.of(VoidType.VOID);
            case "char" -> Optional.of(IntegerType.CHAR);
            case "uchar" -> Optional.of(new IntegerType(1, false, Display.CHARACTER));
            case "short" -> Optional.of(IntegerType.SHORT);
            case "ushort" -> Optional.of(IntegerType.UNSIGNED_SHORT);
            case "int" -> Optional.of(IntegerType.INT);
            case "uint" -> Optional.of(IntegerType.UNSIGNED_INT);
            case "long", "llong" -> Optional.of(IntegerType.LONG);
            case "ulong", "ullong" -> Optional.of(IntegerType.UNSIGNED_LONG);
            case "float" -> Optional.of(FloatingType.FLOAT);
            case "double" -> Optional.of(FloatingType.DOUBLE);
            case "ldouble" -> Optional.of(FloatingType.LONG_DOUBLE);
            case "addr", "file" -> Optional.of(PointerType.OPAQUE);
            case "octal" -> Optional.of(IntegerType.UNSIGNED_INT.shownAs(Display.OCTAL));
            case "format" -> Optional.of(FormatType.PRINTF);
            case "scanformat" -> Optional.of(FormatType.SCANF);
            case "callback" -> Optional.of(FunctionPointerType.CALLBACK);
            default -> Optional.empty();
        };
    }

    private CType inParentheses() throws SyntaxException {
        scanner.expect('(', "before the type");
        CType type = lens();
        scanner.expect(')', "after the type");
        return type;
    }

    private StructType struct() throws SyntaxException {
        StructType struct = StructType.declared("");
        define(struct);
        return struct;
    }

    /** Gives a declared structure the fields that follow; the word {@code struct} has been read. */
    void define(StructType struct) throws SyntaxException {
        int outerHighestElement = highestElement;
        highestElement = 0;
        scanner.expect('(', "before the fields");
        List<StructType.Member> members = new ArrayList<>();
        if (!scanner.skip(')')) {
            do {
                int start = scanner.offset();
                if (!members.isEmpty()
                        && openEnded(members.get(members.size() - 1).type())) {
                    throw new SyntaxException(
                            start, "no field can follow an array whose length is known only at run time");
                }
                CType type = object(lens(), start);
                members.add(new StructType.Member(scanner.word(), type));
            } while (scanner.skip(','));
            if (!scanner.skip(')')) {
                throw scanner.expected("',' or ')' after a field");
            }
        }
        if (highestElement > members.size()) {
            throw new SyntaxException(
                    scanner.offset(), "elt" + highestElement + " in a structure of " + members.size() + " fields");
        }
        highestElement = outerHighestElement;
        struct.define(members);
    }

    private static boolean openEnded(CType type) {
        if (type instanceof ArrayType array) {
            return array.size() == 0 && !(array.length() instanceof LengthExpression.Constant);
        }
        if (type instanceof StringType string) {
            return string.inPlace() && string.size() == 0;
        }
        return type instanceof HiddenType hidden && openEnded(hidden.underlying());
    }

    /** The type, if there can be a value of it in memory. */
    private static CType object(CType type, int start) throws SyntaxException {
        CType bare = type instanceof HiddenType hidden ? hidden.underlying() : type;
        if (bare instanceof VoidType) {
            throw new SyntaxException(start, "a value cannot be void");
        }
        if (bare instanceof StructType struct && !struct.isDefined()) {
            throw new SyntaxException(start, "the structure '" + struct.name() + "' is declared but not defined here");
        }
        return type;
    }

    private CType array() throws SyntaxException {
        scanner.expect('(', "after array");
        int start = scanner.offset();
        CType element = object(lens(), start);
        scanner.expect(',', "after the element's type");
        LengthExpression length = expression();
        scanner.expect(')', "after the array's length");
        return new ArrayType(element, length);
    }

    private CType stringOf() throws SyntaxException {
        scanner.expect('(', "after string");
        int start = scanner.offset();
        Optional<CType> string = Lens.asString(lens());
        if (string.isEmpty()) {
            throw new SyntaxException(start, "expected X*, array(X, E) or array(X, E)* of characters X");
        }
        scanner.expect(')', "after the type");
        return string.get();
    }

    private CType boundedString() throws SyntaxException {
        LengthExpression length = expression();
        scanner.expect(']', "after the string's length");
        boolean endsAtZero = length instanceof LengthExpression.Zero || length instanceof LengthExpression.ZeroWithin;
        return endsAtZero ? new StringType(1, length, false) : StringType.within(length);
    }

    private CType wideFormat(String word) throws SyntaxException {
        scanner.expect('(', "after " + word);
        int start = scanner.offset();
        if (lens() instanceof StringType string) {
            scanner.expect(')', "after the string type");
            boolean scanf = word.equals("scanformat");
            return new FormatType(
                    scanf ? FormatType.Language.SCANF : FormatType.Language.PRINTF, string.characterWidth());
        }
        throw new SyntaxException(start, "expected a string type in " + word + "(...)");
    }

    private EnumType enumeration(EnumType.Kind kind) throws SyntaxException {
        IntegerType underlying = IntegerType.INT;
        if (scanner.skip('[')) {
            int start = scanner.offset();
            if (!(lens() instanceof IntegerType given)) {
                throw new SyntaxException(start, "expected an integer type");
            }
            underlying = given;
            scanner.expect(']', "after the integer type");
        }
        return new EnumType(underlying, constants(underlying, kind), kind);
    }

    private FunctionPointerType callback() throws SyntaxException {
        return new FunctionPointerType(constants(IntegerType.LONG, EnumType.Kind.ENUMERATION));
    }

    private SocketAddressType socketAddress() throws SyntaxException {
        scanner.expect('(', "after sockaddr");
        int start = scanner.offset();
        if (!(lens() instanceof EnumType family) || family.size() != Short.BYTES) {
            throw new SyntaxException(start, "expected an enumeration of two bytes");
        }
        scanner.expect(',', "after the names of the families");
        LengthExpression length = expression();
        scanner.expect(')', "after the address's length");
        return new SocketAddressType(family, length);
    }

    private List<EnumType.Constant> constants(IntegerType underlying, EnumType.Kind kind) throws SyntaxException {
        scanner.expect('(', "before the constants");
        List<EnumType.Constant> constants = new ArrayList<>();
        long next = 0;
        do {
            EnumType.Constant constant = constant(underlying, kind, next);
            constants.add(constant);
            next = constant.value() + 1;
        } while (scanner.skip(','));
        scanner.expect(')', "after the constants");
        return constants;
    }

    private EnumType.Constant constant(IntegerType underlying, EnumType.Kind kind, long next) throws SyntaxException {
        String name = scanner.expectWord("a constant's name");
        if (kind == EnumType.Kind.ENUMERATION) {
            long value = scanner.skip('=') ? number("the constant's value", underlying) : next;
            return EnumType.Constant.enumerator(name, value);
        }
        scanner.expect('=', "and the flag's value");
        int start = scanner.offset();
        long value = number("the flag's value", underlying);
        if (!scanner.skip('/')) {
            return EnumType.Constant.flag(name, value);
        }
        long mask = number("the mask of the flag's field", underlying);
        if ((value & ~mask) != 0) {
            throw new SyntaxException(start, "the value has bits outside its mask");
        }
        return new EnumType.Constant(name, value, mask);
    }

    private long number(String what, IntegerType underlying) throws SyntaxException {
        int unusedBits = Long.SIZE - Byte.SIZE * underlying.width();
        long shifted = scanner.expectNumber(what) << unusedBits;
        return underlying.signed() ? shifted >> unusedBits : shifted >>> unusedBits;
    }

    /** {@code EXPR}, and the extension {@code EXPR*EXPR}. */
    private LengthExpression expression() throws SyntaxException {
        LengthExpression left = term();
        return scanner.skip('*') ? new LengthExpression.Product(left, term()) : left;
    }

    private LengthExpression term() throws SyntaxException {
        int start = scanner.offset();
        String word = scanner.word();
        if (word.isEmpty()) {
            return new LengthExpression.Constant(
                    scanner.expectNumber("a length: a number, argN, eltN, retval or zero"));
        }
        if (word.equals("retval")) {
            return new LengthExpression.ReturnValue();
        }
        if (word.equals("zero")) {
            if (!scanner.skip('(')) {
                return LengthExpression.ZERO;
            }
            reach(++depth);
            LengthExpression limit = expression();
            depth--;
            scanner.expect(')', "after the limit");
            return new LengthExpression.ZeroWithin(limit);
        }
        LineScanner digits = new LineScanner(word, Math.min(word.length(), "argN".length() - 1), word.length());
        if (word.startsWith("arg")) {
            LengthExpression argument = argument(digits, start);
            if (digits.atEnd()) {
                return argument;
            }
        } else if (word.startsWith("elt")) {
            int element = smallNumber(digits, start);
            if (digits.atEnd() && element > 0) {
                highestElement = Math.max(highestElement, element);
                return new LengthExpression.Element(element);
            }
        }
        throw new SyntaxException(
                start, "expected a length: a number, argN, eltN, retval or zero, found '" + word + "'");
    }

    private LengthExpression argument(LineScanner digits, int start) throws SyntaxException {
        int number = smallNumber(digits, start);
        highestArgument = Math.max(highestArgument, number);
        return number == 0 ? new LengthExpression.ReturnValue() : new LengthExpression.Argument(number);
    }

    /** The N of {@code argN} and its like. */
    static int smallNumber(LineScanner digits, int start) throws SyntaxException {
        try {
            long number = digits.expectNumber("a number");
            if (number >= 0 && number <= Short.MAX_VALUE) {
                return (int) number;
            }
        } catch (SyntaxException e) {
            throw new SyntaxException(start, "expected a number after this word");
        }
        throw new SyntaxException(start, "the number is out of range");
    }
}
