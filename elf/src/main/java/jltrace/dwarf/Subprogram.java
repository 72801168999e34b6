package jltrace.dwarf;

import java.util.Optional;
import jltrace.type.FunctionSignature;

/**
 * A function with code, as debug information describes it.
 *
 * @param name its name in the source, with the namespaces and classes that it is in; empty if it has none
 * @param linkageName the name of its symbol, where debug information gives it: else it is the name in C
 * @param virtualAddress where its code begins
 * @param signature empty if it can't be told where its arguments are
 */
public record Subprogram(
        String name, Optional<String> linkageName, long virtualAddress, Optional<FunctionSignature> signature) {}
