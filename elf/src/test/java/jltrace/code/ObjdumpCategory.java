package jltrace.code;

/** The category that objdump's mnemonic implies. */
final class ObjdumpCategory {
    private ObjdumpCategory() {}

    static InstructionCategory of(Objdump.Line line) {
        String mnemonic = line.mnemonic();
        String operands = line.operands();
        if (operands.startsWith("*")) {
            return mnemonic.contains("call") ? InstructionCategory.INDIRECT_CALL : InstructionCategory.INDIRECT_JUMP;
        }
        return switch (mnemonic) {
            case "ret", "retw" -> operands.isEmpty() ? InstructionCategory.RETURN : InstructionCategory.RETURN_POPPING;
            case "jmp" -> InstructionCategory.JUMP;
            case "call" -> InstructionCategory.CALL;
            case "push" ->
                // The short form; ff /6 pushes registers too, which no assembler chooses.
                (line.bytes[line.length - 1] & 0xf8) == 0x50 && operands.startsWith("%")
                        ? InstructionCategory.PUSH_REGISTER
                        : InstructionCategory.OTHER;
            case "nop", "nopw", "nopl", "nopq" -> InstructionCategory.NOP;
            case "xchg" ->
                // Two bytes of nop.
                operands.equals("%ax,%ax") ? InstructionCategory.NOP : InstructionCategory.OTHER;
            case "endbr64" -> InstructionCategory.ENDBR64;
            case "syscall", "sysenter" -> InstructionCategory.SYSTEM_CALL;
            case "int" -> operands.equals("$0x80") ? InstructionCategory.SYSTEM_CALL : InstructionCategory.TRAP;
            case "int3", "int1", "hlt", "ud0", "ud1", "ud2" -> InstructionCategory.TRAP;
            case "lret", "lretw", "lretq", "iret", "iretw", "iretq", "sysretl", "sysretq", "sysexitl", "sysexitq" ->
                InstructionCategory.FAR_RETURN;
            case "loop", "loope", "loopne", "xbegin" -> InstructionCategory.CONDITIONAL_JUMP;
            default -> mnemonic.startsWith("j") ? InstructionCategory.CONDITIONAL_JUMP : InstructionCategory.OTHER;
        };
    }
}
