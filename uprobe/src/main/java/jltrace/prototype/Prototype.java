package jltrace.prototype;

import jltrace.type.FunctionSignature;

/**
 * A function's signature and where it comes from.
 *
 * @param signature the signature
 * @param source where it was found
 */
public record Prototype(FunctionSignature signature, PrototypeSource source) {}
