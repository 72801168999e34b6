package jltrace.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole libraries against {@code objdump -d -w}. */
class Amd64DecoderTest {
    private static final Path LIBRARIES = Path.of("/usr/lib/x86_64-linux-gnu");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "libc.so.6",
                "libm.so.6",
                "libstdc++.so.6",
                "libcrypto.so.3",
                "libsqlite3.so.0",
                "libgcrypt.so.20",
                "libmvec.so.1",
                "libdav1d.so.6"
            })
    void everyInstructionHasTheLengthCategoryAndTargetThatObjdumpShows(String library) throws Exception {
        Path file = LIBRARIES.resolve(library);
        assumeTrue(Files.exists(file), () -> file + " is not installed");
        Comparison comparison = new Comparison();
        Objdump.disassemble(file, comparison);
        assertThat(comparison.differences).isEmpty();
        assertThat(comparison.compared).isGreaterThan(20_000);
    }

    /** Decodes each of objdump's instructions from its bytes and the ones that follow. */
    private static final class Comparison implements Objdump.Visitor {
        private final Amd64Instruction instruction = new Amd64Instruction();
        private final List<String> differences = new ArrayList<>();
        private int compared;

        @Override
        public void instruction(Objdump.Line line) {
            int length = Amd64Decoder.decode(line.bytes, 0, line.length, line.virtualAddress, instruction);
            if (length != line.length) {
                if (!line.isNoSingleInstruction()) {
                    report(line, "length " + length);
                }
                return;
            }
            if (line.isBad()) {
                return;
            }
            compared++;
            InstructionCategory expected = ObjdumpCategory.of(line);
            if (instruction.category() != expected) {
                report(line, instruction.category() + ", not " + expected);
            } else if (expected.hasBranchTarget() && instruction.branchTarget() != line.branchTarget()) {
                report(line, "target " + Long.toHexString(instruction.branchTarget()));
            }
        }

        private void report(Objdump.Line line, String found) {
            if (differences.size() < 20) {
                StringBuilder text = new StringBuilder(Long.toHexString(line.virtualAddress)).append(": ");
                for (int at = 0; at < line.length; at++) {
                    text.append("%02x ".formatted(line.bytes[at]));
                }
                differences.add(
                        text.append(line.text).append(": ").append(found).toString());
            }
        }
    }
}
