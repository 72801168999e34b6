package jltrace.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected classes follow {@code arch/x86/kernel/uprobes.c} of the releases named. */
class UprobeRulesTest {
    @ParameterizedTest(name = "{1}")
    @CsvSource({
        "55,             push %rbp",
        "54,             push %rsp",
        "4157,           push %r15",
        "eb05,           jmp rel8",
        "e900000000,     jmp rel32",
        "f2e900000000,   bnd jmp rel32",
        "e800000000,     call rel32",
        "67e800000000,   addr32 call rel32",
        "7405,           je rel8",
        "0f8500000000,   jne rel32",
        "90,             nop",
    })
    void everyReleaseEmulates(String hex, String text) {
        assertThat(classify(5, 5, hex)).as(text).isEqualTo(UprobeClass.EMULATED);
        assertThat(classify(6, 18, hex)).as(text).isEqualTo(UprobeClass.EMULATED);
        assertThat(classify(7, 0, hex)).as(text).isEqualTo(UprobeClass.EMULATED);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource({
        "4055,           push %rbp with an empty REX",
        "4955,           push %r13 with REX.W",
        "6655,           push %bp",
        "ff7508,         push 8(%rbp)",
        "6a01,           push $1",
        "f30f1efa,       endbr64",
        "4883ec08,       sub $8 from %rsp",
        "c3,             ret",
        "f3c3,           repz ret",
        "c20800,         ret $8",
        "ff2500000000,   jmp through a slot",
        "ffe0,           jmp *%rax",
        "ff1500000000,   call through a slot",
        "e305,           jrcxz",
        "e2fb,           loop",
        "f3aa,           rep stos",
        "488b05ff000000, load relative to rip",
        "64488b042528000000, load from %fs",
        "660fefc0,       pxor without VEX",
        "0f1ec0,         nop of the hint space",
        "f30f1ec8,       rdsspd",
    })
    void everyReleaseSingleSteps(String hex, String text) {
        assertThat(classify(5, 5, hex)).as(text).isEqualTo(UprobeClass.SINGLE_STEPPED);
        assertThat(classify(6, 18, hex)).as(text).isEqualTo(UprobeClass.SINGLE_STEPPED);
        assertThat(classify(7, 0, hex)).as(text).isEqualTo(UprobeClass.SINGLE_STEPPED);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource({
        "f0ff0f,             lock decl (%rdi)",
        "2e7405,             je with a hint that is a CS prefix",
        "3effe0,             notrack jmp *%rax",
        "662e0f1f840000000000, nopw %cs:0(%rax)",
        "268b00,             load from %es",
        "368b00,             load from %ss",
        "c5f96fc0,           vmovdqa",
        "c4e27d5800,         vpbroadcastd",
        "62f17c4828c0,       vmovaps of AVX-512",
        "c5f974c0,           vpcmpeqb, whose opcode is that of je",
        "8fe97801c8,         blcfill, XOP",
        "cc,                 int3",
        "cd80,               int $0x80",
        "f4,                 hlt",
        "0f05,               syscall",
        "0f0b,               ud2",
        "0f01f9,             rdtscp",
        "0faef0,             mfence",
        "8ed0,               mov %eax to %ss",
        "c7f800000000,       xbegin",
        "66e90000,           jmpw",
        "660f840000,         je with an operand-size prefix",
        "6c,                 ins",
        "fa,                 cli",
    })
    void everyReleaseRefusesOrMistakes(String hex, String text) {
        Amd64Instruction instruction = new Amd64Instruction();
        byte[] code = HexFormat.of().parseHex(hex);
        boolean decodes = Amd64Decoder.decode(code, 0, code.length, 0, instruction) == code.length;
        for (int release = 5; release < 8; release++) {
            UprobeRules rules = UprobeRules.ofRelease(release, 18);
            assertThat(decodes ? rules.classify(instruction) : UprobeClass.REFUSED)
                    .as(text)
                    .isEqualTo(UprobeClass.REFUSED);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "xchg %ax with itself, 6690,             REFUSED,        EMULATED,       EMULATED,       EMULATED",
        "pause,                f390,             EMULATED,       EMULATED,       EMULATED,       SINGLE_STEPPED",
        "xchg %r8 and %rax,    4990,             REFUSED,        REFUSED,        REFUSED,        SINGLE_STEPPED",
        "nop of 3 bytes,       0f1f00,           SINGLE_STEPPED, SINGLE_STEPPED, EMULATED,       EMULATED",
        "nop of 4 bytes,       0f1f4000,         SINGLE_STEPPED, SINGLE_STEPPED, EMULATED,       EMULATED",
        "nop of 5 bytes,       0f1f440000,       SINGLE_STEPPED, SINGLE_STEPPED, EMULATED,       EMULATED",
        "nop of 6 bytes,       660f1f440000,     SINGLE_STEPPED, SINGLE_STEPPED, EMULATED,       EMULATED",
        "nop of 7 bytes,       0f1f8000000000,   SINGLE_STEPPED, SINGLE_STEPPED, EMULATED,       EMULATED",
        "nop of 8 bytes,       0f1f840000000000, SINGLE_STEPPED, SINGLE_STEPPED, EMULATED,       EMULATED",
        "nop of 9 bytes,       660f1f840000000000, SINGLE_STEPPED, SINGLE_STEPPED, EMULATED,     EMULATED",
        "nop on %rdx,          0f1f02,           SINGLE_STEPPED, SINGLE_STEPPED, SINGLE_STEPPED, EMULATED",
        "nop with displacement, 0f1f4001,        SINGLE_STEPPED, SINGLE_STEPPED, SINGLE_STEPPED, EMULATED",
        "mov %rdi to itself,   4889ff,           SINGLE_STEPPED, SINGLE_STEPPED, SINGLE_STEPPED, EMULATED",
        "mov %edi to itself,   89ff,             SINGLE_STEPPED, SINGLE_STEPPED, SINGLE_STEPPED, SINGLE_STEPPED",
        "lea 0(%rsi) to %rsi,  488d7600,         SINGLE_STEPPED, SINGLE_STEPPED, SINGLE_STEPPED, EMULATED",
        "lea 1(%rsi) to %rsi,  488d7601,         SINGLE_STEPPED, SINGLE_STEPPED, SINGLE_STEPPED, SINGLE_STEPPED",
    })
    void releasesDifferOverNops(
            String text, String hex, UprobeClass in55, UprobeClass in62, UprobeClass in616, UprobeClass in619) {
        assertThat(classify(5, 5, hex)).as(text).isEqualTo(in55);
        assertThat(classify(6, 1, hex)).as(text).isEqualTo(in55);
        assertThat(classify(6, 2, hex)).as(text).isEqualTo(in62);
        assertThat(classify(6, 15, hex)).as(text).isEqualTo(in62);
        assertThat(classify(6, 16, hex)).as(text).isEqualTo(in616);
        assertThat(classify(6, 18, hex)).as(text).isEqualTo(in616);
        assertThat(classify(6, 19, hex)).as(text).isEqualTo(in619);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource({
        "f0ff0f,   a LOCK prefix",
        "2e7405,   a segment prefix",
        "c5f974c0, 'a VEX, EVEX or XOP encoding'",
        "0f05,     an instruction that uprobes do not support",
    })
    void aRefusalHasAReason(String hex, String reason) {
        byte[] code = HexFormat.of().parseHex(hex);
        Amd64Instruction instruction = new Amd64Instruction();
        Amd64Decoder.decode(code, 0, code.length, 0, instruction);

        assertThat(UprobeRules.ofRelease(6, 18).refusal(instruction)).contains(reason);
    }

    private static UprobeClass classify(int major, int minor, String hex) {
        byte[] code = HexFormat.of().parseHex(hex);
        Amd64Instruction instruction = new Amd64Instruction();
        assertThat(Amd64Decoder.decode(code, 0, code.length, 0, instruction)).isEqualTo(code.length);
        return UprobeRules.ofRelease(major, minor).classify(instruction);
    }
}
