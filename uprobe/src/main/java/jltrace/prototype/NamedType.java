package jltrace.prototype;

import jltrace.type.CType;

/**
 * A type and what the lines that use it have to know.
 *
 * @param type the type
 * @param highestArgument the highest N of the {@code argN} in its lengths; 0 for none
 * @param highestElement the highest N of the {@code eltN} in its lengths that speak of a structure around it; 0 for none
 * @param nesting how deep types lie in it
 */
record NamedType(CType type, int highestArgument, int highestElement, int nesting) {}
