package jltrace.elf;

import jltrace.bytes.ByteSource;

/**
 * The ELF header (gABI chapter 4), with the counts that do not fit it taken from section header 0.
 *
 * @param type what the file is for
 * @param entryPoint virtual address where a program starts, 0 if nowhere
 * @param segmentTableOffset file offset of the program headers
 * @param segmentCount number of program headers
 * @param sectionTableOffset file offset of the section headers, 0 if there are none
 * @param sectionCount number of section headers
 * @param sectionNamesIndex index of the section with the sections' names, 0 if they have none
 */
record ElfHeader(
        ElfType type,
        long entryPoint,
        long segmentTableOffset,
        long segmentCount,
        long sectionTableOffset,
        long sectionCount,
        long sectionNamesIndex) {
    static final int SEGMENT_HEADER_SIZE = 56;
    static final int SECTION_HEADER_SIZE = 64;

    private static final int MAGIC = 0x464c457f;
    private static final int SIZE = 64;
    private static final int SIZE_32 = 52;
    private static final int CLASS_32 = 1;
    private static final int CLASS_64 = 2;
    private static final int LITTLE_ENDIAN = 1;
    private static final int BIG_ENDIAN = 2;
    private static final int MANY_SEGMENTS = 0xffff;
    private static final int MANY_SECTIONS = 0xffff;

    /** Reads the header and refuses all files but ELF64 little-endian x86-64. */
    static ElfHeader read(ByteSource file, String fileName) {
        if (file.size() < 4 || file.i32(0) != MAGIC) {
            throw ElfException.notElf(fileName);
        }
        int elfClass = file.u8(4);
        int byteOrder = file.u8(5);
        file.check(0, elfClass == CLASS_32 ? SIZE_32 : SIZE);
        requireSupported(elfClass, byteOrder, file.u16(18), fileName);
        if (file.u8(6) != 1 || file.u32(20) != 1) {
            throw ElfException.corrupt(fileName, "unknown ELF version " + file.u8(6), 6);
        }
        return readSupported(file, fileName);
    }

    private static void requireSupported(int elfClass, int byteOrder, int machine, String fileName) {
        boolean bigEndian = byteOrder == BIG_ENDIAN;
        if (!bigEndian && byteOrder != LITTLE_ENDIAN) {
            throw ElfException.corrupt(fileName, "unknown byte order " + byteOrder, 5);
        }
        if (elfClass != CLASS_32 && elfClass != CLASS_64) {
            throw ElfException.corrupt(fileName, "unknown ELF class " + elfClass, 4);
        }
        String machineName = Machine.name(bigEndian ? Short.reverseBytes((short) machine) & 0xffff : machine);
        String order = bigEndian ? " big-endian " : " ";
        if (elfClass == CLASS_32) {
            // x86-64 instructions with 32-bit pointers are known as x32.
            String what = machine == Machine.X86_64 ? "32-bit x86-64 (x32)" : "32-bit" + order + machineName;
            throw ElfException.unsupported(ElfException.Kind.WRONG_CLASS, fileName, what);
        }
        if (bigEndian) {
            throw ElfException.unsupported(
                    ElfException.Kind.WRONG_BYTE_ORDER, fileName, "64-bit" + order + machineName);
        }
        if (machine != Machine.X86_64) {
            throw ElfException.unsupported(ElfException.Kind.WRONG_MACHINE, fileName, "64-bit " + machineName);
        }
    }

    private static ElfHeader readSupported(ByteSource file, String fileName) {
        long segmentTableOffset = file.i64(32);
        long sectionTableOffset = file.i64(40);
        long segmentCount = file.u16(56);
        long sectionCount = file.u16(60);
        long sectionNamesIndex = file.u16(62);
        if (segmentCount > 0 && file.u16(54) != SEGMENT_HEADER_SIZE) {
            throw ElfException.corrupt(fileName, "program headers of " + file.u16(54) + " bytes", 54);
        }
        if (sectionTableOffset == 0) {
            return new ElfHeader(ElfType.of(file.u16(16)), file.i64(24), segmentTableOffset, segmentCount, 0, 0, 0);
        }
        if (sectionCount == 0) {
            sectionCount = file.i64(sectionTableOffset + 32); // its sh_size
        }
        if (sectionNamesIndex == MANY_SECTIONS) {
            sectionNamesIndex = file.u32(sectionTableOffset + 40); // its sh_link
        }
        if (segmentCount == MANY_SEGMENTS) {
            segmentCount = file.u32(sectionTableOffset + 44); // its sh_info
        }
        return new ElfHeader(
                ElfType.of(file.u16(16)),
                file.i64(24),
                segmentTableOffset,
                segmentCount,
                sectionTableOffset,
                sectionCount,
                sectionNamesIndex);
    }
}
