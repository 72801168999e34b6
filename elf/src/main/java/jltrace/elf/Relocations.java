package jltrace.elf;

import jltrace.bytes.ByteSource;

/**
 * The relocations of an object that the loader applies, {@code DT_JMPREL} and then {@code DT_RELA} (psABI 4.4), by number
 * from 0. Those of {@code DT_RELR} are left out: they only add the load bias.
 */
final class Relocations {
    /** {@code R_X86_64_64}: the address of a symbol, anywhere in data. */
    static final int ABSOLUTE_64 = 1;
    /** {@code R_X86_64_GLOB_DAT}: the address of a symbol, in the GOT. */
    static final int GLOB_DAT = 6;
    /** {@code R_X86_64_JUMP_SLOT}: the address of a function, in the GOT, for a PLT stub. */
    static final int JUMP_SLOT = 7;

    private static final int COPY = 5;
    private static final int DTPMOD_64 = 16;
    private static final int TPOFF_64 = 18;
    private static final int TLSDESC = 36;
    private static final int ENTRY_SIZE = 24;

    private final ByteSource pltTable;
    private final ByteSource table;
    private final int pltCount;
    private final int count;

    private Relocations(ByteSource pltTable, ByteSource table) {
        this.pltTable = pltTable;
        this.table = table;
        this.pltCount = entries(pltTable);
        this.count = pltCount + entries(table);
    }

    static Relocations read(DynamicTable dynamic) {
        ByteSource pltTable = dynamic.tableOf(DynamicTable.JMPREL, DynamicTable.PLTRELSZ);
        ByteSource table = dynamic.tableOf(DynamicTable.RELA, DynamicTable.RELASZ);
        // The first ones, often most, are relative and name no symbol; the loader trusts their count as well.
        long relativeCount = Math.max(0, dynamic.valueOr(DynamicTable.RELACOUNT, 0));
        table = table.from(Math.min(relativeCount, entries(table)) * ENTRY_SIZE);
        long overlap = pltTable.origin() - table.origin();
        if (overlap >= 0 && overlap + pltTable.size() == table.size()) {
            table = table.slice(0, overlap); // Some linkers count those of the PLT in both.
        }
        return new Relocations(pltTable, table);
    }

    private static int entries(ByteSource table) {
        return (int) Math.min(table.size() / ENTRY_SIZE, Integer.MAX_VALUE / 2);
    }

    int size() {
        return count;
    }

    /** Virtual address of what is relocated. */
    long address(int index) {
        return field(index, 0);
    }

    /** {@code R_X86_64_} type. */
    int type(int index) {
        return (int) field(index, 8);
    }

    /** Index in the dynamic symbol table, 0 if it names no symbol. */
    long symbolIndex(int index) {
        return field(index, 8) >>> 32;
    }

    /** Whether a type of relocation is for variables only: copied or thread-local ones. */
    static boolean isForVariables(int type) {
        return type == COPY || (type >= DTPMOD_64 && type <= TPOFF_64) || type == TLSDESC;
    }

    long highestSymbolIndex() {
        long highest = 0;
        for (int i = 0; i < count; i++) {
            highest = Math.max(highest, symbolIndex(i));
        }
        return highest;
    }

    private long field(int index, int offset) {
        return index < pltCount
                ? pltTable.i64((long) index * ENTRY_SIZE + offset)
                : table.i64((long) (index - pltCount) * ENTRY_SIZE + offset);
    }
}
