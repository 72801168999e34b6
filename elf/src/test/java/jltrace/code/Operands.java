package jltrace.code;

import java.util.List;

/** Reads operands in AT&amp;T syntax. */
final class Operands {
    /** The names of each register's parts, in the order of the registers' numbers. */
    private static final List<List<String>> GENERAL_REGISTERS = List.of(
            List.of("%rax", "%eax", "%ax", "%al", "%ah"),
            List.of("%rcx", "%ecx", "%cx", "%cl", "%ch"),
            List.of("%rdx", "%edx", "%dx", "%dl", "%dh"),
            List.of("%rbx", "%ebx", "%bx", "%bl", "%bh"),
            List.of("%rsp", "%esp", "%sp", "%spl"),
            List.of("%rbp", "%ebp", "%bp", "%bpl"),
            List.of("%rsi", "%esi", "%si", "%sil"),
            List.of("%rdi", "%edi", "%di", "%dil"),
            numbered(8),
            numbered(9),
            numbered(10),
            numbered(11),
            numbered(12),
            numbered(13),
            numbered(14),
            numbered(15));

    private Operands() {}

    private static List<String> numbered(int register) {
        String name = "%r" + register;
        return List.of(name, name + "d", name + "w", name + "b");
    }

    /** The number of the general register of that name, -1 for another operand. */
    static int generalRegister(String operand) {
        for (int register = 0; register < GENERAL_REGISTERS.size(); register++) {
            if (GENERAL_REGISTERS.get(register).contains(operand)) {
                return register;
            }
        }
        return -1;
    }

    /** The operand behind the last comma that is not inside an address. */
    static String last(String operands) {
        return operands.substring(lastComma(operands) + 1);
    }

    static int count(String operands) {
        if (operands.isEmpty()) {
            return 0;
        }
        int count = 1;
        int depth = 0;
        for (int at = 0; at < operands.length(); at++) {
            char character = operands.charAt(at);
            depth += character == '(' ? 1 : character == ')' ? -1 : 0;
            count += character == ',' && depth == 0 ? 1 : 0;
        }
        return count;
    }

    private static int lastComma(String operands) {
        int depth = 0;
        for (int at = operands.length() - 1; at >= 0; at--) {
            char character = operands.charAt(at);
            depth += character == ')' ? 1 : character == '(' ? -1 : 0;
            if (character == ',' && depth == 0) {
                return at;
            }
        }
        return -1;
    }
}
