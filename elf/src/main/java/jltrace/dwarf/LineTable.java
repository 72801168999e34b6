package jltrace.dwarf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import jltrace.bytes.ByteSource;
import jltrace.bytes.Cursor;
import jltrace.elf.ElfType;

/** The lines of a unit's code (6.2): rows of an address, a file and a line, in sequences whose addresses ascend. */
final class LineTable {
    private final LineProgramHeader header;
    private final boolean zeroIsAddress;
    private int count;
    private long[] addresses = new long[256];
    private int[] files = new int[256];
    /** The line of each row; {@link #END} for the address behind a sequence's last byte. */
    private int[] lines = new int[256];

    private final List<Sequence> sequences = new ArrayList<>();

    static final int END = -1;

    /** The rows of one stretch of code, up to the one that only tells its end. */
    private record Sequence(int firstRow, int endRow) {}

    private LineTable(LineProgramHeader header, boolean zeroIsAddress) {
        this.header = header;
        this.zeroIsAddress = zeroIsAddress;
    }

    /**
     * The lines that a unit's root entry names; empty if it names none.
     *
     * @param unit a unit of the linked file: split units leave their lines there (7.3.2)
     */
    static Optional<LineTable> of(Unit unit) {
        Optional<AttributeValue> offset = unit.root().attribute(Attribute.STMT_LIST);
        if (offset.isEmpty() || offset.get().constant().isEmpty()) {
            return Optional.empty();
        }
        LineProgramHeader header =
                LineProgramHeader.read(unit, offset.get().constant().getAsLong());
        LineTable table = new LineTable(header, unit.file().elf().type() == ElfType.RELOCATABLE);
        new Program(table, unit.file()).run();
        return Optional.of(table);
    }

    /** The line that the instruction at an address comes from; empty if there is none, or if the compiler says that it comes from no line. */
    Optional<SourceLine> lineOf(long virtualAddress) {
        for (Sequence sequence : sequences) {
            if (Long.compareUnsigned(virtualAddress, addresses[sequence.firstRow()]) >= 0
                    && Long.compareUnsigned(virtualAddress, addresses[sequence.endRow()]) < 0) {
                int row = lastRowUpTo(virtualAddress, sequence);
                return lines[row] <= 0
                        ? Optional.empty()
                        : header.path(files[row]).map(path -> new SourceLine(path, lines[row]));
            }
        }
        return Optional.empty();
    }

    /** Of several rows of one address the last counts: the others have no code. */
    private int lastRowUpTo(long virtualAddress, Sequence sequence) {
        int low = sequence.firstRow();
        int high = sequence.endRow() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (Long.compareUnsigned(addresses[middle], virtualAddress) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** The number of rows, with those that end sequences. */
    int size() {
        return count;
    }

    long address(int row) {
        return addresses[row];
    }

    /** The number of a row's file. */
    int file(int row) {
        return files[row];
    }

    /** The line of a row, 0 if its code comes from none; {@link #END} if it ends a sequence. */
    int line(int row) {
        return lines[row];
    }

    private void add(long address, long file, long line) {
        if (count == addresses.length) {
            addresses = Arrays.copyOf(addresses, count * 2);
            files = Arrays.copyOf(files, count * 2);
            lines = Arrays.copyOf(lines, count * 2);
        }
        addresses[count] = address;
        files[count] = (int) file;
        lines[count] = (int) line;
        count++;
    }

    /** Takes the rows from a number on as a sequence, if they can be one of code that was linked. */
    private void endSequence(int firstRow) {
        long start = addresses[firstRow];
        // Linkers write 0 or the highest addresses for what they left out.
        boolean linked = zeroIsAddress || (start != 0 && start != -1 && start != -2);
        for (int row = firstRow + 1; row < count; row++) {
            linked &= Long.compareUnsigned(addresses[row - 1], addresses[row]) <= 0;
        }
        if (linked) {
            sequences.add(new Sequence(firstRow, count - 1));
        }
    }

    /** The machine that runs a line number program (6.2.2), as far as addresses, files and lines go. */
    private static final class Program {
        private static final int EXTENDED = 0;
        private static final int COPY = 1;
        private static final int ADVANCE_PC = 2;
        private static final int ADVANCE_LINE = 3;
        private static final int SET_FILE = 4;
        private static final int SET_COLUMN = 5;
        private static final int NEGATE_STATEMENT = 6;
        private static final int SET_BASIC_BLOCK = 7;
        private static final int CONST_ADD_PC = 8;
        private static final int FIXED_ADVANCE_PC = 9;
        private static final int LAST_SPECIAL = 255;
        private static final int END_SEQUENCE = 1;
        private static final int SET_ADDRESS = 2;
        private static final int DEFINE_FILE = 3;

        private final LineTable table;
        private final LineProgramHeader header;
        private final DwarfFile owner;
        private final Cursor cursor;
        private int firstRow;
        private long address;
        private long file = 1;
        private long line = 1;

        Program(LineTable table, DwarfFile owner) {
            this.table = table;
            this.header = table.header;
            this.owner = owner;
            this.cursor = new Cursor(header.program());
        }

        void run() {
            while (cursor.hasRemaining()) {
                owner.effort().spend(4);
                int opcode = cursor.u8();
                if (opcode >= header.opcodeBase()) {
                    address += header.addressAdvanceOf(opcode);
                    line += header.lineAdvanceOf(opcode);
                    addRow();
                } else {
                    standard(opcode);
                }
            }
        }

        private void standard(int opcode) {
            switch (opcode) {
                case EXTENDED -> extended(cursor.slice(cursor.uleb128()));
                case COPY -> addRow();
                case ADVANCE_PC -> address += header.addressAdvance(cursor.uleb128());
                case ADVANCE_LINE -> line += cursor.sleb128();
                case SET_FILE -> file = cursor.uleb128();
                case SET_COLUMN -> cursor.uleb128();
                case NEGATE_STATEMENT, SET_BASIC_BLOCK -> {}
                case CONST_ADD_PC -> address += header.addressAdvanceOf(LAST_SPECIAL);
                case FIXED_ADVANCE_PC -> address += cursor.u16();
                default -> {
                    for (int i = 0; i < header.operandCount(opcode); i++) {
                        cursor.uleb128();
                    }
                }
            }
        }

        private void extended(ByteSource instruction) {
            Cursor operands = new Cursor(instruction);
            if (!operands.hasRemaining()) {
                return;
            }
            switch (operands.u8()) {
                case END_SEQUENCE -> {
                    table.add(address, 0, END);
                    table.endSequence(firstRow);
                    firstRow = table.size();
                    address = 0;
                    file = 1;
                    line = 1;
                }
                case SET_ADDRESS -> address = UnitHeader.offset(operands, header.addressSize());
                case DEFINE_FILE -> header.addFile(operands.string(), operands);
                // Discriminators, and what producers have added.
                default -> {}
            }
        }

        private void addRow() {
            boolean possible = line >= 0 && line <= Integer.MAX_VALUE && file >= 0 && file <= Integer.MAX_VALUE;
            if (!possible) {
                throw DwarfException.badValue(owner.name(), "line of a line number program", line);
            }
            table.add(address, file, line);
        }
    }
}
