package jltrace.elf;

import java.util.OptionalLong;
import jltrace.bytes.MalformedBytesException;

/**
 * A file that is not an ELF file that can be traced, or whose contents contradict themselves. The message names the file
 * and what it is instead.
 */
public final class ElfException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final long NO_OFFSET = -1;

    private final Kind kind;
    private final String fileName;
    private final long offset;

    /** What is the matter with the file. */
    public enum Kind {
        /** It does not begin with the ELF magic number. */
        NOT_ELF,
        /** It is for 32-bit programs (x32 included). */
        WRONG_CLASS,
        /** It is big-endian. */
        WRONG_BYTE_ORDER,
        /** It is for another machine than x86-64. */
        WRONG_MACHINE,
        /** A section is compressed in a way that cannot be undone here. */
        UNKNOWN_COMPRESSION,
        /** It ends too early, or its contents contradict themselves. */
        CORRUPT
    }

    private ElfException(Kind kind, String fileName, String fault, long offset) {
        super(fileName + ": " + fault);
        this.kind = kind;
        this.fileName = fileName;
        this.offset = offset;
    }

    static ElfException notElf(String fileName) {
        return new ElfException(Kind.NOT_ELF, fileName, "not an ELF file", 0);
    }

    /** @param what which kind of ELF file it is, such as "32-bit Intel 80386" */
    static ElfException unsupported(Kind kind, String fileName, String what) {
        return new ElfException(
                kind, fileName, what + " ELF file; only 64-bit little-endian x86-64 is supported", NO_OFFSET);
    }

    /** @param what the method of compression, and why it cannot be undone if that is not plain */
    static ElfException unknownCompression(String fileName, String sectionName, String what) {
        return new ElfException(
                Kind.UNKNOWN_COMPRESSION,
                fileName,
                "cannot decompress section " + sectionName + ": " + what,
                NO_OFFSET);
    }

    /** @param part what was being read, such as "section headers" */
    static ElfException corrupt(String fileName, String part, MalformedBytesException cause) {
        ElfException exception = new ElfException(
                Kind.CORRUPT, fileName, "truncated or corrupt " + part + ": " + cause.getMessage(), cause.offset());
        exception.initCause(cause);
        return exception;
    }

    /** @param fault what contradicts what, without an offset of its own */
    static ElfException corrupt(String fileName, String fault) {
        return new ElfException(Kind.CORRUPT, fileName, "corrupt ELF file: " + fault, NO_OFFSET);
    }

    /** @param offset where in the file the contradiction is */
    static ElfException corrupt(String fileName, String fault, long offset) {
        return new ElfException(
                Kind.CORRUPT,
                fileName,
                "corrupt ELF file: " + fault + " at offset 0x" + Long.toHexString(offset),
                offset);
    }

    /** What is the matter with the file. */
    public Kind kind() {
        return kind;
    }

    /** The name that the file was opened under. */
    public String fileName() {
        return fileName;
    }

    /** Offset in the file where the fault was seen, if it was in one place. */
    public OptionalLong offset() {
        return offset == NO_OFFSET ? OptionalLong.empty() : OptionalLong.of(offset);
    }
}
