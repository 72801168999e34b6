package jltrace.code;

import static jltrace.code.Amd64Instruction.ENCODING_EVEX;
import static jltrace.code.Amd64Instruction.ENCODING_LEGACY;
import static jltrace.code.Amd64Instruction.ENCODING_VEX;
import static jltrace.code.Amd64Instruction.ENCODING_XOP;
import static jltrace.code.Amd64Instruction.MAP_0F;
import static jltrace.code.Amd64Instruction.MAP_0F38;
import static jltrace.code.Amd64Instruction.MAP_0F3A;
import static jltrace.code.Amd64Instruction.NO_REGISTER;
import static jltrace.code.Amd64Instruction.PREFIX_REP;
import static jltrace.code.Amd64Instruction.PREFIX_REPNE;
import static jltrace.code.Amd64Instruction.RAX;
import static jltrace.code.Amd64Instruction.RBP;
import static jltrace.code.Amd64Instruction.RBX;
import static jltrace.code.Amd64Instruction.RCX;
import static jltrace.code.Amd64Instruction.RDI;
import static jltrace.code.Amd64Instruction.RDX;
import static jltrace.code.Amd64Instruction.RSI;
import static jltrace.code.Amd64Instruction.RSP;
import static jltrace.code.Amd64Instruction.SIMD_PREFIX_REP;

/** What an instruction may change, from its table entry. In doubt it changes everything. */
final class InstructionEffects {
    private static final int ALL_REGISTERS = 0xffff;
    /** EVEX map 5. */
    private static final int MAP_FP16 = 5;

    private InstructionEffects() {}

    static int writtenRegisters(Amd64Instruction instruction) {
        if (instruction.encoding != ENCODING_LEGACY) {
            return writtenByVectorInstruction(instruction);
        }
        return switch (OpcodeTable.effect(instruction.tableEntry)) {
            case OpcodeTable.EFFECT_NONE, OpcodeTable.EFFECT_VECTOR_RM, OpcodeTable.EFFECT_MEMORY -> 0;
            case OpcodeTable.EFFECT_RM -> loadsVectorRegister(instruction) ? 0 : rm(instruction);
            case OpcodeTable.EFFECT_REG -> writesMmxRegister(instruction) ? 0 : reg(instruction);
            case OpcodeTable.EFFECT_RM_AND_REG -> rm(instruction) | reg(instruction);
            case OpcodeTable.EFFECT_OPCODE_REGISTER ->
                set(general(instruction, instruction.opcode & 7, instruction.opcodeRegister()));
            case OpcodeTable.EFFECT_RAX -> set(RAX);
            case OpcodeTable.EFFECT_RAX_RDX -> set(RAX) | set(RDX);
            case OpcodeTable.EFFECT_PUSH, OpcodeTable.EFFECT_POP -> set(RSP);
            case OpcodeTable.EFFECT_POP_OPCODE_REGISTER -> set(RSP) | set(instruction.opcodeRegister());
            case OpcodeTable.EFFECT_POP_RM -> set(RSP) | rm(instruction);
            case OpcodeTable.EFFECT_STRING_MOVE, OpcodeTable.EFFECT_STRING_COMPARE -> set(RDI) | set(RSI) | set(RCX);
            case OpcodeTable.EFFECT_STRING_STORE, OpcodeTable.EFFECT_STRING_SCAN -> set(RDI) | set(RCX);
            case OpcodeTable.EFFECT_STRING_LOAD -> set(RAX) | set(RSI) | set(RCX);
            case OpcodeTable.EFFECT_GROUP1 -> instruction.reg() == 7 ? 0 : rm(instruction);
            case OpcodeTable.EFFECT_GROUP3 -> writtenByGroup3(instruction);
            case OpcodeTable.EFFECT_GROUP5 -> writtenByGroup5(instruction);
            case OpcodeTable.EFFECT_GROUP8 -> instruction.reg() <= 4 ? 0 : rm(instruction);
            case OpcodeTable.EFFECT_X87 -> storesStatusInRax(instruction) ? set(RAX) : 0;
            case OpcodeTable.EFFECT_RM_AND_RAX -> rm(instruction) | set(RAX);
            case OpcodeTable.EFFECT_CPUID -> set(RAX) | set(RBX) | set(RCX) | set(RDX);
            case OpcodeTable.EFFECT_RSP_RBP -> set(RSP) | set(RBP);
            case OpcodeTable.EFFECT_RCX -> set(RCX);
            case OpcodeTable.EFFECT_RAX_AND_OPCODE_REGISTER ->
                instruction.category == InstructionCategory.NOP ? 0 : set(RAX) | set(instruction.opcodeRegister());
            case OpcodeTable.EFFECT_FENCES -> isFence(instruction) ? 0 : ALL_REGISTERS & ~set(RSP);
            case OpcodeTable.EFFECT_ALL_BUT_STACK -> ALL_REGISTERS & ~set(RSP);
            case OpcodeTable.EFFECT_HINT -> instruction.category == InstructionCategory.OTHER ? rm(instruction) : 0;
            default -> ALL_REGISTERS;
        };
    }

    static boolean writesMemory(Amd64Instruction instruction) {
        if (instruction.encoding != ENCODING_LEGACY) {
            return instruction.hasMemoryOperand() || isVectorMaskMove(instruction);
        }
        boolean memory = instruction.hasMemoryOperand();
        return switch (OpcodeTable.effect(instruction.tableEntry)) {
            case OpcodeTable.EFFECT_RM, OpcodeTable.EFFECT_VECTOR_RM -> memory && !loadsVectorRegister(instruction);
            case OpcodeTable.EFFECT_RM_AND_REG, OpcodeTable.EFFECT_RM_AND_RAX, OpcodeTable.EFFECT_POP_RM -> memory;
            case OpcodeTable.EFFECT_GROUP1 -> memory && instruction.reg() != 7;
            case OpcodeTable.EFFECT_GROUP3 -> memory && (instruction.reg() == 2 || instruction.reg() == 3);
            case OpcodeTable.EFFECT_GROUP5 -> storesInGroup5(instruction.reg(), memory);
            case OpcodeTable.EFFECT_GROUP8 -> memory && instruction.reg() > 4;
            case OpcodeTable.EFFECT_X87 -> memory && storesX87(instruction);
            case OpcodeTable.EFFECT_PUSH,
                    OpcodeTable.EFFECT_STRING_MOVE,
                    OpcodeTable.EFFECT_STRING_STORE,
                    OpcodeTable.EFFECT_RSP_RBP,
                    OpcodeTable.EFFECT_MEMORY -> true;
            case OpcodeTable.EFFECT_FENCES -> !isFence(instruction);
            case OpcodeTable.EFFECT_ANYTHING, OpcodeTable.EFFECT_ALL_BUT_STACK -> true;
            default -> false;
        };
    }

    static boolean accessesMemory(Amd64Instruction instruction) {
        if (writesMemory(instruction)) {
            return true;
        }
        if (instruction.hasMemoryOperand()) {
            return !computesAddressOnly(instruction);
        }
        return switch (OpcodeTable.effect(instruction.tableEntry)) {
            case OpcodeTable.EFFECT_POP,
                    OpcodeTable.EFFECT_POP_OPCODE_REGISTER,
                    OpcodeTable.EFFECT_STRING_COMPARE,
                    OpcodeTable.EFFECT_STRING_LOAD,
                    OpcodeTable.EFFECT_STRING_SCAN -> true;
            case OpcodeTable.EFFECT_RAX ->
                // xlat and the loads from an absolute address
                instruction.opcode == 0xd7 || instruction.opcode == 0xa0 || instruction.opcode == 0xa1;
            default -> false;
        };
    }

    /** {@code lea}, nops and prefetches take an address but never fault. */
    private static boolean computesAddressOnly(Amd64Instruction instruction) {
        return instruction.category == InstructionCategory.NOP
                || instruction.isAddressComputation()
                || instruction.isLegacy(MAP_0F, 0x0d)
                || instruction.isLegacy(MAP_0F, 0x18);
    }

    /**
     * Vector instructions change general registers in few opcodes only; for those every register that the instruction
     * names counts.
     */
    private static int writtenByVectorInstruction(Amd64Instruction instruction) {
        if (instruction.modrm < 0 || !mayWriteGeneralRegister(instruction)) {
            return 0;
        }
        int named = set(instruction.regRegister()) | set(instruction.vectorRegister) | set(RCX);
        return instruction.hasMemoryOperand() ? named : named | set(instruction.rmRegister());
    }

    private static boolean mayWriteGeneralRegister(Amd64Instruction instruction) {
        if (instruction.encoding == ENCODING_XOP) {
            return instruction.map != 8;
        }
        int opcode = instruction.opcode;
        return switch (instruction.map) {
            case MAP_0F ->
                switch (opcode) {
                    // Conversions to integers, vmovmsk, kmov, vpextrw, vpmovmskb.
                    case 0x2c, 0x2d, 0x50, 0x93, 0xc5, 0xd7 -> true;
                    case 0x78, 0x79 -> instruction.encoding == ENCODING_EVEX;
                    case 0x7e -> !loadsVectorRegister(instruction);
                    default -> false;
                };
            case MAP_0F38 -> opcode >= 0xe0;
            case MAP_0F3A ->
                switch (opcode) {
                    // vpextr, vextractps, vpcmpstr, rorx
                    case 0x14, 0x15, 0x16, 0x17, 0x60, 0x61, 0x62, 0x63, 0xf0 -> true;
                    default -> false;
                };
            case MAP_FP16 ->
                switch (opcode) {
                    case 0x2c, 0x2d, 0x78, 0x79, 0x7e -> true;
                    default -> false;
                };
            default -> false;
        };
    }

    private static int writtenByGroup3(Amd64Instruction instruction) {
        return switch (instruction.reg()) {
            case 0, 1 -> 0;
            case 2, 3 -> rm(instruction);
            default -> set(RAX) | set(RDX);
        };
    }

    private static int writtenByGroup5(Amd64Instruction instruction) {
        return switch (instruction.reg()) {
            case 0, 1 -> rm(instruction);
            case 4, 5 -> 0;
            case 6 -> set(RSP);
            default -> ALL_REGISTERS;
        };
    }

    /** {@code inc} and {@code dec} of memory; calls and {@code push}. */
    private static boolean storesInGroup5(int reg, boolean memory) {
        return reg < 2 ? memory : reg == 2 || reg == 3 || reg == 6;
    }

    /** {@code movq} to a vector register shares its opcode with {@code movd} from one. */
    private static boolean loadsVectorRegister(Amd64Instruction instruction) {
        if (instruction.map != MAP_0F || instruction.opcode != 0x7e) {
            return false;
        }
        return instruction.encoding == ENCODING_LEGACY
                ? (instruction.prefixes & PREFIX_REP) != 0
                : instruction.simdPrefix == SIMD_PREFIX_REP;
    }

    /** {@code cvttps2pi} and its kin, without a scalar prefix, write an MMX register. */
    private static boolean writesMmxRegister(Amd64Instruction instruction) {
        return instruction.map == MAP_0F
                && (instruction.opcode == 0x2c || instruction.opcode == 0x2d)
                && (instruction.prefixes & (PREFIX_REP | PREFIX_REPNE)) == 0;
    }

    /** {@code vmaskmovdqu} stores to where rdi points, without a memory operand. */
    private static boolean isVectorMaskMove(Amd64Instruction instruction) {
        return instruction.encoding == ENCODING_VEX && instruction.map == MAP_0F && instruction.opcode == 0xf7;
    }

    private static boolean isFence(Amd64Instruction instruction) {
        return instruction.modrm >= 0xe8 && (instruction.prefixes & PREFIX_REP) == 0;
    }

    private static boolean storesStatusInRax(Amd64Instruction instruction) {
        return instruction.opcode == 0xdf && instruction.modrm == 0xe0;
    }

    /** The memory forms of x87 that store: fst, fstp, fist, fisttp, fstcw, fstenv, fstsw, fsave, fbstp. */
    private static boolean storesX87(Amd64Instruction instruction) {
        int reg = instruction.reg();
        return switch (instruction.opcode) {
            case 0xd9 -> reg == 2 || reg == 3 || reg == 6 || reg == 7;
            case 0xdb -> reg == 1 || reg == 2 || reg == 3 || reg == 7;
            case 0xdd, 0xdf -> reg == 1 || reg == 2 || reg == 3 || reg == 6 || reg == 7;
            default -> false;
        };
    }

    private static int rm(Amd64Instruction instruction) {
        if (instruction.modrm < 0xc0) {
            return 0;
        }
        return set(general(instruction, instruction.modrm & 7, instruction.rmRegister()));
    }

    private static int reg(Amd64Instruction instruction) {
        return set(general(instruction, instruction.reg(), instruction.regRegister()));
    }

    /** Without REX, the byte registers 4 to 7 are the second bytes of registers 0 to 3. */
    private static int general(Amd64Instruction instruction, int encoded, int extended) {
        boolean highByte =
                (instruction.tableEntry & OpcodeTable.BYTE_OPERAND) != 0 && instruction.rex == 0 && encoded >= 4;
        return highByte ? encoded - 4 : extended;
    }

    private static int set(int register) {
        return register == NO_REGISTER ? 0 : 1 << register;
    }
}
