package jltrace.code;

import static jltrace.code.Amd64Instruction.BASE_RIP;
import static jltrace.code.Amd64Instruction.ENCODING_EVEX;
import static jltrace.code.Amd64Instruction.ENCODING_LEGACY;
import static jltrace.code.Amd64Instruction.ENCODING_VEX;
import static jltrace.code.Amd64Instruction.ENCODING_XOP;
import static jltrace.code.Amd64Instruction.MAP_0F;
import static jltrace.code.Amd64Instruction.MAP_0F38;
import static jltrace.code.Amd64Instruction.MAP_0F3A;
import static jltrace.code.Amd64Instruction.MAP_ONE_BYTE;
import static jltrace.code.Amd64Instruction.NO_REGISTER;
import static jltrace.code.Amd64Instruction.PREFIX_ADDRESS_SIZE;
import static jltrace.code.Amd64Instruction.PREFIX_LOCK;
import static jltrace.code.Amd64Instruction.PREFIX_OPERAND_SIZE;
import static jltrace.code.Amd64Instruction.PREFIX_REP;
import static jltrace.code.Amd64Instruction.PREFIX_REPNE;
import static jltrace.code.Amd64Instruction.REX_B;
import static jltrace.code.Amd64Instruction.REX_W;
import static jltrace.code.Amd64Instruction.REX_X;

/**
 * Decodes x86-64 instructions in 64-bit mode: their length, their control flow and their memory operand.
 *
 * <p>It knows the legacy maps, 3DNow!, x87, VEX, EVEX and XOP. It does not know APX (REX2 and EVEX map 4): such an
 * instruction does not decode. A branch with an operand-size prefix does not decode either, since Intel's and AMD's
 * processors disagree on its length. Source: Intel Software Developer's Manual, volume 2, chapter 2 and appendix A;
 * AMD64 Architecture Programmer's Manual, volume 3, chapter 1.
 */
public final class Amd64Decoder {
    /** No instruction is longer, in bytes. */
    public static final int LONGEST_INSTRUCTION = 15;

    private static final int PREFIXES_BEFORE_VEX_FAULT = PREFIX_OPERAND_SIZE | PREFIX_LOCK | PREFIX_REP | PREFIX_REPNE;

    private Amd64Decoder() {}

    /**
     * Decodes the instruction at {@code position}.
     *
     * @param code the bytes
     * @param position where in {@code code} the instruction starts
     * @param limit where in {@code code} the known bytes end
     * @param virtualAddress the address of the byte at {@code position}
     * @param instruction receives the facts; what it holds after a failure is not specified
     * @return the length in bytes, or 0 if the bytes before {@code limit} are not an instruction
     */
    public static int decode(byte[] code, int position, int limit, long virtualAddress, Amd64Instruction instruction) {
        int end = Math.min(Math.min(limit, code.length), position + LONGEST_INSTRUCTION);
        int next = position;
        int prefixes = 0;
        int rex = 0;
        int opcode;
        int entry;
        while (true) {
            if (next >= end) {
                return 0;
            }
            opcode = code[next++] & 0xff;
            entry = OpcodeTable.ONE_BYTE[opcode];
            if ((entry & OpcodeTable.PREFIX) == 0) {
                break;
            }
            if ((opcode & 0xf0) == 0x40) {
                rex = opcode;
            } else {
                // A REX prefix counts only directly before the opcode.
                rex = 0;
                prefixes |= prefixBit(opcode);
            }
        }
        instruction.virtualAddress = virtualAddress;
        instruction.prefixes = prefixes;
        instruction.rex = rex;
        instruction.encoding = ENCODING_LEGACY;
        instruction.map = MAP_ONE_BYTE;
        instruction.vectorRegister = NO_REGISTER;
        instruction.simdPrefix = 0;

        if (opcode == 0x0f) {
            if (next >= end) {
                return 0;
            }
            opcode = code[next++] & 0xff;
            if (opcode == 0x38 || opcode == 0x3a) {
                boolean immediate = opcode == 0x3a;
                if (next >= end) {
                    return 0;
                }
                opcode = code[next++] & 0xff;
                instruction.map = immediate ? MAP_0F3A : MAP_0F38;
                entry = (immediate ? OpcodeTable.MAP_0F3A : OpcodeTable.MAP_0F38)[opcode];
            } else {
                instruction.map = MAP_0F;
                entry = OpcodeTable.TWO_BYTE[opcode];
            }
        } else if (opcode == 0xc4 || opcode == 0xc5 || opcode == 0x62 || isXop(code, opcode, next, end)) {
            if (rex != 0 || (prefixes & PREFIXES_BEFORE_VEX_FAULT) != 0) {
                return 0;
            }
            next = VectorPrefix.decode(code, next, end, opcode, instruction);
            if (next == 0) {
                return 0;
            }
            opcode = instruction.opcode;
            entry = instruction.tableEntry;
        }
        if ((entry & OpcodeTable.INVALID) != 0) {
            return 0;
        }
        instruction.opcode = opcode;
        instruction.tableEntry = entry;
        return decodeOperands(code, position, next, end, instruction);
    }

    private static boolean isXop(byte[] code, int opcode, int next, int end) {
        // With a map below 8 the byte is an ordinary pop.
        return opcode == 0x8f && next < end && (code[next] & 0x1f) >= 8;
    }

    private static int prefixBit(int prefix) {
        return switch (prefix) {
            case 0x26 -> Amd64Instruction.PREFIX_ES;
            case 0x2e -> Amd64Instruction.PREFIX_CS;
            case 0x36 -> Amd64Instruction.PREFIX_SS;
            case 0x3e -> Amd64Instruction.PREFIX_DS;
            case 0x64 -> Amd64Instruction.PREFIX_FS;
            case 0x65 -> Amd64Instruction.PREFIX_GS;
            case 0x66 -> PREFIX_OPERAND_SIZE;
            case 0x67 -> PREFIX_ADDRESS_SIZE;
            case 0xf0 -> PREFIX_LOCK;
            case 0xf2 -> PREFIX_REPNE;
            default -> PREFIX_REP;
        };
    }

    private static int decodeOperands(
            byte[] code, int position, int afterOpcode, int end, Amd64Instruction instruction) {
        int next = afterOpcode;
        instruction.modrm = -1;
        instruction.base = NO_REGISTER;
        instruction.index = NO_REGISTER;
        instruction.scale = 1;
        instruction.displacement = 0;
        if ((instruction.tableEntry & OpcodeTable.MODRM) != 0) {
            next = decodeModrm(code, next, end, instruction);
            if (next == 0) {
                return 0;
            }
        }
        int size = immediateSize(instruction);
        if (size < 0 || size > end - next) {
            return 0;
        }
        instruction.immediate = readSigned(code, next, size);
        instruction.length = next + size - position;
        instruction.category = Classification.of(instruction);
        if (instruction.category.hasBranchTarget()) {
            instruction.branchTarget = instruction.virtualAddress + instruction.length + instruction.immediate;
        } else {
            instruction.branchTarget = 0;
        }
        return instruction.length;
    }

    /** Returns where the operand ends, or 0 if the bytes end before. */
    private static int decodeModrm(byte[] code, int afterOpcode, int end, Amd64Instruction instruction) {
        int next = afterOpcode;
        if (next >= end) {
            return 0;
        }
        int modrm = code[next++] & 0xff;
        instruction.modrm = modrm;
        if (!Classification.allowsModrm(instruction)) {
            return 0;
        }
        int mod = modrm >> 6;
        if (mod == 3 || movesControlRegister(instruction)) {
            return next;
        }
        int displacementSize = mod == 0 ? 0 : mod == 1 ? 1 : 4;
        int base = modrm & 7;
        if (base == 4) {
            if (next >= end) {
                return 0;
            }
            int sib = code[next++] & 0xff;
            base = sib & 7;
            instruction.scale = 1 << (sib >> 6);
            int index = (sib >> 3 & 7) | (instruction.rex & REX_X) << 2;
            instruction.index = index == Amd64Instruction.RSP ? NO_REGISTER : index;
            if (base == 5 && mod == 0) {
                base = NO_REGISTER;
                displacementSize = 4;
            } else {
                base |= (instruction.rex & REX_B) << 3;
            }
        } else if (base == 5 && mod == 0) {
            base = BASE_RIP;
            displacementSize = 4;
        } else {
            base |= (instruction.rex & REX_B) << 3;
        }
        instruction.base = base;
        if (displacementSize > end - next) {
            return 0;
        }
        instruction.displacement = (int) readSigned(code, next, displacementSize);
        return next + displacementSize;
    }

    /** Moves from and to control and debug registers, whose operands are registers whatever ModRM's first bits. */
    private static boolean movesControlRegister(Amd64Instruction instruction) {
        return instruction.map == MAP_0F
                && instruction.opcode >= 0x20
                && instruction.opcode <= 0x23
                && instruction.encoding == ENCODING_LEGACY;
    }

    /** In bytes, or -1 if the length is not certain. */
    private static int immediateSize(Amd64Instruction instruction) {
        boolean wide = (instruction.rex & REX_W) != 0;
        boolean word = (instruction.prefixes & PREFIX_OPERAND_SIZE) != 0 && !wide;
        return switch (OpcodeTable.immediate(instruction.tableEntry)) {
            case OpcodeTable.NO_IMMEDIATE -> extractImmediateSize(instruction);
            case OpcodeTable.BYTE_IMMEDIATE -> 1;
            case OpcodeTable.WORD_IMMEDIATE -> 2;
            case OpcodeTable.WORD_OR_DOUBLE_IMMEDIATE -> word ? 2 : 4;
            case OpcodeTable.FULL_IMMEDIATE -> wide ? 8 : word ? 2 : 4;
            case OpcodeTable.ADDRESS_IMMEDIATE -> (instruction.prefixes & PREFIX_ADDRESS_SIZE) != 0 ? 4 : 8;
            case OpcodeTable.BYTE_BRANCH -> 1;
            case OpcodeTable.DOUBLE_BRANCH -> word ? -1 : 4;
            case OpcodeTable.ENTER_IMMEDIATE -> 3;
            case OpcodeTable.TEST_BYTE_IMMEDIATE -> instruction.reg() < 2 ? 1 : 0;
            case OpcodeTable.TEST_IMMEDIATE -> instruction.reg() >= 2 ? 0 : word ? 2 : 4;
            default -> -1;
        };
    }

    /** AMD's extrq and insertq have two immediate bytes where vmread, of the same opcode, has none. */
    private static int extractImmediateSize(Amd64Instruction instruction) {
        boolean extracts = instruction.isLegacy(MAP_0F, 0x78)
                && (instruction.prefixes & (PREFIX_OPERAND_SIZE | PREFIX_REPNE)) != 0;
        return extracts ? 2 : 0;
    }

    private static long readSigned(byte[] code, int position, int size) {
        if (size == 1) {
            return code[position];
        }
        long value = 0;
        for (int at = 0; at < size; at++) {
            value |= (code[position + at] & 0xffL) << (8 * at);
        }
        int unused = 64 - 8 * size;
        return size == 0 ? 0 : value << unused >> unused;
    }

    /** Reads what stands between a VEX, EVEX or XOP escape byte and ModRM. */
    private static final class VectorPrefix {
        private static final int OPERANDS = OpcodeTable.MODRM;
        private static final int OPERANDS_AND_BYTE = OpcodeTable.MODRM | OpcodeTable.BYTE_IMMEDIATE;

        private VectorPrefix() {}

        /** Sets opcode, map, REX bits and table entry; returns where ModRM starts, or 0 if this is no instruction. */
        static int decode(byte[] code, int afterEscape, int end, int escape, Amd64Instruction instruction) {
            int payload = escape == 0x62 ? 3 : escape == 0xc5 ? 1 : 2;
            int opcodeAt = afterEscape + payload;
            if (opcodeAt >= end) {
                return 0;
            }
            int first = code[afterEscape] & 0xff;
            int last = code[escape == 0xc5 ? afterEscape : afterEscape + 1] & 0xff;
            // R, X, B stand inverted in the top bits; two-byte VEX has only R.
            int inverted = ~first >> 5 & 7;
            int rex = escape == 0xc5 ? (inverted & Amd64Instruction.REX_R) : inverted;
            if (escape != 0xc5 && (last & 0x80) != 0) {
                rex |= REX_W;
            }
            instruction.rex = rex;
            instruction.vectorRegister = ~(last >> 3) & 0xf;
            instruction.simdPrefix = last & 3;
            instruction.opcode = code[opcodeAt] & 0xff;
            switch (escape) {
                case 0xc5 -> {
                    instruction.encoding = ENCODING_VEX;
                    instruction.map = MAP_0F;
                }
                case 0x62 -> {
                    instruction.encoding = ENCODING_EVEX;
                    instruction.map = first & 7;
                    if ((first & 8) != 0 || (last & 4) == 0) {
                        return 0;
                    }
                }
                default -> {
                    instruction.encoding = escape == 0x8f ? ENCODING_XOP : ENCODING_VEX;
                    instruction.map = first & 0x1f;
                }
            }
            instruction.tableEntry = tableEntry(instruction.encoding, instruction.map, instruction.opcode);
            return opcodeAt + 1;
        }

        private static int tableEntry(int encoding, int map, int opcode) {
            if (encoding == ENCODING_XOP) {
                return switch (map) {
                    case 8 -> OPERANDS_AND_BYTE;
                    case 9 -> OPERANDS;
                    case 10 -> OpcodeTable.MODRM | DOUBLE_IMMEDIATE;
                    default -> OpcodeTable.INVALID;
                };
            }
            return switch (map) {
                case MAP_0F -> map0f(encoding, opcode);
                case MAP_0F38 -> OPERANDS;
                case MAP_0F3A -> OPERANDS_AND_BYTE;
                case 5, 6 -> encoding == ENCODING_EVEX ? OPERANDS : OpcodeTable.INVALID;
                default -> OpcodeTable.INVALID;
            };
        }

        /** The operand-size prefix cannot stand before these encodings, so this is always four bytes. */
        private static final int DOUBLE_IMMEDIATE = OpcodeTable.WORD_OR_DOUBLE_IMMEDIATE;

        private static int map0f(int encoding, int opcode) {
            return switch (opcode) {
                case 0x70, 0x71, 0x72, 0x73, 0xc2, 0xc4, 0xc5, 0xc6 -> OPERANDS_AND_BYTE;
                // vzeroupper and vzeroall
                case 0x77 -> encoding == ENCODING_VEX ? 0 : OpcodeTable.INVALID;
                default -> OPERANDS;
            };
        }
    }
}
