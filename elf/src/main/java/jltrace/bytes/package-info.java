/**
 * Bounds-checked reading of little-endian bytes, from memory and from mapped files.
 *
 * <p>{@link jltrace.bytes.ByteSource} is random access by offset, {@link jltrace.bytes.Cursor} reads one thing after the
 * other. Whatever the bytes are, the only exception is {@link jltrace.bytes.MalformedBytesException}.
 */
@NullMarked
package jltrace.bytes;

import org.jspecify.annotations.NullMarked;
