package jltrace.code;

/**
 * The opcode maps: for each opcode what follows it and what it changes, in 64-bit mode.
 *
 * <p>An entry holds the immediate's kind in its low four bits, then flags, then the {@linkplain #effect(int) effect}.
 * Source: Intel Software Developer's Manual, volume 2, appendix A; AMD64 Architecture Programmer's Manual, volume 3.
 */
final class OpcodeTable {
    static final int NO_IMMEDIATE = 0;
    static final int BYTE_IMMEDIATE = 1;
    static final int WORD_IMMEDIATE = 2;
    /** Two bytes with an operand-size prefix, else four. */
    static final int WORD_OR_DOUBLE_IMMEDIATE = 3;
    /** As wide as the operand: two, four or eight bytes. */
    static final int FULL_IMMEDIATE = 4;
    /** An absolute address: eight bytes, four with an address-size prefix. */
    static final int ADDRESS_IMMEDIATE = 5;

    static final int BYTE_BRANCH = 6;
    static final int DOUBLE_BRANCH = 7;
    /** {@code enter}: two bytes and one. */
    static final int ENTER_IMMEDIATE = 8;
    /** Groups 3: an immediate for {@code test} only. */
    static final int TEST_BYTE_IMMEDIATE = 9;

    static final int TEST_IMMEDIATE = 10;

    private static final int IMMEDIATE_MASK = 0xf;
    static final int MODRM = 1 << 4;
    static final int INVALID = 1 << 5;
    static final int PREFIX = 1 << 6;
    /** Decodes, but no compiled user code holds it: a sign that data is being read as code. */
    static final int UNLIKELY = 1 << 7;
    /** The destination is an 8-bit operand. */
    static final int BYTE_OPERAND = 1 << 8;

    private static final int EFFECT_SHIFT = 16;

    /** Changes no general register and no memory. */
    static final int EFFECT_NONE = 0;

    static final int EFFECT_RM = 1;
    static final int EFFECT_REG = 2;
    static final int EFFECT_RM_AND_REG = 3;
    static final int EFFECT_OPCODE_REGISTER = 4;
    static final int EFFECT_RAX = 5;
    static final int EFFECT_RAX_RDX = 6;
    /** Writes r/m if that is memory; a register there is a vector register. */
    static final int EFFECT_VECTOR_RM = 7;
    /** May change everything. */
    static final int EFFECT_ANYTHING = 8;

    static final int EFFECT_PUSH = 9;
    static final int EFFECT_POP_OPCODE_REGISTER = 10;
    static final int EFFECT_POP_RM = 11;
    static final int EFFECT_POP = 12;
    static final int EFFECT_STRING_MOVE = 13;
    static final int EFFECT_STRING_COMPARE = 14;
    static final int EFFECT_STRING_STORE = 15;
    static final int EFFECT_STRING_LOAD = 16;
    static final int EFFECT_STRING_SCAN = 17;
    /** r/m, but for {@code cmp}. */
    static final int EFFECT_GROUP1 = 18;

    static final int EFFECT_GROUP3 = 19;
    static final int EFFECT_GROUP5 = 20;
    static final int EFFECT_GROUP8 = 21;
    static final int EFFECT_X87 = 22;
    static final int EFFECT_RM_AND_RAX = 23;
    static final int EFFECT_CPUID = 24;
    static final int EFFECT_RSP_RBP = 25;
    static final int EFFECT_RCX = 26;
    static final int EFFECT_RAX_AND_OPCODE_REGISTER = 27;
    static final int EFFECT_MEMORY = 28;
    static final int EFFECT_FENCES = 29;
    /** Hints: {@code rdssp} writes r/m. */
    static final int EFFECT_HINT = 30;
    /** May change everything but the stack pointer. */
    static final int EFFECT_ALL_BUT_STACK = 31;

    static final int[] ONE_BYTE = oneByte();
    static final int[] TWO_BYTE = twoByte();
    static final int[] MAP_0F38 = map0f38();
    static final int[] MAP_0F3A = map0f3a();

    private OpcodeTable() {}

    static int immediate(int entry) {
        return entry & IMMEDIATE_MASK;
    }

    static int effect(int entry) {
        return entry >>> EFFECT_SHIFT;
    }

    private static int effect(int effect, int flags) {
        return effect << EFFECT_SHIFT | flags;
    }

    private static void fill(int[] table, int first, int last, int entry) {
        for (int opcode = first; opcode <= last; opcode++) {
            table[opcode] = entry;
        }
    }

    private static void set(int[] table, int entry, int... opcodes) {
        for (int opcode : opcodes) {
            table[opcode] = entry;
        }
    }

    private static int[] oneByte() {
        int[] table = new int[256];
        for (int row = 0x00; row <= 0x38; row += 8) {
            boolean compares = row == 0x38;
            int rm = compares ? EFFECT_NONE : EFFECT_RM;
            int reg = compares ? EFFECT_NONE : EFFECT_REG;
            int rax = compares ? EFFECT_NONE : EFFECT_RAX;
            table[row] = effect(rm, MODRM | BYTE_OPERAND);
            table[row + 1] = effect(rm, MODRM);
            table[row + 2] = effect(reg, MODRM | BYTE_OPERAND);
            table[row + 3] = effect(reg, MODRM);
            table[row + 4] = effect(rax, BYTE_IMMEDIATE | BYTE_OPERAND);
            table[row + 5] = effect(rax, WORD_OR_DOUBLE_IMMEDIATE);
            table[row + 6] = INVALID;
            table[row + 7] = INVALID;
        }
        set(table, PREFIX, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3);
        fill(table, 0x40, 0x4f, PREFIX);
        fill(table, 0x50, 0x57, effect(EFFECT_PUSH, 0));
        fill(table, 0x58, 0x5f, effect(EFFECT_POP_OPCODE_REGISTER, 0));
        set(table, INVALID, 0x60, 0x61, 0x82, 0x9a, 0xce, 0xd4, 0xd5, 0xd6, 0xea);
        table[0x63] = effect(EFFECT_REG, MODRM);
        table[0x68] = effect(EFFECT_PUSH, WORD_OR_DOUBLE_IMMEDIATE);
        table[0x69] = effect(EFFECT_REG, MODRM | WORD_OR_DOUBLE_IMMEDIATE);
        table[0x6a] = effect(EFFECT_PUSH, BYTE_IMMEDIATE);
        table[0x6b] = effect(EFFECT_REG, MODRM | BYTE_IMMEDIATE);
        fill(table, 0x6c, 0x6f, effect(EFFECT_ALL_BUT_STACK, UNLIKELY));
        fill(table, 0x70, 0x7f, BYTE_BRANCH);
        table[0x80] = effect(EFFECT_GROUP1, MODRM | BYTE_IMMEDIATE | BYTE_OPERAND);
        table[0x81] = effect(EFFECT_GROUP1, MODRM | WORD_OR_DOUBLE_IMMEDIATE);
        table[0x83] = effect(EFFECT_GROUP1, MODRM | BYTE_IMMEDIATE);
        table[0x84] = MODRM | BYTE_OPERAND;
        table[0x85] = MODRM;
        table[0x86] = effect(EFFECT_RM_AND_REG, MODRM | BYTE_OPERAND);
        table[0x87] = effect(EFFECT_RM_AND_REG, MODRM);
        table[0x88] = effect(EFFECT_RM, MODRM | BYTE_OPERAND);
        table[0x89] = effect(EFFECT_RM, MODRM);
        table[0x8a] = effect(EFFECT_REG, MODRM | BYTE_OPERAND);
        table[0x8b] = effect(EFFECT_REG, MODRM);
        table[0x8c] = effect(EFFECT_RM, MODRM | UNLIKELY);
        table[0x8d] = effect(EFFECT_REG, MODRM);
        table[0x8e] = effect(EFFECT_ALL_BUT_STACK, MODRM | UNLIKELY);
        table[0x8f] = effect(EFFECT_POP_RM, MODRM);
        fill(table, 0x90, 0x97, effect(EFFECT_RAX_AND_OPCODE_REGISTER, 0));
        table[0x98] = effect(EFFECT_RAX, 0);
        table[0x99] = effect(EFFECT_RAX_RDX, 0);
        table[0x9c] = effect(EFFECT_PUSH, 0);
        table[0x9d] = effect(EFFECT_POP, 0);
        table[0x9f] = effect(EFFECT_RAX, 0);
        table[0xa0] = effect(EFFECT_RAX, ADDRESS_IMMEDIATE | BYTE_OPERAND);
        table[0xa1] = effect(EFFECT_RAX, ADDRESS_IMMEDIATE);
        fill(table, 0xa2, 0xa3, effect(EFFECT_MEMORY, ADDRESS_IMMEDIATE));
        fill(table, 0xa4, 0xa5, effect(EFFECT_STRING_MOVE, 0));
        fill(table, 0xa6, 0xa7, effect(EFFECT_STRING_COMPARE, 0));
        table[0xa8] = BYTE_IMMEDIATE;
        table[0xa9] = WORD_OR_DOUBLE_IMMEDIATE;
        fill(table, 0xaa, 0xab, effect(EFFECT_STRING_STORE, 0));
        fill(table, 0xac, 0xad, effect(EFFECT_STRING_LOAD, 0));
        fill(table, 0xae, 0xaf, effect(EFFECT_STRING_SCAN, 0));
        fill(table, 0xb0, 0xb7, effect(EFFECT_OPCODE_REGISTER, BYTE_IMMEDIATE | BYTE_OPERAND));
        fill(table, 0xb8, 0xbf, effect(EFFECT_OPCODE_REGISTER, FULL_IMMEDIATE));
        table[0xc0] = effect(EFFECT_RM, MODRM | BYTE_IMMEDIATE | BYTE_OPERAND);
        table[0xc1] = effect(EFFECT_RM, MODRM | BYTE_IMMEDIATE);
        table[0xc2] = effect(EFFECT_ANYTHING, WORD_IMMEDIATE);
        table[0xc3] = effect(EFFECT_ANYTHING, 0);
        table[0xc6] = effect(EFFECT_RM, MODRM | BYTE_IMMEDIATE | BYTE_OPERAND);
        table[0xc7] = effect(EFFECT_RM, MODRM | WORD_OR_DOUBLE_IMMEDIATE);
        table[0xc8] = effect(EFFECT_RSP_RBP, ENTER_IMMEDIATE | UNLIKELY);
        table[0xc9] = effect(EFFECT_RSP_RBP, 0);
        table[0xca] = effect(EFFECT_ANYTHING, WORD_IMMEDIATE | UNLIKELY);
        table[0xcb] = effect(EFFECT_ANYTHING, UNLIKELY);
        table[0xcc] = effect(EFFECT_ANYTHING, 0);
        table[0xcd] = effect(EFFECT_ALL_BUT_STACK, BYTE_IMMEDIATE);
        table[0xcf] = effect(EFFECT_ANYTHING, UNLIKELY);
        table[0xd0] = effect(EFFECT_RM, MODRM | BYTE_OPERAND);
        table[0xd1] = effect(EFFECT_RM, MODRM);
        table[0xd2] = effect(EFFECT_RM, MODRM | BYTE_OPERAND);
        table[0xd3] = effect(EFFECT_RM, MODRM);
        table[0xd7] = effect(EFFECT_RAX, UNLIKELY);
        fill(table, 0xd8, 0xdf, effect(EFFECT_X87, MODRM));
        fill(table, 0xe0, 0xe2, effect(EFFECT_RCX, BYTE_BRANCH));
        table[0xe3] = BYTE_BRANCH;
        fill(table, 0xe4, 0xe7, effect(EFFECT_ANYTHING, BYTE_IMMEDIATE | UNLIKELY));
        table[0xe8] = effect(EFFECT_ANYTHING, DOUBLE_BRANCH);
        table[0xe9] = DOUBLE_BRANCH;
        table[0xeb] = BYTE_BRANCH;
        fill(table, 0xec, 0xef, effect(EFFECT_ANYTHING, UNLIKELY));
        table[0xf1] = effect(EFFECT_ANYTHING, UNLIKELY);
        table[0xf4] = effect(EFFECT_ANYTHING, 0);
        table[0xf6] = effect(EFFECT_GROUP3, MODRM | TEST_BYTE_IMMEDIATE | BYTE_OPERAND);
        table[0xf7] = effect(EFFECT_GROUP3, MODRM | TEST_IMMEDIATE);
        fill(table, 0xfa, 0xfb, effect(EFFECT_ANYTHING, UNLIKELY));
        table[0xfe] = effect(EFFECT_RM, MODRM | BYTE_OPERAND);
        table[0xff] = effect(EFFECT_GROUP5, MODRM);
        return table;
    }

    private static int[] twoByte() {
        int[] table = new int[256];
        fill(table, 0x00, 0xff, INVALID);
        fill(table, 0x00, 0x03, effect(EFFECT_ANYTHING, MODRM | UNLIKELY));
        // xgetbv and rdtscp live in this group, so it is not unlikely.
        table[0x01] = effect(EFFECT_ALL_BUT_STACK, MODRM);
        table[0x05] = effect(EFFECT_ALL_BUT_STACK, 0);
        fill(table, 0x06, 0x09, effect(EFFECT_ANYTHING, UNLIKELY));
        table[0x0b] = effect(EFFECT_ANYTHING, 0);
        table[0x0d] = MODRM;
        table[0x0e] = UNLIKELY;
        table[0x0f] = MODRM | BYTE_IMMEDIATE | UNLIKELY;
        fill(table, 0x10, 0x17, MODRM);
        set(table, effect(EFFECT_VECTOR_RM, MODRM), 0x11, 0x13, 0x17);
        fill(table, 0x18, 0x1f, MODRM);
        table[0x1b] = effect(EFFECT_VECTOR_RM, MODRM);
        table[0x1e] = effect(EFFECT_HINT, MODRM);
        fill(table, 0x20, 0x23, effect(EFFECT_ANYTHING, MODRM | UNLIKELY));
        fill(table, 0x28, 0x2f, MODRM);
        set(table, effect(EFFECT_VECTOR_RM, MODRM), 0x29, 0x2b);
        fill(table, 0x2c, 0x2d, effect(EFFECT_REG, MODRM));
        fill(table, 0x30, 0x37, effect(EFFECT_ANYTHING, UNLIKELY));
        table[0x31] = effect(EFFECT_RAX_RDX, 0);
        table[0x36] = INVALID;
        fill(table, 0x40, 0x4f, effect(EFFECT_REG, MODRM));
        table[0x50] = effect(EFFECT_REG, MODRM);
        fill(table, 0x51, 0x6f, MODRM);
        fill(table, 0x70, 0x73, MODRM | BYTE_IMMEDIATE);
        fill(table, 0x74, 0x76, MODRM);
        table[0x77] = 0;
        fill(table, 0x78, 0x79, effect(EFFECT_ANYTHING, MODRM | UNLIKELY));
        fill(table, 0x7c, 0x7d, MODRM);
        table[0x7e] = effect(EFFECT_RM, MODRM);
        table[0x7f] = effect(EFFECT_VECTOR_RM, MODRM);
        fill(table, 0x80, 0x8f, DOUBLE_BRANCH);
        fill(table, 0x90, 0x9f, effect(EFFECT_RM, MODRM | BYTE_OPERAND));
        set(table, effect(EFFECT_PUSH, UNLIKELY), 0xa0, 0xa8);
        set(table, effect(EFFECT_POP, UNLIKELY), 0xa1, 0xa9);
        table[0xa2] = effect(EFFECT_CPUID, 0);
        table[0xa3] = MODRM;
        set(table, effect(EFFECT_RM, MODRM | BYTE_IMMEDIATE), 0xa4, 0xac);
        set(table, effect(EFFECT_RM, MODRM), 0xa5, 0xab, 0xad, 0xb3, 0xbb);
        // VIA's PadLock: xstore, xcrypt, xsha, which libcrypto uses.
        fill(table, 0xa6, 0xa7, effect(EFFECT_ALL_BUT_STACK, MODRM));
        table[0xaa] = effect(EFFECT_ANYTHING, UNLIKELY);
        table[0xae] = effect(EFFECT_FENCES, MODRM);
        table[0xaf] = effect(EFFECT_REG, MODRM);
        table[0xb0] = effect(EFFECT_RM_AND_RAX, MODRM | BYTE_OPERAND);
        table[0xb1] = effect(EFFECT_RM_AND_RAX, MODRM);
        set(table, effect(EFFECT_REG, MODRM | UNLIKELY), 0xb2, 0xb4, 0xb5);
        set(table, effect(EFFECT_REG, MODRM), 0xb6, 0xb7, 0xb8, 0xbc, 0xbd, 0xbe, 0xbf);
        table[0xb9] = effect(EFFECT_ANYTHING, MODRM);
        table[0xba] = effect(EFFECT_GROUP8, MODRM | BYTE_IMMEDIATE);
        table[0xc0] = effect(EFFECT_RM_AND_REG, MODRM | BYTE_OPERAND);
        table[0xc1] = effect(EFFECT_RM_AND_REG, MODRM);
        table[0xc2] = MODRM | BYTE_IMMEDIATE;
        table[0xc3] = effect(EFFECT_RM, MODRM);
        table[0xc4] = MODRM | BYTE_IMMEDIATE;
        table[0xc5] = effect(EFFECT_REG, MODRM | BYTE_IMMEDIATE);
        table[0xc6] = MODRM | BYTE_IMMEDIATE;
        table[0xc7] = effect(EFFECT_ALL_BUT_STACK, MODRM);
        fill(table, 0xc8, 0xcf, effect(EFFECT_OPCODE_REGISTER, 0));
        fill(table, 0xd0, 0xfe, MODRM);
        set(table, effect(EFFECT_VECTOR_RM, MODRM), 0xd6, 0xe7);
        table[0xd7] = effect(EFFECT_REG, MODRM);
        table[0xf7] = effect(EFFECT_MEMORY, MODRM);
        table[0xff] = effect(EFFECT_ANYTHING, MODRM);
        return table;
    }

    private static int[] map0f38() {
        int[] table = new int[256];
        fill(table, 0x00, 0xff, INVALID);
        fill(table, 0x00, 0x3f, MODRM);
        set(table, INVALID, 0x0c, 0x0d, 0x0e, 0x0f, 0x11, 0x12, 0x13, 0x16, 0x18, 0x19, 0x1a, 0x1b, 0x1f);
        set(table, INVALID, 0x26, 0x27, 0x2c, 0x2d, 0x2e, 0x2f, 0x36);
        fill(table, 0x40, 0x41, MODRM);
        fill(table, 0x80, 0x82, effect(EFFECT_ANYTHING, MODRM | UNLIKELY));
        fill(table, 0xc8, 0xcd, MODRM);
        table[0xcf] = MODRM;
        table[0xd8] = MODRM;
        fill(table, 0xdb, 0xdf, MODRM);
        // movbe one way, movbe the other and crc32.
        fill(table, 0xf0, 0xf1, effect(EFFECT_RM_AND_REG, MODRM));
        fill(table, 0xf5, 0xf6, effect(EFFECT_RM_AND_REG, MODRM));
        fill(table, 0xf8, 0xf9, effect(EFFECT_ALL_BUT_STACK, MODRM));
        fill(table, 0xfa, 0xfb, effect(EFFECT_ANYTHING, MODRM | UNLIKELY));
        fill(table, 0xfc, 0xfc, effect(EFFECT_RM_AND_REG, MODRM));
        return table;
    }

    private static int[] map0f3a() {
        int[] table = new int[256];
        fill(table, 0x00, 0xff, INVALID);
        fill(table, 0x08, 0x0f, MODRM | BYTE_IMMEDIATE);
        fill(table, 0x14, 0x17, effect(EFFECT_RM, MODRM | BYTE_IMMEDIATE));
        fill(table, 0x20, 0x22, MODRM | BYTE_IMMEDIATE);
        fill(table, 0x40, 0x42, MODRM | BYTE_IMMEDIATE);
        table[0x44] = MODRM | BYTE_IMMEDIATE;
        fill(table, 0x60, 0x63, effect(EFFECT_RCX, MODRM | BYTE_IMMEDIATE));
        table[0xcc] = MODRM | BYTE_IMMEDIATE;
        fill(table, 0xce, 0xcf, MODRM | BYTE_IMMEDIATE);
        table[0xdf] = MODRM | BYTE_IMMEDIATE;
        table[0xf0] = effect(EFFECT_ANYTHING, MODRM | BYTE_IMMEDIATE);
        return table;
    }
}
