/**
 * From records to calls: merges the CPUs' records by time, follows processes and threads, and pairs entries with returns. Runs
 * without a kernel, on bytes.
 */
@NullMarked
package jltrace.call;

import org.jspecify.annotations.NullMarked;
