package jltrace.code;

/**
 * One decoded x86-64 instruction: a reusable holder that {@link Amd64Decoder} fills, so that scanning a library
 * allocates nothing for each instruction.
 *
 * <p>Its facts are valid until the next decode into it. Addresses are virtual addresses in the space of the address that
 * was given to the decoder. General registers are numbered as the encoding does: rax 0, rcx 1, rdx 2, rbx 3, rsp 4,
 * rbp 5, rsi 6, rdi 7, r8 to r15; a set of registers has bit <i>n</i> set for register <i>n</i>.
 *
 * <p>What an instruction changes is answered conservatively: where the decoder does not know, it says that it changes.
 */
public final class Amd64Instruction {
    public static final int RAX = 0;
    public static final int RCX = 1;
    public static final int RDX = 2;
    public static final int RBX = 3;
    public static final int RSP = 4;
    public static final int RBP = 5;
    public static final int RSI = 6;
    public static final int RDI = 7;

    /** Stands for "no register" wherever a register number is expected. */
    public static final int NO_REGISTER = -1;

    /**
     * The registers that carry a call's arguments: rdi, rsi, rdx, rcx, r8, r9; rax, whose low byte counts vector
     * arguments; r10, the static chain and the fourth system call argument. Source: System V psABI, section 3.2.3.
     */
    public static final int ARGUMENT_REGISTERS =
            1 << RDI | 1 << RSI | 1 << RDX | 1 << RCX | 1 << 8 | 1 << 9 | 1 << RAX | 1 << 10;

    static final int PREFIX_ES = 1;
    static final int PREFIX_CS = 1 << 1;
    static final int PREFIX_SS = 1 << 2;
    static final int PREFIX_DS = 1 << 3;
    static final int PREFIX_FS = 1 << 4;
    static final int PREFIX_GS = 1 << 5;
    static final int PREFIX_OPERAND_SIZE = 1 << 6;
    static final int PREFIX_ADDRESS_SIZE = 1 << 7;
    static final int PREFIX_LOCK = 1 << 8;
    static final int PREFIX_REPNE = 1 << 9;
    static final int PREFIX_REP = 1 << 10;

    static final int REX_B = 1;
    static final int REX_X = 2;
    static final int REX_R = 4;
    static final int REX_W = 8;

    /** How the opcode is reached: no extension, or by VEX, EVEX or XOP. */
    static final int ENCODING_LEGACY = 0;

    static final int ENCODING_VEX = 1;
    static final int ENCODING_EVEX = 2;
    static final int ENCODING_XOP = 3;

    /** Opcode maps of the legacy encoding; VEX, EVEX and XOP carry their own map numbers. */
    static final int MAP_ONE_BYTE = 0;

    static final int MAP_0F = 1;
    static final int MAP_0F38 = 2;
    static final int MAP_0F3A = 3;

    /** What VEX and EVEX carry in place of an F3 prefix. */
    static final int SIMD_PREFIX_REP = 2;

    /** The base of a rip-relative operand. */
    static final int BASE_RIP = 16;

    long virtualAddress;
    int length;
    int prefixes;
    /** The REX prefix byte, 0 if there is none; of VEX, EVEX and XOP the same four bits. */
    int rex;

    int encoding;
    int map;
    int opcode;
    int tableEntry;
    /** The ModRM byte, -1 if there is none. */
    int modrm;
    /** The memory operand's base register, {@link #BASE_RIP} or {@link #NO_REGISTER}. */
    int base;

    int index;
    int scale;
    int displacement;
    long immediate;
    /** The register that VEX, EVEX and XOP name beside ModRM's. */
    int vectorRegister;
    /** What VEX and EVEX carry in place of a 66, F3 or F2 prefix: 1, 2 or 3. */
    int simdPrefix;

    long branchTarget;
    InstructionCategory category = InstructionCategory.OTHER;

    /** The address of its first byte, prefixes included. */
    public long virtualAddress() {
        return virtualAddress;
    }

    /** In bytes, 1 to 15. */
    public int length() {
        return length;
    }

    /** The address of the byte behind it: where control goes on, and a call's return address. */
    public long endAddress() {
        return virtualAddress + length;
    }

    public InstructionCategory category() {
        return category;
    }

    /** Where a jump or call relative to its own address goes; 0 for categories without a branch target. */
    public long branchTarget() {
        return branchTarget;
    }

    /** Whether it has an operand in memory that ModRM describes, even if it only computes the address. */
    public boolean hasMemoryOperand() {
        return modrm >= 0 && modrm < 0xc0;
    }

    /** Whether its memory operand is relative to its own address. */
    public boolean hasRipRelativeOperand() {
        return base == BASE_RIP;
    }

    /** The address of the rip-relative operand; meaningless without one. */
    public long ripRelativeAddress() {
        long address = virtualAddress + length + displacement;
        return (prefixes & PREFIX_ADDRESS_SIZE) == 0 ? address : address & 0xffff_ffffL;
    }

    /** The register that an indirect jump or call goes through, {@link #NO_REGISTER} if it goes through memory. */
    public int branchRegister() {
        return modrm >= 0xc0 ? rmRegister() : NO_REGISTER;
    }

    /** Whether it has a LOCK prefix. */
    public boolean isLocked() {
        return (prefixes & PREFIX_LOCK) != 0;
    }

    /** Whether it is marked {@code notrack}, as compilers mark the jump of a {@code switch}. */
    public boolean isNotTracked() {
        return category == InstructionCategory.INDIRECT_JUMP && (prefixes & PREFIX_DS) != 0;
    }

    /** Whether it is encoded with VEX, EVEX or XOP. */
    public boolean isVectorExtended() {
        return encoding != ENCODING_LEGACY;
    }

    /** Whether it decodes, but no compiled user code holds it: data read as code has many of these. */
    public boolean isUnlikely() {
        return (tableEntry & OpcodeTable.UNLIKELY) != 0 && encoding == ENCODING_LEGACY;
    }

    /** The set of general registers that it may change; for control transfers, what may run before the next one. */
    public int writtenRegisters() {
        return InstructionEffects.writtenRegisters(this);
    }

    /** Whether it may store to memory. */
    public boolean writesMemory() {
        return InstructionEffects.writesMemory(this);
    }

    /** Whether it may load from or store to memory, and so may fault. */
    public boolean accessesMemory() {
        return InstructionEffects.accessesMemory(this);
    }

    /** {@code lea}. */
    boolean isAddressComputation() {
        return isLegacy(MAP_ONE_BYTE, 0x8d);
    }

    /** {@code mov} from memory, or between registers. */
    boolean isLoad() {
        return isLegacy(MAP_ONE_BYTE, 0x8b);
    }

    boolean isLegacy(int legacyMap, int legacyOpcode) {
        return encoding == ENCODING_LEGACY && map == legacyMap && opcode == legacyOpcode;
    }

    int reg() {
        return (modrm >> 3) & 7;
    }

    /** ModRM.reg with its extension bit. */
    int regRegister() {
        return ((modrm >> 3) & 7) | ((rex & REX_R) << 1);
    }

    /** ModRM.rm with its extension bit. */
    int rmRegister() {
        return (modrm & 7) | ((rex & REX_B) << 3);
    }

    int opcodeRegister() {
        return (opcode & 7) | ((rex & REX_B) << 3);
    }

    boolean hasWideOperand() {
        return (rex & REX_W) != 0;
    }
}
