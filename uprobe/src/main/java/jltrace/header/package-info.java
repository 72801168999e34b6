/**
 * C headers in, signatures out, through a compiler that is installed: its preprocessor tells the functions' and the parameters' names, its
 * debug information the types.
 */
@NullMarked
package jltrace.header;

import org.jspecify.annotations.NullMarked;
