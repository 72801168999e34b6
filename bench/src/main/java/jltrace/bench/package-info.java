/** What the work behind the kernel's takes: records out of a ring, calls out of records, lines out of calls. */
@NullMarked
package jltrace.bench;

import org.jspecify.annotations.NullMarked;
