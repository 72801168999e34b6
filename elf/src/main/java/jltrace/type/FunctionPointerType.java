package jltrace.type;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A pointer to a function, shown as the symbol that it points to, else as an address.
 *
 * @param constants names of values that are no functions, such as {@code SIG_IGN}
 */
public record FunctionPointerType(List<EnumType.Constant> constants) implements CType {
    public static final FunctionPointerType CALLBACK = new FunctionPointerType();

    public FunctionPointerType {
        constants = List.copyOf(constants);
    }

    /** A pointer without values of another meaning. */
    public FunctionPointerType() {
        this(List.of());
    }

    @Override
    public long size() {
        return Long.BYTES;
    }

    @Override
    public int alignment() {
        return Long.BYTES;
    }

    @Override
    public String toString() {
        return constants.isEmpty()
                ? "callback"
                : constants.stream()
                        .map(constant -> constant.name() + "=" + constant.value())
                        .collect(Collectors.joining(", ", "callback(", ")"));
    }
}
