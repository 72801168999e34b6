package jltrace.plan;

import jltrace.type.FunctionSignature;

/** Where signatures come from. */
public interface SignatureSource {
    /**
     * A signature and who says so.
     *
     * @param origin for the user: a file and line, or that it is a guess
     */
    record Sourced(FunctionSignature signature, String origin) {}

    /**
     * The signature of a function.
     *
     * @param library a soname
     */
    Sourced of(String library, String function);
}
