/** Perf events on threads, the rings that their records come through, and the records' layout (perf_event_open(2)). */
@NullMarked
package jltrace.perf;

import org.jspecify.annotations.NullMarked;
