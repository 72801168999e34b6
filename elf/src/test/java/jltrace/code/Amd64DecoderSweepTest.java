package jltrace.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every opcode of every map, with every kind of operand, against objdump: the forms that no library holds. */
class Amd64DecoderSweepTest {
    private static final int BLOCK = 16;

    /** ModRM (and SIB): each way of addressing, then each register field in memory and register form. */
    private static final int[][] OPERANDS = operands();

    private static final int[][] FEW_OPERANDS = {{0x00}, {0x05}, {0x44, 0x18}, {0x84, 0x25}, {0xc8}, {0xd1}};

    private static final int[][] PREFIXES = {{}, {0x66}, {0xf2}, {0xf3}, {0x48}, {0x66, 0x48}, {0x67}, {0x64, 0x41}};

    @TempDir
    Path directory;

    private final ByteArrayOutputStream code = new ByteArrayOutputStream();

    @Test
    void everyLegacyOpcodeHasTheLengthThatObjdumpShows() throws Exception {
        int[][] escapes = {{}, {0x0f}, {0x0f, 0x38}, {0x0f, 0x3a}};
        for (int[] prefixes : PREFIXES) {
            for (int[] escape : escapes) {
                for (int opcode = 0; opcode <= 0xff; opcode++) {
                    for (int[] operands : OPERANDS) {
                        add(prefixes, escape, new int[] {opcode}, operands);
                    }
                }
            }
        }
        compare(90_000);
    }

    @Test
    void everyVectorOpcodeHasTheLengthThatObjdumpShows() throws Exception {
        for (int opcode = 0; opcode <= 0xff; opcode++) {
            for (int simdPrefix = 0; simdPrefix < 4; simdPrefix++) {
                for (int[] operands : FEW_OPERANDS) {
                    int[] last = {opcode};
                    add(new int[] {0xc5, 0xf8 | simdPrefix}, last, operands);
                    for (int wide = 0; wide <= 0x80; wide += 0x80) {
                        for (int map = 1; map <= 3; map++) {
                            add(new int[] {0xc4, 0xe0 | map, wide | 0x78 | simdPrefix}, last, operands);
                        }
                        for (int map = 1; map <= 6; map++) {
                            add(new int[] {0x62, 0xf0 | map, wide | 0x7c | simdPrefix, 0x48}, last, operands);
                        }
                        for (int map = 8; map <= 10; map++) {
                            add(new int[] {0x8f, 0xe0 | map, wide | 0x78 | simdPrefix}, last, operands);
                        }
                    }
                }
            }
        }
        compare(10_000);
    }

    private static int[][] operands() {
        List<int[]> operands = new ArrayList<>(List.of(
                new int[] {0x04, 0x24},
                new int[] {0x04, 0x25},
                new int[] {0x05},
                new int[] {0x40},
                new int[] {0x44, 0x98},
                new int[] {0x80},
                new int[] {0x84, 0x25}));
        for (int reg = 0; reg < 8; reg++) {
            operands.add(new int[] {reg << 3});
            operands.add(new int[] {0xc0 | reg << 3});
            operands.add(new int[] {0xc2 | reg << 3});
        }
        return operands.toArray(int[][]::new);
    }

    /** Adds one instruction, and filling up to the next block. */
    private void add(int[]... parts) {
        int size = 0;
        for (int[] part : parts) {
            for (int value : part) {
                code.write(value);
            }
            size += part.length;
        }
        byte[] filling = new byte[BLOCK - size];
        Arrays.fill(filling, (byte) 0x90);
        code.writeBytes(filling);
    }

    private void compare(int atLeast) throws Exception {
        Path file = directory.resolve("code");
        byte[] bytes = code.toByteArray();
        Files.write(file, bytes);
        Amd64Instruction instruction = new Amd64Instruction();
        Map<String, String> differences = new TreeMap<>();
        int[] compared = new int[1];
        Objdump.disassembleRaw(file, line -> {
            int at = (int) line.virtualAddress;
            if (at % BLOCK != 0 || line.isNoSingleInstruction()) {
                return;
            }
            compared[0]++;
            int length = Amd64Decoder.decode(bytes, at, bytes.length, at, instruction);
            if (length != line.length) {
                differences.put(line.mnemonic(), "%s %s: length %d".formatted(hex(line), line.text, length));
            }
        });
        assertThat(differences).isEmpty();
        assertThat(compared[0]).isGreaterThan(atLeast);
    }

    private static String hex(Objdump.Line line) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < line.length; at++) {
            text.append("%02x ".formatted(line.bytes[at]));
        }
        return text.toString().trim();
    }
}
