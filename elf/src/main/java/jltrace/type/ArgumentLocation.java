package jltrace.type;

import java.util.List;

/** Where an argument is when a function is entered, before its first instruction (psABI 3.2.3). */
public sealed interface ArgumentLocation {

    /**
     * In an integer register, in its low bytes; the bytes above the type's width are not defined.
     *
     * @param index 0 to 5: %rdi, %rsi, %rdx, %rcx, %r8, %r9
     */
    record IntegerRegister(int index) implements ArgumentLocation {}

    /**
     * In a vector register, which uprobes cannot read.
     *
     * @param index 0 to 7: %xmm0 to %xmm7
     */
    record VectorRegister(int index) implements ArgumentLocation {}

    /**
     * On the stack, in the low bytes of the slots.
     *
     * @param slot the first slot: slot k is the 8 bytes at {@code 8*(k+1)(%rsp)}, above the return address
     * @param slots how many slots it takes
     */
    record StackSlots(long slot, long slots) implements ArgumentLocation {}

    /**
     * A structure of at most 16 bytes, in registers.
     *
     * @param eightbytes where the first and, if there is one, the second 8 bytes are, each an {@link IntegerRegister}, a
     *     {@link VectorRegister}, or {@link Nowhere} if they are padding
     */
    record Split(List<ArgumentLocation> eightbytes) implements ArgumentLocation {
        public Split {
            eightbytes = List.copyOf(eightbytes);
        }
    }

    /** Not passed: a structure without bytes. */
    record Nowhere() implements ArgumentLocation {}
}
