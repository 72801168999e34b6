/**
 * x86-64 machine code: what an instruction is, what a kernel probe on it costs, and where a function is entered and
 * left.
 *
 * <p>{@link jltrace.code.Amd64Decoder} reads one instruction. {@link jltrace.code.FunctionScanner} follows a function's
 * control flow into a {@link jltrace.code.FunctionScan}. {@link jltrace.code.EntrySite} and
 * {@link jltrace.code.UprobeRules} say where a probe may be put. {@link jltrace.code.JumpSites} and
 * {@link jltrace.code.CallSite} find who jumps to, or called, a function.
 */
@NullMarked
package jltrace.code;

import org.jspecify.annotations.NullMarked;
