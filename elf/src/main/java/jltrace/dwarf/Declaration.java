package jltrace.dwarf;

import java.util.List;
import jltrace.type.FunctionSignature;

/**
 * A function's signature, and how its types are written in C, with qualifiers and typedefs.
 *
 * @param signature the signature
 * @param result the result's type, such as {@code const char *}
 * @param parameters the parameters' types; what the signature has hidden is not among them
 */
public record Declaration(FunctionSignature signature, String result, List<String> parameters) {
    public Declaration {
        parameters = List.copyOf(parameters);
    }
}
