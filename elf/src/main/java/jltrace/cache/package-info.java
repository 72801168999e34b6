/**
 * What is kept from one run to the next of what it takes long to find out about a file.
 *
 * <p>{@link jltrace.cache.BuildCache} is the directory, {@link jltrace.cache.ObjectFacts} what is kept of an object itself.
 */
@NullMarked
package jltrace.cache;

import org.jspecify.annotations.NullMarked;
