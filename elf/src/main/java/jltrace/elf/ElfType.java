package jltrace.elf;

/** What an ELF file is for ({@code e_type}, gABI chapter 4). */
public enum ElfType {
    /** {@code ET_REL}: an object file or a kernel module. */
    RELOCATABLE,
    /** {@code ET_EXEC}: a program for one fixed address. */
    EXECUTABLE,
    /** {@code ET_DYN}: a shared library or a position-independent program. */
    SHARED_OBJECT,
    /** {@code ET_CORE}: a core dump. */
    CORE,
    /** Any other value. */
    OTHER;

    static ElfType of(int code) {
        return switch (code) {
            case 1 -> RELOCATABLE;
            case 2 -> EXECUTABLE;
            case 3 -> SHARED_OBJECT;
            case 4 -> CORE;
            default -> OTHER;
        };
    }
}
