/** The commands: what a user types, and what the exit status says. */
@NullMarked
package jltrace.cli;

import org.jspecify.annotations.NullMarked;
