/**
 * Probe events in tracefs: where it is mounted, what a definition looks like, who owns it, and how the records of an
 * event are laid out.
 */
@NullMarked
package jltrace.tracefs;

import org.jspecify.annotations.NullMarked;
