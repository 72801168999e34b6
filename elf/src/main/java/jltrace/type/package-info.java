/**
 * C types and function signatures, and where the System V ABI for x86-64 puts their values.
 *
 * <p>A type here says two things that C keeps apart: how the bytes are laid out, and how a call's line shows them (a hexadecimal
 * {@code unsigned int}, a {@code long} as a bit vector). Prototype files and debug information both end up as these types; what is
 * captured and printed follows from them alone.
 */
@NullMarked
package jltrace.type;

import org.jspecify.annotations.NullMarked;
