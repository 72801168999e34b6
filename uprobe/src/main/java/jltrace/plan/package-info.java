/** What to probe and what to capture there: a plan is data, made from files before the kernel is asked for anything. */
@NullMarked
package jltrace.plan;

import org.jspecify.annotations.NullMarked;
