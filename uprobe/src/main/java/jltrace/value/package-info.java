/** Captured bytes and a type make a value; values go to a sink one by one, so that nothing is allocated for them. */
@NullMarked
package jltrace.value;

import org.jspecify.annotations.NullMarked;
