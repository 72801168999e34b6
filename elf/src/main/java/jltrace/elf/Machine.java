package jltrace.elf;

/** Names of the machines in {@code e_machine}, for saying what a file is that is not for x86-64. */
final class Machine {
    static final int X86_64 = 62;

    private Machine() {}

    /** The name of machine number {@code machine}, or the number itself if it is none of those that Linux runs on. */
    static String name(int machine) {
        return switch (machine) {
            case 0 -> "machine-less";
            case 2 -> "SPARC";
            case 3 -> "Intel 80386";
            case 4 -> "Motorola 68000";
            case 8 -> "MIPS";
            case 15 -> "PA-RISC";
            case 18 -> "SPARC 32+";
            case 20 -> "PowerPC";
            case 21 -> "PowerPC64";
            case 22 -> "IBM S/390";
            case 40 -> "ARM";
            case 42 -> "SuperH";
            case 43 -> "SPARC v9";
            case 50 -> "Intel IA-64";
            case X86_64 -> "x86-64";
            case 93 -> "ARC";
            case 94 -> "Xtensa";
            case 164 -> "Hexagon";
            case 183 -> "AArch64";
            case 189 -> "MicroBlaze";
            case 243 -> "RISC-V";
            case 247 -> "BPF";
            case 252 -> "C-SKY";
            case 258 -> "LoongArch";
            case 0x9026 -> "Alpha";
            default -> "machine " + machine;
        };
    }
}
