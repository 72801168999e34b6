/** jltrace run for real on the fixtures and on installed programs, as a process of its own, against the kernel. */
@NullMarked
package jltrace.kernel;

import org.jspecify.annotations.NullMarked;
