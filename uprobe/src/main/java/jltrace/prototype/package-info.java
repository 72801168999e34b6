/**
 * Where the signatures of functions come from: files in the prototype language of ltrace.conf(5), the user's, the bundled ones and
 * ltrace's own, and beside them what is known of how functions return.
 *
 * <p>Start-up counts, so a file is only indexed when it is read: a line is parsed when its function is asked for.
 */
@NullMarked
package jltrace.prototype;

import org.jspecify.annotations.NullMarked;
