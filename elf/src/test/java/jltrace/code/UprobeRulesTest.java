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

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a LOCK prefix,                     f0ff0f",
        "a segment prefix,                  2e7405",
        "a VEX encoding of a jump's opcode, c5f974c0",
        "syscall,                           0f05",
    })
    void whatTheKernelRefusesOrGetsWrongIsRefused(String text, String hex) {
        assertThat(classify(5, 5, hex)).as(text).isEqualTo(UprobeClass.REFUSED);
        assertThat(classify(6, 18, hex)).as(text).isEqualTo(UprobeClass.REFUSED);
    }

    private static UprobeClass classify(int major, int minor, String hex) {
        byte[] code = HexFormat.of().parseHex(hex);
        Amd64Instruction instruction = new Amd64Instruction();
        assertThat(Amd64Decoder.decode(code, 0, code.length, 0, instruction)).isEqualTo(code.length);
        return UprobeRules.ofRelease(major, minor).classify(instruction);
    }
}
