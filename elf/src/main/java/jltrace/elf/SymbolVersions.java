package jltrace.elf;

import java.util.Arrays;
import jltrace.bytes.ByteSource;
import org.jspecify.annotations.Nullable;

/**
 * The versions of an object's dynamic symbols: {@code DT_VERSYM}, {@code DT_VERDEF}, {@code DT_VERNEED} (Linux Standard
 * Base, "Symbol Versioning").
 */
final class SymbolVersions {
    static final int HIDDEN = 0x8000;
    private static final int DEFINITION_SIZE = 20;
    private static final int NEED_SIZE = 16;
    private static final int AUXILIARY_SIZE = 16;
    private static final int BASE = 1;

    private final @Nullable ByteSource numbers;
    private @Nullable SymbolVersion[] visible = new SymbolVersion[16];
    private @Nullable SymbolVersion[] hidden = new SymbolVersion[16];

    /** @param numbers the version number of each symbol, or null if the object has no versions */
    private SymbolVersions(@Nullable ByteSource numbers) {
        this.numbers = numbers;
    }

    static SymbolVersions read(DynamicTable dynamic) {
        ByteSource numbers = dynamic.tableOf(DynamicTable.VERSYM);
        SymbolVersions versions = new SymbolVersions(numbers);
        if (numbers != null) {
            ByteSource definitions = dynamic.tableOf(DynamicTable.VERDEF);
            if (definitions != null) {
                versions.readDefinitions(definitions, dynamic);
            }
            ByteSource needs = dynamic.tableOf(DynamicTable.VERNEED);
            if (needs != null) {
                versions.readNeeds(needs, dynamic);
            }
        }
        return versions;
    }

    /** Whether the object has versions at all. */
    boolean exist() {
        return numbers != null;
    }

    /** The version of symbol {@code symbolIndex}. */
    SymbolVersion of(int symbolIndex) {
        if (numbers == null) {
            return SymbolVersion.NONE;
        }
        int number = numbers.u16(symbolIndex * 2L);
        int index = number & ~HIDDEN;
        SymbolVersion[] versions = (number & HIDDEN) == 0 ? visible : hidden;
        SymbolVersion version = index < versions.length ? versions[index] : null;
        if (version != null) {
            return version;
        }
        return number == SymbolVersion.NONE.index()
                ? SymbolVersion.NONE
                : new SymbolVersion(index, "", "", (number & HIDDEN) != 0);
    }

    private void readDefinitions(ByteSource table, DynamicTable dynamic) {
        long count = dynamic.valueOr(DynamicTable.VERDEFNUM, 0);
        long position = 0;
        for (long i = 0; i < count; i++) {
            table.check(position, DEFINITION_SIZE);
            int flags = table.u16(position + 2);
            int index = table.u16(position + 4) & ~HIDDEN;
            long namePosition = position + table.u32(position + 12);
            if ((flags & BASE) == 0) {
                put(index, dynamic.string(table.u32(namePosition)), "");
            }
            long next = table.u32(position + 16);
            if (next < DEFINITION_SIZE) {
                break;
            }
            position += next;
        }
    }

    private void readNeeds(ByteSource table, DynamicTable dynamic) {
        long count = dynamic.valueOr(DynamicTable.VERNEEDNUM, 0);
        // Entries may overlap in a corrupt file: reading more than the table has room for is reading them in circles.
        long budget = table.size() / AUXILIARY_SIZE;
        long position = 0;
        for (long i = 0; i < count; i++) {
            table.check(position, NEED_SIZE);
            int auxiliaryCount = table.u16(position + 2);
            String library = dynamic.string(table.u32(position + 4));
            long auxiliary = position + table.u32(position + 8);
            for (int j = 0; j < auxiliaryCount && budget > 0; j++, budget--) {
                table.check(auxiliary, AUXILIARY_SIZE);
                put(table.u16(auxiliary + 6) & ~HIDDEN, dynamic.string(table.u32(auxiliary + 8)), library);
                long next = table.u32(auxiliary + 12);
                if (next < AUXILIARY_SIZE) {
                    break;
                }
                auxiliary += next;
            }
            long next = table.u32(position + 12);
            if (next < NEED_SIZE) {
                break;
            }
            position += next;
        }
    }

    private void put(int index, String name, String library) {
        if (index >= visible.length) {
            int length = Math.max(index + 1, visible.length * 2);
            visible = Arrays.copyOf(visible, length);
            hidden = Arrays.copyOf(hidden, length);
        }
        visible[index] = new SymbolVersion(index, name, library, false);
        hidden[index] = new SymbolVersion(index, name, library, true);
    }
}
