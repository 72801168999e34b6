/** Output formats: each is a {@link jltrace.call.CallListener} that writes what it is told. */
@NullMarked
package jltrace.cli.output;

import org.jspecify.annotations.NullMarked;
