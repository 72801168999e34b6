package jltrace.type;

import java.util.List;

/** Where a function's result is when it has returned (psABI 3.2.3). */
public sealed interface ResultLocation {

    /** A register that carries 8 bytes of a result. */
    enum Register {
        RAX,
        RDX,
        /** Uprobes cannot read it. */
        XMM0,
        /** Uprobes cannot read it. */
        XMM1
    }

    /**
     * In one or two registers.
     *
     * @param eightbytes where the first and, if there is one, the second 8 bytes are
     */
    record InRegisters(List<Register> eightbytes) implements ResultLocation {
        public InRegisters {
            eightbytes = List.copyOf(eightbytes);
        }
    }

    /** In memory that the caller gave: its address was passed in %rdi, before the arguments, and is in %rax at return. */
    record InMemory() implements ResultLocation {}

    /** In %st0, which uprobes cannot read. */
    record InX87() implements ResultLocation {}

    /** There is none. */
    record Nothing() implements ResultLocation {}
}
