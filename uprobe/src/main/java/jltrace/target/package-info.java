/** The traced programs: how one is started, what it has mapped, and which files that are. */
@NullMarked
package jltrace.target;

import org.jspecify.annotations.NullMarked;
