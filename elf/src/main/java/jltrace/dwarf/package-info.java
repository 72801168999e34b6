/**
 * Debug information: DWARF 2 to 5, in one file or several, and what it says of functions, types and lines.
 *
 * <p>{@link jltrace.dwarf.DebugInformation} is the way in. Section numbers in comments are those of the DWARF 5 standard.
 */
@NullMarked
package jltrace.dwarf;

import org.jspecify.annotations.NullMarked;
