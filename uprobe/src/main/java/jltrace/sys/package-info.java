/**
 * The system-call boundary: the only package that uses JNA. What the kernel is asked goes through {@link
 * jltrace.sys.Linux}, which tests replace by a fake.
 */
@NullMarked
package jltrace.sys;

import org.jspecify.annotations.NullMarked;
