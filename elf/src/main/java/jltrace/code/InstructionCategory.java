package jltrace.code;

/** What an instruction does to the flow of control, and the few others that probing has to tell apart. */
public enum InstructionCategory {
    /** {@code ret}, also as {@code rep ret} and {@code bnd ret}. */
    RETURN,
    /** {@code ret imm16}. */
    RETURN_POPPING,
    /** {@code jmp rel8} or {@code jmp rel32}. */
    JUMP,
    /** {@code jcc rel8}, {@code jcc rel32}, {@code loop}, {@code jrcxz}, {@code xbegin}. */
    CONDITIONAL_JUMP,
    /** {@code jmp} through a register or memory, far ones included. */
    INDIRECT_JUMP,
    /** {@code call rel32}. */
    CALL,
    /** {@code call} through a register or memory, far ones included. */
    INDIRECT_CALL,
    /** {@code push} of a register, in its short form. */
    PUSH_REGISTER,
    /** {@code nop} of any length; not {@code pause}. */
    NOP,
    /** {@code endbr64}. */
    ENDBR64,
    /** {@code syscall}, {@code sysenter}, {@code int 0x80}. */
    SYSTEM_CALL,
    /** Control does not come out behind it: {@code int3}, {@code ud0} to {@code ud2}, {@code hlt}, other {@code int}. */
    TRAP,
    /** Far and interrupt returns and system returns, which no function of a program leaves by. */
    FAR_RETURN,
    /** Everything else. */
    OTHER;

    /** Whether control never reaches the next instruction. */
    public boolean endsFlow() {
        return switch (this) {
            case RETURN, RETURN_POPPING, JUMP, INDIRECT_JUMP, TRAP, FAR_RETURN -> true;
            default -> false;
        };
    }

    /** Whether the instruction has a target relative to its own address. */
    public boolean hasBranchTarget() {
        return this == JUMP || this == CONDITIONAL_JUMP || this == CALL;
    }
}
