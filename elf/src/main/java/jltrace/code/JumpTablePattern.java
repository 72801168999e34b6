package jltrace.code;

import static jltrace.code.Amd64Instruction.MAP_ONE_BYTE;
import static jltrace.code.Amd64Instruction.NO_REGISTER;

/** What the instructions before an indirect jump tell of where it goes. */
enum JumpTablePattern {
    /**
     * An offset from a table, added to an address: {@code movslq (table,index,4),r; add table,r; jmp *r}, the position
     * independent {@code switch} of gcc and clang. Or a place in the function and something added. Or
     * {@code notrack jmp}. Never a call.
     */
    OFFSET_TABLE,
    /**
     * An address from a table: {@code jmp *table(,index,8)} or a load of that form into the jump's register. A
     * {@code switch}, or a call through an array of functions.
     */
    ADDRESS_TABLE,
    /** A rip-relative slot. */
    SLOT,
    /** Nothing of the kind: a pointer in a register or in memory. */
    POINTER;

    /** How many instructions before the jump are looked at. */
    static final int WINDOW = 12;

    /**
     * Recognises the pattern.
     *
     * @param jump the indirect jump
     * @param facts of the function
     * @param recent the addresses of the instructions that control came through, as a ring
     * @param count how many addresses were put into the ring; the jump's is not among them
     * @param before receives the instructions before the jump
     */
    static JumpTablePattern of(
            Amd64Instruction jump,
            CodeRegion code,
            FunctionFacts facts,
            long[] recent,
            int count,
            Amd64Instruction before) {
        if (jump.isNotTracked()) {
            return OFFSET_TABLE;
        }
        if (jump.hasRipRelativeOperand()) {
            return SLOT;
        }
        if (jump.hasMemoryOperand()) {
            return loadsAddress(jump) ? ADDRESS_TABLE : POINTER;
        }
        return ofRegister(jump.branchRegister(), code, facts, recent, count, before);
    }

    private static JumpTablePattern ofRegister(
            int register, CodeRegion code, FunctionFacts facts, long[] recent, int count, Amd64Instruction before) {
        int wanted = 1 << register;
        boolean added = false;
        for (int back = 1; back <= Math.min(count, WINDOW); back++) {
            code.decode(recent[(count - back) % recent.length], before);
            int written = before.writtenRegisters();
            if ((written & wanted) == 0) {
                continue;
            }
            if (loadsOffset(before)) {
                return added ? OFFSET_TABLE : POINTER;
            }
            if (takesAddress(before)) {
                if (facts.isInRange(before.ripRelativeAddress())) {
                    return OFFSET_TABLE;
                }
                // The table's own address, which the offset is added to.
                wanted &= ~written;
                continue;
            }
            if (isLoad(before)) {
                return loadsAddress(before) ? ADDRESS_TABLE : POINTER;
            }
            int sources = sourceRegisters(before);
            if (sources == 0) {
                return POINTER;
            }
            added |= Integer.bitCount(sources) == 2;
            wanted |= sources;
        }
        return POINTER;
    }

    /** {@code movslq (base,index,4),r}; with a constant index {@code movslq entry(%rip),r}. */
    private static boolean loadsOffset(Amd64Instruction instruction) {
        if (!instruction.isLegacy(MAP_ONE_BYTE, 0x63) || !instruction.hasMemoryOperand()) {
            return false;
        }
        return instruction.hasRipRelativeOperand() || (instruction.index != NO_REGISTER && instruction.scale == 4);
    }

    /** {@code lea place(%rip),r}. */
    private static boolean takesAddress(Amd64Instruction instruction) {
        return instruction.isAddressComputation() && instruction.hasRipRelativeOperand();
    }

    private static boolean isLoad(Amd64Instruction instruction) {
        return instruction.isLegacy(MAP_ONE_BYTE, 0x8b) && instruction.hasMemoryOperand();
    }

    private static boolean loadsAddress(Amd64Instruction instruction) {
        return instruction.index != NO_REGISTER && instruction.scale == 8;
    }

    /**
     * The registers that the written one is made of: two for {@code add r,r}, {@code sub r,r} and {@code lea (r,r),r}, one
     * for a move and for arithmetic with a constant; no bits for another instruction.
     */
    private static int sourceRegisters(Amd64Instruction instruction) {
        if (instruction.isVectorExtended() || instruction.map != MAP_ONE_BYTE) {
            return 0;
        }
        boolean registers = instruction.modrm >= 0xc0;
        return switch (instruction.opcode) {
            case 0x01, 0x03, 0x29, 0x2b ->
                registers ? 1 << instruction.regRegister() | 1 << instruction.rmRegister() : 0;
            case 0x63, 0x8b -> registers ? 1 << instruction.rmRegister() : 0;
            case 0x89 -> registers ? 1 << instruction.regRegister() : 0;
            case 0x81, 0x83, 0xc1, 0xd1, 0xd3 -> registers ? 1 << instruction.rmRegister() : 0;
            case 0x8d -> addressRegisters(instruction);
            default -> 0;
        };
    }

    private static int addressRegisters(Amd64Instruction instruction) {
        int base = instruction.base >= 0 && instruction.base < Amd64Instruction.BASE_RIP ? 1 << instruction.base : 0;
        return instruction.index == NO_REGISTER ? base : base | 1 << instruction.index;
    }
}
