package jltrace.dwarf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jltrace.bytes.ByteSource;
import jltrace.bytes.Cursor;

/** What a line number program begins with (6.2.4): the source files, and how its special opcodes are to be read. */
final class LineProgramHeader {
    private static final int CONTENT_PATH = 1;
    private static final int CONTENT_DIRECTORY_INDEX = 2;
    private static final int MOST_FORMATS = 255;

    private final Unit unit;
    private final Encoding encoding;
    private final Cursor cursor;
    private final long end;
    private final long programOffset;
    private final int minimumInstructionLength;
    private final int lineBase;
    private final int lineRange;
    private final int[] operandCounts;
    private final List<String> directories = new ArrayList<>();
    private final List<SourceFile> files = new ArrayList<>();

    /** A file's name and the number of its directory. */
    private record SourceFile(String name, long directory) {}

    private LineProgramHeader(Unit unit, long offset) {
        this.unit = unit;
        ByteSource section = unit.file().bytes(DebugSection.LINES);
        this.cursor = new Cursor(section, offset);
        UnitHeader.Length length = UnitHeader.Length.read(cursor, "line number program", fileName());
        section.check(cursor.position(), length.bytes());
        this.end = cursor.position() + length.bytes();
        int version = cursor.u16();
        if (version < 2 || version > 5) {
            throw DwarfException.unknownVersion(fileName(), "line number program", version);
        }
        int addressSize = unit.encoding().addressSize();
        if (version >= 5) {
            addressSize = cursor.u8();
            cursor.skip(1); // the size of segment selectors, of which x86-64 has none
        }
        this.encoding = new Encoding(version, length.offsetSize(), addressSize);
        long headerLength = UnitHeader.offset(cursor, encoding.offsetSize());
        if (headerLength < 0 || headerLength > end - cursor.position()) {
            throw DwarfException.badValue(fileName(), "length of a line number program's header", headerLength);
        }
        this.programOffset = cursor.position() + headerLength;
        this.minimumInstructionLength = cursor.u8();
        int operations = version >= 4 ? cursor.u8() : 1;
        if (operations > 1) {
            throw DwarfException.badValue(fileName(), "number of operations in an instruction", operations);
        }
        cursor.skip(1); // whether rows are recommended breakpoints unless something else is said
        this.lineBase = (byte) cursor.u8();
        this.lineRange = cursor.u8();
        this.operandCounts = new int[Math.max(1, cursor.u8())];
        for (int opcode = 1; opcode < operandCounts.length; opcode++) {
            operandCounts[opcode] = cursor.u8();
        }
        readFiles();
    }

    /** The header at an offset of {@code .debug_line}, of the program that a unit names. */
    static LineProgramHeader read(Unit unit, long offset) {
        return new LineProgramHeader(unit, offset);
    }

    private void readFiles() {
        if (encoding.version() >= 5) {
            readEntries(true);
            readEntries(false);
            return;
        }
        // Directory 0 is the one that the compiler worked in, and files are counted from 1.
        directories.add("");
        for (String name = cursor.string(); !name.isEmpty(); name = cursor.string()) {
            directories.add(name);
        }
        files.add(new SourceFile("", 0));
        for (String name = cursor.string(); !name.isEmpty(); name = cursor.string()) {
            addFile(name, cursor);
        }
    }

    /** Adds a file as DWARF 2 to 4 describe it; the cursor is behind its name. */
    void addFile(String name, Cursor description) {
        files.add(new SourceFile(name, description.uleb128()));
        description.uleb128(); // the time when it was changed
        description.uleb128(); // its size
    }

    /** The directories or the files of DWARF 5, which are preceded by what is said of each and how. */
    private void readEntries(boolean areDirectories) {
        int formats = cursor.u8();
        int[] contents = new int[MOST_FORMATS];
        int[] forms = new int[MOST_FORMATS];
        for (int i = 0; i < formats; i++) {
            contents[i] = (int) Math.min(cursor.uleb128(), Integer.MAX_VALUE);
            forms[i] = (int) Math.min(cursor.uleb128(), Integer.MAX_VALUE);
        }
        long count = cursor.uleb128();
        if (count < 0 || (formats == 0 && count > 0)) {
            throw DwarfException.badValue(fileName(), "number of source files", count);
        }
        for (long entry = 0; entry < count; entry++) {
            unit.file().effort().spend(formats);
            String name = "";
            long directory = 0;
            for (int i = 0; i < formats; i++) {
                switch (contents[i]) {
                    case CONTENT_PATH -> name = string(forms[i]);
                    case CONTENT_DIRECTORY_INDEX -> directory = number(forms[i]);
                    default -> Form.skip(forms[i], cursor, encoding, fileName());
                }
            }
            if (areDirectories) {
                directories.add(name);
            } else {
                files.add(new SourceFile(name, directory));
            }
        }
    }

    private String string(int form) {
        return switch (form) {
            case Form.STRING -> cursor.string();
            case Form.LINE_STRP -> unit.file().bytes(DebugSection.LINE_STRINGS).string(offset());
            case Form.STRP -> unit.file().bytes(DebugSection.STRINGS).string(offset());
            case Form.STRP_SUP ->
                unit.file()
                        .supplementary("string", cursor.position())
                        .bytes(DebugSection.STRINGS)
                        .string(offset());
            case Form.STRX -> indexed(cursor.uleb128());
            case Form.STRX1 -> indexed(cursor.u8());
            case Form.STRX2 -> indexed(cursor.u16());
            case Form.STRX4 -> indexed(cursor.u32());
            default -> throw DwarfException.unknownForm(fileName(), form);
        };
    }

    private long offset() {
        return UnitHeader.offset(cursor, encoding.offsetSize());
    }

    private String indexed(long index) {
        return unit.file().bytes(DebugSection.STRINGS).string(unit.stringOffset(index));
    }

    private long number(int form) {
        return switch (form) {
            case Form.DATA1 -> cursor.u8();
            case Form.DATA2 -> cursor.u16();
            case Form.DATA4 -> cursor.u32();
            case Form.UDATA -> cursor.uleb128();
            default -> throw DwarfException.unknownForm(fileName(), form);
        };
    }

    /** The path of a file by its number in the program; empty if there is no such file. */
    Optional<String> path(long number) {
        if (number < 0
                || number >= files.size()
                || files.get((int) number).name().isEmpty()) {
            return Optional.empty();
        }
        SourceFile file = files.get((int) number);
        boolean known = file.directory() >= 0 && file.directory() < directories.size();
        String directory = known ? directories.get((int) file.directory()) : "";
        return Optional.of(join(join(workingDirectory(), directory), file.name()));
    }

    private String workingDirectory() {
        return unit.root().string(Attribute.COMP_DIR).orElse("");
    }

    private static String join(String directory, String name) {
        if (directory.isEmpty() || name.startsWith("/")) {
            return name;
        }
        return name.isEmpty() ? directory : directory + (directory.endsWith("/") ? "" : "/") + name;
    }

    private String fileName() {
        return unit.file().name();
    }

    /** The bytes of the program itself. */
    ByteSource program() {
        return unit.file().bytes(DebugSection.LINES).slice(programOffset, end - programOffset);
    }

    int addressSize() {
        return encoding.addressSize();
    }

    /** The number of the first special opcode. */
    int opcodeBase() {
        return operandCounts.length;
    }

    /** How many operands an opcode has which is below {@link #opcodeBase} and not known. */
    int operandCount(int opcode) {
        return operandCounts[opcode];
    }

    /** How far a number of instructions advances the address. */
    long addressAdvance(long instructions) {
        return instructions * minimumInstructionLength;
    }

    /** How far a special opcode advances the address. */
    long addressAdvanceOf(int specialOpcode) {
        return addressAdvance((specialOpcode - opcodeBase()) / range());
    }

    /** How far a special opcode advances the line. */
    int lineAdvanceOf(int specialOpcode) {
        return lineBase + (specialOpcode - opcodeBase()) % range();
    }

    private int range() {
        if (lineRange == 0) {
            throw DwarfException.badValue(fileName(), "line range of a line number program", 0);
        }
        return lineRange;
    }
}
