package jltrace.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What instructions change: against objdump's operands, and against what a processor does. */
class InstructionEffectsTest {
    /** Instructions of two operands or more that leave the last one as it is. */
    private static final Set<String> READERS = Set.of(
            "cmp", "cmpb", "cmpw", "cmpl", "cmpq", "test", "testb", "testw", "testl", "testq", "bt", "btw", "btl",
            "btq", "out", "outsb", "outsl", "scas", "enter", "invpcid", "ud0", "ud1", "bound", "vmwrite", "bndcl",
            "bndcu", "bndcn", "bndmk", "bndldx", "ptwrite", "invept", "invvpid");

    /** Instructions of one operand that change it. */
    private static final Set<String> ONE_OPERAND_WRITERS =
            Set.of("inc", "dec", "neg", "not", "pop", "bswap", "shl", "shr", "sar", "rol", "ror", "rcl", "rcr");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"libc.so.6", "libcrypto.so.3", "libsqlite3.so.0"})
    void destinationsThatObjdumpShowsAreAmongWhatIsWritten(String library) throws Exception {
        assumeTrue(Files.exists(Library.path(library)), () -> library + " is not installed");
        Amd64Instruction instruction = new Amd64Instruction();
        List<String> missed = new ArrayList<>();
        int[] checked = new int[2];
        Objdump.disassemble(Library.path(library), line -> {
            if (line.isBad()
                    || line.isPrefixAlone()
                    || Amd64Decoder.decode(line.bytes, 0, line.length, line.virtualAddress, instruction) != line.length
                    || instruction.category() == InstructionCategory.NOP
                    || !writesLastOperand(line)) {
                return;
            }
            String last = Operands.last(line.operands());
            int register = Operands.generalRegister(last);
            boolean known;
            if (register >= 0) {
                checked[0]++;
                known = (instruction.writtenRegisters() & 1 << register) != 0;
            } else {
                boolean memory = !last.startsWith("%st") && (last.contains("(") || last.contains(":"));
                checked[1] += memory ? 1 : 0;
                known = !memory || instruction.writesMemory();
            }
            if (!known && missed.size() < 20) {
                missed.add("%x %s".formatted(line.virtualAddress, line.text));
            }
        });
        assertThat(missed).isEmpty();
        assertThat(checked[0]).isGreaterThan(10_000);
        assertThat(checked[1]).isGreaterThan(1_000);
    }

    private static boolean writesLastOperand(Objdump.Line line) {
        String mnemonic = line.mnemonic();
        if (line.operands().contains(",") && Operands.count(line.operands()) > 1) {
            return !READERS.contains(mnemonic) && !mnemonic.startsWith("cmps") && !mnemonic.startsWith("j");
        }
        String stem = mnemonic.matches(".*[bwlq]") ? mnemonic.substring(0, mnemonic.length() - 1) : mnemonic;
        return ONE_OPERAND_WRITERS.contains(mnemonic)
                || ONE_OPERAND_WRITERS.contains(stem)
                || mnemonic.startsWith("set")
                || mnemonic.startsWith("fst")
                || mnemonic.startsWith("fist");
    }

    @Test
    void aProcessorChangesNoRegisterThatIsNotWrittenAndMovesTheStackPointerAsTold() throws Exception {
        Path stepper = compile("stepper");
        Path exercise = compile("exercise", "-static", "-lm");
        Process process = new ProcessBuilder(stepper.toString(), "120000", exercise.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Steps steps = new Steps();
        try (InputStream input = new BufferedInputStream(process.getInputStream())) {
            byte[] step = new byte[40];
            while (input.readNBytes(step, 0, step.length) == step.length) {
                steps.check(step);
            }
        }
        process.waitFor();
        assumeTrue(steps.checked > 0, "programs cannot be stepped here");
        assertThat(steps.differences).isEmpty();
        assertThat(steps.checked).isGreaterThan(5_000);
        assertThat(steps.stackChecked).isGreaterThan(500);
    }

    private Path compile(String name, String... options) throws Exception {
        Path source = directory.resolve(name + ".c");
        try (InputStream input =
                Objects.requireNonNull(InstructionEffectsTest.class.getResourceAsStream(name + ".c"))) {
            Files.copy(input, source);
        }
        Path program = directory.resolve(name);
        List<String> command = new ArrayList<>(List.of("gcc", "-O2", "-o", program.toString(), source.toString()));
        command.addAll(List.of(options));
        Library.run(command.toArray(String[]::new));
        assertThat(program).exists();
        return program;
    }

    /** Compares the decoder's word with single steps of a processor. */
    private static final class Steps {
        private final Amd64Instruction instruction = new Amd64Instruction();
        private final List<String> differences = new ArrayList<>();
        private int checked;
        private int stackChecked;

        void check(byte[] step) {
            ByteBuffer fields = ByteBuffer.wrap(step).order(ByteOrder.LITTLE_ENDIAN);
            long address = fields.getLong(0);
            int changed = (int) fields.getLong(24);
            long stackChange = fields.getLong(32);
            if (Amd64Decoder.decode(step, 8, 24, address, instruction) == 0) {
                report(step, "is not decoded");
                return;
            }
            if (instruction.isLegacy(1, 0xa2)) {
                // CPUID leaves a virtual machine, and some come back with the step over and one instruction more done.
                return;
            }
            checked++;
            if ((changed & ~instruction.writtenRegisters()) != 0) {
                boolean transfers = instruction.category() == InstructionCategory.RETURN;
                if (!transfers) {
                    report(step, "changes %x, not only %x".formatted(changed, instruction.writtenRegisters()));
                }
            }
            switch (instruction.category()) {
                case RETURN, RETURN_POPPING, CALL, INDIRECT_CALL -> {}
                default -> {
                    int depth = StackState.depth(StackState.after(instruction, StackState.of(4096, 4096)));
                    if (StackState.isExact(depth) && !usesFrame()) {
                        stackChecked += depth == 4096 ? 0 : 1;
                        if (depth - 4096 != -stackChange) {
                            report(step, "moves rsp by %d, not %d".formatted(stackChange, 4096 - depth));
                        }
                    }
                }
            }
        }

        /** Those take the stack pointer from rbp, whose distance to it is not known here. */
        private boolean usesFrame() {
            return instruction.isLegacy(0, 0xc9)
                    || instruction.isLegacy(0, 0x89)
                    || (instruction.isLegacy(0, 0x8d) && instruction.base == Amd64Instruction.RBP);
        }

        private void report(byte[] step, String what) {
            if (differences.size() < 20) {
                StringBuilder text = new StringBuilder();
                for (int at = 8; at < 8 + Math.max(instruction.length(), 1); at++) {
                    text.append("%02x ".formatted(step[at]));
                }
                differences.add(text.append(what).toString());
            }
        }
    }
}
