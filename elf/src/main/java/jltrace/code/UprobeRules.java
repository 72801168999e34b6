package jltrace.code;

import static jltrace.code.Amd64Instruction.MAP_0F;
import static jltrace.code.Amd64Instruction.MAP_ONE_BYTE;
import static jltrace.code.Amd64Instruction.PREFIX_CS;
import static jltrace.code.Amd64Instruction.PREFIX_DS;
import static jltrace.code.Amd64Instruction.PREFIX_ES;
import static jltrace.code.Amd64Instruction.PREFIX_OPERAND_SIZE;
import static jltrace.code.Amd64Instruction.PREFIX_REP;
import static jltrace.code.Amd64Instruction.PREFIX_SS;
import static jltrace.code.Amd64Instruction.REX_B;

/**
 * How a Linux release treats the instruction under a user probe, after {@code arch_uprobe_analyze_insn} in
 * {@code arch/x86/kernel/uprobes.c}.
 *
 * <p>All releases from 5.5 on refuse ES, CS, SS, DS and LOCK prefixes ({@code is_prefix_bad}), a move to the stack
 * segment ({@code insn_masking_exception}), and opcodes that are not in {@code good_insns_64}; emulate relative jumps
 * and calls without an operand-size prefix ({@code branch_setup_xol_ops}) and pushes of a register without a prefix or
 * with REX 41 ({@code push_setup_xol_ops}). They differ over nops:
 *
 * <table>
 * <caption>Which nops are emulated</caption>
 * <tr><th>release</th><th>emulated</th></tr>
 * <tr><td>before 6.2</td><td>opcode 90; with an operand-size prefix it may be refused</td></tr>
 * <tr><td>6.2</td><td>opcode 90 with any prefix</td></tr>
 * <tr><td>6.16</td><td>and the kernel's own encodings of 3 to 9 bytes ({@code x86_nops})</td></tr>
 * <tr><td>6.19</td><td>{@code insn_is_nop}: opcode 90 unless it is pause or an exchange, 0f 1f /0, a 64-bit move or
 * {@code lea 0(r),r} to the same register</td></tr>
 * </table>
 *
 * <p>Where the kernel's own tables let through what it then gets wrong, these rules refuse. VEX, EVEX and XOP: their
 * opcodes are looked up in the one-byte map, so that {@code vpcmpeqb} (74) would be emulated as {@code je}. Opcodes of
 * {@code good_2byte_insns} that are marked unsupported, such as {@code syscall} and {@code ud2}: the entry for the 0f
 * escape itself lets them pass. {@code xbegin}: its fallback address is not relocated. {@code xchg %r8,%rax} before
 * 6.19: it is taken for a nop.
 */
public final class UprobeRules {
    private static final int SEGMENT_PREFIXES = PREFIX_ES | PREFIX_CS | PREFIX_SS | PREFIX_DS;

    private final boolean takesOperandSizeNop;
    private final boolean emulatesOwnNops;
    private final boolean emulatesEveryNop;

    private UprobeRules(boolean takesOperandSizeNop, boolean emulatesOwnNops, boolean emulatesEveryNop) {
        this.takesOperandSizeNop = takesOperandSizeNop;
        this.emulatesOwnNops = emulatesOwnNops;
        this.emulatesEveryNop = emulatesEveryNop;
    }

    /** The rules of a release, such as 6 and 18 for 6.18.3; releases before 5.5 are not known. */
    public static UprobeRules ofRelease(int major, int minor) {
        return new UprobeRules(
                isAtLeast(major, minor, 6, 2), isAtLeast(major, minor, 6, 16), isAtLeast(major, minor, 6, 19));
    }

    private static boolean isAtLeast(int major, int minor, int sinceMajor, int sinceMinor) {
        return major == sinceMajor ? minor >= sinceMinor : major > sinceMajor;
    }

    /** What the kernel does with a probe on the instruction. */
    public UprobeClass classify(Amd64Instruction instruction) {
        if (isRefused(instruction)) {
            return UprobeClass.REFUSED;
        }
        boolean emulated = switch (instruction.category()) {
            case JUMP, CALL -> true;
            case CONDITIONAL_JUMP -> isConditionJump(instruction);
            case PUSH_REGISTER -> isPlainPush(instruction);
            case NOP -> isEmulatedNop(instruction);
            default -> emulatesEveryNop ? isRegisterNop(instruction) : isPause(instruction);
        };
        return emulated ? UprobeClass.EMULATED : UprobeClass.SINGLE_STEPPED;
    }

    private boolean isRefused(Amd64Instruction instruction) {
        if (instruction.isLocked()
                || (instruction.prefixes & SEGMENT_PREFIXES) != 0
                || instruction.isVectorExtended()) {
            return true;
        }
        return switch (instruction.map) {
            case MAP_ONE_BYTE -> isRefusedOneByte(instruction);
            case MAP_0F -> isRefusedTwoByte(instruction);
            default -> false;
        };
    }

    private boolean isRefusedOneByte(Amd64Instruction instruction) {
        boolean word = (instruction.prefixes & PREFIX_OPERAND_SIZE) != 0;
        return switch (instruction.opcode) {
            case 0x6c, 0x6d, 0x6e, 0x6f, 0xe4, 0xe5, 0xe6, 0xe7, 0xec, 0xed, 0xee, 0xef -> true;
            case 0xcc, 0xcd, 0xcf, 0xf1, 0xf4, 0xfa, 0xfb -> true;
            case 0x8e -> instruction.reg() == 2;
            case 0x90 -> isExchange(instruction) ? !emulatesEveryNop : word && !takesOperandSizeNop;
            case 0xc7 -> instruction.category() == InstructionCategory.CONDITIONAL_JUMP;
            case 0xe8, 0xe9, 0xeb -> word;
            default -> word && isConditionJump(instruction);
        };
    }

    private static boolean isRefusedTwoByte(Amd64Instruction instruction) {
        return switch (instruction.opcode) {
            case 0x00, 0x01, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0b -> true;
            case 0x30, 0x34, 0x35, 0x37, 0x78, 0x79, 0xae, 0xb9, 0xff -> true;
            default -> (instruction.prefixes & PREFIX_OPERAND_SIZE) != 0 && isConditionJump(instruction);
        };
    }

    /** Jumps on a condition code; not loop, jrcxz or xbegin. */
    private static boolean isConditionJump(Amd64Instruction instruction) {
        return switch (instruction.map) {
            case MAP_ONE_BYTE -> instruction.opcode >= 0x70 && instruction.opcode <= 0x7f;
            case MAP_0F -> instruction.opcode >= 0x80 && instruction.opcode <= 0x8f;
            default -> false;
        };
    }

    private static boolean isPlainPush(Amd64Instruction instruction) {
        return instruction.length == 1 || (instruction.length == 2 && instruction.rex == 0x41);
    }

    private boolean isEmulatedNop(Amd64Instruction instruction) {
        if (instruction.isLegacy(MAP_ONE_BYTE, 0x90)) {
            return true;
        }
        if (!instruction.isLegacy(MAP_0F, 0x1f)) {
            return false;
        }
        return emulatesEveryNop ? instruction.reg() == 0 : emulatesOwnNops && isOneOfTheKernels(instruction);
    }

    /** The kernel's nops: 0f 1f /0 on rax, and with an index and no displacement; an operand-size prefix in front of two. */
    private static boolean isOneOfTheKernels(Amd64Instruction instruction) {
        if (instruction.rex != 0 || instruction.displacement != 0) {
            return false;
        }
        boolean word = instruction.prefixes == PREFIX_OPERAND_SIZE;
        if (!word && instruction.prefixes != 0) {
            return false;
        }
        boolean plainIndex = instruction.base == Amd64Instruction.RAX
                && instruction.index == Amd64Instruction.RAX
                && instruction.scale == 1;
        return switch (instruction.modrm) {
            case 0x00 -> instruction.length == 3;
            case 0x40 -> instruction.length == 4;
            case 0x44 -> plainIndex && instruction.length == (word ? 6 : 5);
            case 0x80 -> instruction.length == 7;
            case 0x84 -> plainIndex && instruction.length == (word ? 9 : 8);
            default -> false;
        };
    }

    private static boolean isExchange(Amd64Instruction instruction) {
        return (instruction.rex & REX_B) != 0;
    }

    private static boolean isPause(Amd64Instruction instruction) {
        return instruction.isLegacy(MAP_ONE_BYTE, 0x90)
                && (instruction.prefixes & PREFIX_REP) != 0
                && !isExchange(instruction);
    }

    private static boolean isRegisterNop(Amd64Instruction instruction) {
        if (!instruction.hasWideOperand()) {
            return false;
        }
        if (instruction.isLegacy(MAP_ONE_BYTE, 0x89)) {
            return instruction.modrm >= 0xc0 && instruction.regRegister() == instruction.rmRegister();
        }
        return instruction.isLegacy(MAP_ONE_BYTE, 0x8d)
                && instruction.modrm >= 0x40
                && instruction.prefixes == 0
                && instruction.displacement == 0
                && instruction.index == Amd64Instruction.NO_REGISTER
                && instruction.scale == 1
                && instruction.base == instruction.regRegister();
    }
}
