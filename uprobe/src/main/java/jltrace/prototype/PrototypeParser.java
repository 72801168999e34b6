package jltrace.prototype;

import java.util.ArrayList;
import java.util.List;
import jltrace.type.CType;
import jltrace.type.FormatType;
import jltrace.type.FunctionSignature;
import jltrace.type.HiddenType;
import jltrace.type.Parameter;
import jltrace.type.Presence;
import jltrace.type.StringType;
import jltrace.type.StructType;
import jltrace.type.VoidType;

/**
 * Parses the line of a function: {@code [function] LENS NAME ( [ [+]LENS [NAME] [when COND | ...] {, ...} ] )}. What follows the closing
 * parenthesis is ignored, as by ltrace.
 */
final class PrototypeParser {

    private final LineScanner scanner;
    private final LensParser lenses;
    private final List<Parameter> parameters = new ArrayList<>();
    private boolean variadic;

    private PrototypeParser(LineScanner scanner, TypeNames names) {
        this.scanner = scanner;
        this.lenses = new LensParser(scanner, names, 0);
    }

    /** The signature in a line. */
    static FunctionSignature parse(LineScanner scanner, TypeNames names) throws SyntaxException {
        skipKeyword(scanner);
        return new PrototypeParser(scanner, names).signature();
    }

    /** Steps over the type that begins a line and returns the function's name, without a look at what the type means. */
    static String functionName(LineScanner scanner) throws SyntaxException {
        skipKeyword(scanner);
        scanner.expectWord("a type");
        while (true) {
            switch (scanner.peek()) {
                case '*' -> scanner.skip('*');
                case '(', '[' -> {
                    scanner.skip(scanner.peek());
                    scanner.skipBalanced();
                }
                default -> {
                    return scanner.expectWord("the function's name");
                }
            }
        }
    }

    /** The word {@code function} says what the line is anyway. */
    private static void skipKeyword(LineScanner scanner) {
        int start = scanner.offset();
        if (!scanner.word().equals("function")) {
            scanner.backTo(start);
        }
    }

    private FunctionSignature signature() throws SyntaxException {
        int start = scanner.offset();
        CType result = Lens.adjusted(lenses.lens());
        requirePassable(result, start);
        String name = scanner.expectWord("the function's name");
        scanner.expect('(', "before the parameters");
        if (!scanner.skip(')')) {
            parameters(start);
        }
        int declared = parameters.size();
        if (lenses.highestArgument() > declared && !variadic) {
            String count = declared == 1 ? "1 parameter" : declared + " parameters";
            throw new SyntaxException(
                    start, "a length or a condition speaks of arg" + lenses.highestArgument() + " of " + count);
        }
        if (lenses.highestElement() > 0) {
            throw new SyntaxException(start, "elt" + lenses.highestElement() + " outside a structure");
        }
        return new FunctionSignature(name, result, parameters, variadic, false);
    }

    private void parameters(int start) throws SyntaxException {
        do {
            if (scanner.skipEllipsis()) {
                variadic = true;
                break;
            }
            parameter();
        } while (scanner.skip(','));
        if (!scanner.skip(')')) {
            throw scanner.expected(variadic ? "')' after '...'" : "',' or ')' after a parameter");
        }
        checkVoid(start);
    }

    /** {@code (void)} is no parameter, as in C. */
    private void checkVoid(int start) throws SyntaxException {
        for (Parameter parameter : parameters) {
            if (parameter.type() == VoidType.VOID) {
                if (parameters.size() > 1 || variadic || !parameter.name().isEmpty()) {
                    throw new SyntaxException(start, "a parameter cannot be void");
                }
                parameters.clear();
                return;
            }
        }
    }

    private void parameter() throws SyntaxException {
        boolean out = scanner.skip('+');
        int start = scanner.offset();
        CType type = Lens.adjusted(lenses.lens());
        requirePassable(type, start);
        variadic |= type instanceof FormatType;
        Presence presence = presence();
        String name = presence instanceof Presence.Always ? scanner.word() : "";
        if (!name.isEmpty()) {
            presence = presence();
        }
        if (presence instanceof Presence.Always && scanner.skipEllipsis()) {
            if (!(type instanceof StringType)) {
                throw new SyntaxException(start, "only strings can be followed by more up to a null");
            }
            variadic = true;
            presence = new Presence.UntilNull();
        }
        parameters.add(new Parameter(name, type, out, presence));
    }

    /** {@code when argN & NUM} or {@code when argN = NUM{|NUM}}, if that is next. */
    private Presence presence() throws SyntaxException {
        int start = scanner.offset();
        if (!scanner.word().equals("when")) {
            scanner.backTo(start);
            return Presence.ALWAYS;
        }
        int argumentStart = scanner.offset();
        String argument = scanner.word();
        if (!argument.startsWith("arg")) {
            // A parameter whose name is "when".
            scanner.backTo(start);
            return Presence.ALWAYS;
        }
        int number = LensParser.smallNumber(new LineScanner(argument, 3, argument.length()), argumentStart);
        if (number == 0 || number > parameters.size()) {
            throw new SyntaxException(argumentStart, "the condition has to speak of an argument before this one");
        }
        if (scanner.skip('&')) {
            return new Presence.AnyBit(number, scanner.expectNumber("a mask"));
        }
        scanner.expect('=', "or '&' after the argument");
        List<Long> values = new ArrayList<>();
        do {
            values.add(scanner.expectNumber("a value"));
        } while (scanner.skip('|'));
        return new Presence.OneOf(number, values);
    }

    private static void requirePassable(CType type, int start) throws SyntaxException {
        CType bare = type instanceof HiddenType hidden ? hidden.underlying() : type;
        if (bare instanceof StructType struct && !struct.isDefined()) {
            throw new SyntaxException(start, "the structure '" + struct.name() + "' is declared but not defined");
        }
    }
}
