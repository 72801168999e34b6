package jltrace.code;

import static jltrace.code.Amd64Instruction.ENCODING_LEGACY;
import static jltrace.code.Amd64Instruction.MAP_0F;
import static jltrace.code.Amd64Instruction.MAP_ONE_BYTE;
import static jltrace.code.Amd64Instruction.PREFIX_REP;
import static jltrace.code.Amd64Instruction.REX_B;

/** Tells an instruction's category from its opcode, and which forms of a group exist. */
final class Classification {
    private Classification() {}

    static InstructionCategory of(Amd64Instruction instruction) {
        if (instruction.encoding != ENCODING_LEGACY) {
            return InstructionCategory.OTHER;
        }
        return switch (instruction.map) {
            case MAP_ONE_BYTE -> ofOneByte(instruction);
            case MAP_0F -> ofTwoByte(instruction);
            default -> InstructionCategory.OTHER;
        };
    }

    private static InstructionCategory ofOneByte(Amd64Instruction instruction) {
        int opcode = instruction.opcode;
        if (opcode >= 0x50 && opcode <= 0x57) {
            return InstructionCategory.PUSH_REGISTER;
        }
        if (opcode >= 0x70 && opcode <= 0x7f) {
            return InstructionCategory.CONDITIONAL_JUMP;
        }
        return switch (opcode) {
            case 0x90 -> isNop(instruction) ? InstructionCategory.NOP : InstructionCategory.OTHER;
            case 0xc2 -> InstructionCategory.RETURN_POPPING;
            case 0xc3 -> InstructionCategory.RETURN;
            case 0xc7 -> instruction.modrm == 0xf8 ? InstructionCategory.CONDITIONAL_JUMP : InstructionCategory.OTHER;
            case 0xca, 0xcb, 0xcf -> InstructionCategory.FAR_RETURN;
            case 0xcc, 0xf1, 0xf4 -> InstructionCategory.TRAP;
            case 0xcd ->
                (instruction.immediate & 0xff) == 0x80 ? InstructionCategory.SYSTEM_CALL : InstructionCategory.TRAP;
            case 0xe0, 0xe1, 0xe2, 0xe3 -> InstructionCategory.CONDITIONAL_JUMP;
            case 0xe8 -> InstructionCategory.CALL;
            case 0xe9, 0xeb -> InstructionCategory.JUMP;
            case 0xff ->
                switch (instruction.reg()) {
                    case 2, 3 -> InstructionCategory.INDIRECT_CALL;
                    case 4, 5 -> InstructionCategory.INDIRECT_JUMP;
                    default -> InstructionCategory.OTHER;
                };
            default -> InstructionCategory.OTHER;
        };
    }

    private static boolean isNop(Amd64Instruction instruction) {
        // With REX.B it exchanges r8 with rax, with a repeat prefix it is pause.
        return (instruction.rex & REX_B) == 0 && (instruction.prefixes & PREFIX_REP) == 0;
    }

    private static InstructionCategory ofTwoByte(Amd64Instruction instruction) {
        int opcode = instruction.opcode;
        if (opcode >= 0x80 && opcode <= 0x8f) {
            return InstructionCategory.CONDITIONAL_JUMP;
        }
        return switch (opcode) {
            case 0x05, 0x34 -> InstructionCategory.SYSTEM_CALL;
            case 0x07, 0x35 -> InstructionCategory.FAR_RETURN;
            case 0x0b, 0xb9, 0xff -> InstructionCategory.TRAP;
            case 0x18 -> instruction.reg() >= 4 ? InstructionCategory.NOP : InstructionCategory.OTHER;
            case 0x19, 0x1d, 0x1f -> InstructionCategory.NOP;
            case 0x1c -> instruction.reg() != 0 ? InstructionCategory.NOP : InstructionCategory.OTHER;
            case 0x1e -> ofHint(instruction);
            default -> InstructionCategory.OTHER;
        };
    }

    private static InstructionCategory ofHint(Amd64Instruction instruction) {
        if ((instruction.prefixes & PREFIX_REP) == 0) {
            return InstructionCategory.NOP;
        }
        return instruction.modrm == 0xfa ? InstructionCategory.ENDBR64 : InstructionCategory.OTHER;
    }

    /** Whether the opcode exists with this ModRM byte. */
    static boolean allowsModrm(Amd64Instruction instruction) {
        if (instruction.encoding != ENCODING_LEGACY || instruction.map != MAP_ONE_BYTE) {
            return true;
        }
        int reg = instruction.reg();
        boolean register = instruction.modrm >= 0xc0;
        return switch (instruction.opcode) {
            case 0x62, 0x8d -> !register;
            case 0x8c, 0x8e -> reg < 6;
            case 0x8f -> reg == 0;
            case 0xc6, 0xc7 -> reg == 0 || instruction.modrm == 0xf8;
            case 0xfe -> reg < 2;
            case 0xff -> reg < 7 && !(register && (reg == 3 || reg == 5));
            default -> true;
        };
    }
}
