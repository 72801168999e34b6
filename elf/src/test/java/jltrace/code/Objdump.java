package jltrace.code;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What {@code objdump -d -w} says of a file's code, instruction by instruction: the tests' oracle. */
final class Objdump {
    /** One line of objdump's. */
    static final class Line {
        long virtualAddress;
        final byte[] bytes = new byte[32];
        int length;
        /** Prefixes, mnemonic and operands, as printed, without comment. */
        String text = "";

        /** The mnemonic, without the words that objdump prints for prefixes. */
        String mnemonic() {
            int start = skipPrefixWords(text);
            int end = start;
            while (end < text.length() && text.charAt(end) != ' ' && text.charAt(end) != ',') {
                end++;
            }
            return text.substring(start, end);
        }

        /** What stands behind the mnemonic; empty without operands. */
        String operands() {
            int start = text.indexOf(' ', skipPrefixWords(text));
            return start < 0 ? "" : text.substring(start).trim();
        }

        /** Where {@code jmp 264c0 <name+0x10>} goes. */
        long branchTarget() {
            String operands = operands();
            int space = operands.indexOf(' ');
            return Long.parseUnsignedLong(space < 0 ? operands : operands.substring(0, space), 16);
        }

        /** Whether objdump shows a prefix alone, which a processor takes together with the next instruction. */
        boolean isPrefixAlone() {
            return skipPrefixWords(text) >= text.length();
        }

        /** Whether objdump shows {@code fwait} and the x87 instruction behind it as one. */
        private boolean isMergedWait() {
            return startsWith(0x9b) && length > 2;
        }

        /** Branches with an operand-size prefix, on whose length processors disagree; they occur in data only. */
        private boolean isAmbiguousBranch() {
            String mnemonic = mnemonic();
            boolean branch = mnemonic.startsWith("j") || mnemonic.startsWith("call") || mnemonic.equals("xbegin");
            return branch && !text.contains("rex.W") && (text.contains("data16") || startsWith(0x66));
        }

        /** Whether objdump's line is not what a processor would take for one instruction of that length. */
        boolean isNoSingleInstruction() {
            return isBad() || isPrefixAlone() || isMergedWait() || isAmbiguousBranch() || isFaultingVex();
        }

        /** Before VEX these prefixes fault, which objdump does not mind. */
        private boolean isFaultingVex() {
            return text.matches("(.* )?(rex\\S*|rep\\S*|data16|lock) +[vk].*");
        }

        /** Whether the first or second byte is this one. */
        private boolean startsWith(int value) {
            return bytes[0] == (byte) value || bytes[1] == (byte) value;
        }

        /** Whether objdump finds no instruction there, or one that names a register that does not exist. */
        boolean isBad() {
            return text.contains("(bad)") || text.contains("%?") || text.startsWith(".byte");
        }

        private static int skipPrefixWords(String text) {
            int at = 0;
            while (at < text.length()) {
                int end = text.indexOf(' ', at);
                String word = end < 0 ? text.substring(at) : text.substring(at, end);
                if (!isPrefixWord(word)) {
                    return at;
                }
                at = end < 0 ? text.length() : end + 1;
                while (at < text.length() && text.charAt(at) == ' ') {
                    at++;
                }
            }
            return at;
        }

        private static boolean isPrefixWord(String word) {
            return switch (word) {
                case "bnd", "notrack", "lock", "rep", "repz", "repnz", "data16", "addr32" -> true;
                case "cs", "ds", "es", "fs", "gs", "ss", "xacquire", "xrelease", "{vex}", "{evex}" -> true;
                default -> word.equals("rex") || word.startsWith("rex.");
            };
        }
    }

    interface Visitor {
        /** A symbol's label, such as {@code qsort@@GLIBC_2.2.5}. */
        default void label(long virtualAddress, String name) {}

        /** {@code line} is reused for the next one. */
        void instruction(Line line);
    }

    private Objdump() {}

    /** All code sections of an ELF file. */
    static void disassemble(Path file, Visitor visitor) throws IOException, InterruptedException {
        run(visitor, "objdump", "-d", "-w", file.toString());
    }

    /** A file that is nothing but code, at address 0. */
    static void disassembleRaw(Path file, Visitor visitor) throws IOException, InterruptedException {
        run(visitor, "objdump", "-D", "-w", "-z", "-b", "binary", "-m", "i386:x86-64", file.toString());
    }

    private static void run(Visitor visitor, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            Line line = new Line();
            String text;
            while ((text = reader.readLine()) != null) {
                if (text.endsWith(">:") && !text.startsWith(" ")) {
                    int space = text.indexOf(' ');
                    visitor.label(
                            Long.parseUnsignedLong(text, 0, space, 16), text.substring(space + 2, text.length() - 2));
                } else if (parse(text, line)) {
                    visitor.instruction(line);
                }
            }
        }
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed");
        }
    }

    /** Reads {@code "   264c0:\t41 57                \tpush   %r15"}. */
    private static boolean parse(String text, Line line) {
        int colon = text.indexOf(':');
        int tab = text.indexOf('\t');
        if (colon < 0 || tab != colon + 1) {
            return false;
        }
        line.virtualAddress = Long.parseUnsignedLong(text.substring(0, colon).trim(), 16);
        int at = tab + 1;
        int length = 0;
        while (at + 1 < text.length() && Character.digit(text.charAt(at), 16) >= 0) {
            line.bytes[length++] =
                    (byte) (Character.digit(text.charAt(at), 16) << 4 | Character.digit(text.charAt(at + 1), 16));
            at += 3;
        }
        line.length = length;
        int secondTab = text.indexOf('\t', tab + 1);
        String rest = secondTab < 0 ? "" : text.substring(secondTab + 1);
        int comment = rest.indexOf('#');
        line.text = (comment < 0 ? rest : rest.substring(0, comment)).trim();
        return true;
    }
}
