package jltrace.type;

import java.util.ArrayList;
import java.util.List;

/**
 * The System V ABI for x86-64: where a call's arguments and result are (psABI 1.0, 3.2.3 "Parameter passing" and "Returning of
 * values").
 *
 * <p>C++ objects that are passed by invisible reference (psABI: non-trivial for the purposes of calls) are pointers here: whoever
 * knows that a type is one has to say so in the signature.
 */
public final class CallingConvention {

    private CallingConvention() {}

    /**
     * Where the declared parameters are, in their order.
     *
     * <p>A parameter that is not always passed is placed as if it were. That is right for it and those after it whenever it is
     * passed, and nothing follows it when it is not: it stands where variable arguments do. Of several in a row that depend on the same
     * argument at most one is passed if they share no value; each then stands where the first one does, as {@code fcntl}'s third
     * argument, whose type depends on the second.
     */
    public static List<ArgumentLocation> arguments(FunctionSignature signature) {
        ArgumentSequence sequence = ArgumentSequence.of(signature.result());
        List<ArgumentLocation> locations =
                new ArrayList<>(signature.parameters().size());
        int first = 0;
        for (int i = 0; i < signature.parameters().size(); i++) {
            Parameter parameter = signature.parameters().get(i);
            boolean alternative = i > 0
                    && signature.parameters().subList(first, i).stream()
                            .allMatch(before -> isAlternative(parameter, before));
            first = alternative ? first : i;
            locations.add(alternative ? locations.get(i - 1) : sequence.next(parameter.type()));
        }
        return locations;
    }

    /** Whether a parameter is only passed when one before it is not, and then in its place. */
    private static boolean isAlternative(Parameter parameter, Parameter before) {
        return parameter.presence() instanceof Presence.OneOf values
                && before.presence() instanceof Presence.OneOf others
                && values.argument() == others.argument()
                && values.values().stream().noneMatch(others.values()::contains)
                && isOneInteger(parameter.type())
                && isOneInteger(before.type());
    }

    private static boolean isOneInteger(CType type) {
        return EightbyteClass.classify(asPassed(type)).equals(List.of(EightbyteClass.INTEGER));
    }

    /** Where a result of a type is. */
    public static ResultLocation result(CType type) {
        List<EightbyteClass> classes = EightbyteClass.classify(asPassed(type));
        if (classes.isEmpty()) {
            return new ResultLocation.Nothing();
        }
        if (classes.contains(EightbyteClass.MEMORY)) {
            return new ResultLocation.InMemory();
        }
        if (classes.get(0) == EightbyteClass.X87) {
            return new ResultLocation.InX87();
        }
        List<ResultLocation.Register> registers = new ArrayList<>(classes.size());
        int integers = 0;
        int vectors = 0;
        for (EightbyteClass eightbyte : classes) {
            if (eightbyte == EightbyteClass.INTEGER) {
                registers.add(integers++ == 0 ? ResultLocation.Register.RAX : ResultLocation.Register.RDX);
            } else if (eightbyte == EightbyteClass.SSE) {
                registers.add(vectors++ == 0 ? ResultLocation.Register.XMM0 : ResultLocation.Register.XMM1);
            }
        }
        return new ResultLocation.InRegisters(registers);
    }

    /** The bytes of what is passed for a parameter or result of a type: of an array, its address's. */
    public static long sizeAsPassed(CType type) {
        return asPassed(type).size();
    }

    /** The type that is passed for a parameter or result of a type: C passes an array's address. */
    static CType asPassed(CType type) {
        if (type instanceof ArrayType || type instanceof StringType) {
            return PointerType.OPAQUE;
        }
        return type instanceof HiddenType hidden ? asPassed(hidden.underlying()) : type;
    }
}
