/**
 * Tracing as a library: {@link jltrace.Tracer} starts or attaches to programs and tells a {@link
 * jltrace.call.CallListener} of their calls.
 */
@NullMarked
package jltrace;

import org.jspecify.annotations.NullMarked;
