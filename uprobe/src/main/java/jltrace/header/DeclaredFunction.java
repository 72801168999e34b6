package jltrace.header;

import java.util.List;

/**
 * A function that a header declares.
 *
 * @param name its name
 * @param file the header, as the preprocessor names it
 * @param parameters the names of its parameters, without the underscores that system headers begin them with; empty for one that has none
 */
public record DeclaredFunction(String name, String file, List<String> parameters) {
    public DeclaredFunction {
        parameters = List.copyOf(parameters);
    }
}
