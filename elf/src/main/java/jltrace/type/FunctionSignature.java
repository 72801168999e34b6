package jltrace.type;

import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is known of a function's parameters and result.
 *
 * @param name the function's symbol name, without a version
 * @param result the type of the result, after C's adjustment; {@link VoidType} if there is none
 * @param parameters in their order
 * @param variadic whether more arguments may follow, of which at most a {@link FormatType} parameter tells the types
 * @param guessed whether nothing is known and parameters and result are guesses
 */
public record FunctionSignature(
        String name, CType result, List<Parameter> parameters, boolean variadic, boolean guessed) {

    private static final List<Parameter> FOUR_GUESSES = Collections.nCopies(4, Parameter.of(IntegerType.GUESS));

    public FunctionSignature {
        parameters = List.copyOf(parameters);
    }

    /** What ltrace takes an unknown function to be: four guessed integers and a guessed result, of a whole register each. */
    public static FunctionSignature guessed(String name) {
        return new FunctionSignature(name, IntegerType.GUESS, FOUR_GUESSES, false, true);
    }

    /** The signature in the prototype language. */
    @Override
    public String toString() {
        String list = parameters.stream().map(Parameter::toString).collect(Collectors.joining(", "));
        String more = variadic ? (list.isEmpty() ? "..." : ", ...") : "";
        return result + " " + name + "(" + list + more + ")";
    }
}
