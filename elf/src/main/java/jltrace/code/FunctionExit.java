package jltrace.code;

/**
 * An instruction by which a function may leave for good. At it the stack pointer is what it was at the function's entry
 * (but see {@link Return#popped}), unless the scan could not follow the stack there and a compiler did not write the code.
 */
public sealed interface FunctionExit {
    /** The address of the instruction. */
    long virtualAddress();

    /** What a probe on it costs, or that there can be none. */
    UprobeClass uprobeClass();

    /**
     * {@code ret}, or a jump to the return address that was popped before: the result is in rax.
     *
     * @param popped how far above its place at entry the stack pointer is, in bytes
     */
    record Return(long virtualAddress, UprobeClass uprobeClass, int popped) implements FunctionExit {}

    /**
     * A jump to another function's entry, which returns in this one's stead.
     *
     * @param target the address of that function
     * @param conditional whether the jump may also not be taken, so that a probe on it does not tell that the function left
     */
    record TailJump(long virtualAddress, UprobeClass uprobeClass, long target, boolean conditional)
            implements FunctionExit {}

    /**
     * A jump to the function whose address a rip-relative slot holds, such as {@code jmp *name@GOTPCREL(%rip)}.
     *
     * @param slot the slot's address
     */
    record SlotTailJump(long virtualAddress, UprobeClass uprobeClass, long slot) implements FunctionExit {}

    /** A jump to the function that a register or other memory points to, such as a virtual method. */
    record PointerTailJump(long virtualAddress, UprobeClass uprobeClass) implements FunctionExit {}
}
