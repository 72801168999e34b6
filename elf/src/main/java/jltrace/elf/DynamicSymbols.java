package jltrace.elf;

import jltrace.bytes.ByteSource;
import org.jspecify.annotations.Nullable;

/**
 * The dynamic symbol table, found as the loader finds it.
 *
 * @param table the symbols
 * @param versions their versions
 */
record DynamicSymbols(SymbolTable table, SymbolVersions versions) {

    static DynamicSymbols read(ElfFile elf) {
        DynamicTable dynamic = elf.dynamic();
        ByteSource symbols = dynamic.tableOf(DynamicTable.SYMTAB);
        ByteSource strings = dynamic.strings();
        SymbolVersions versions = SymbolVersions.read(dynamic);
        if (symbols == null || strings == null) {
            return new DynamicSymbols(SymbolTable.empty(elf.name()), versions);
        }
        SymbolHash hash = SymbolHash.read(dynamic);
        ByteSource entries = symbols.slice(0, count(elf, hash) * SymbolTable.ENTRY_SIZE);
        return new DynamicSymbols(new SymbolTable(elf.name(), entries, strings, versions, hash, null), versions);
    }

    /**
     * Number of symbols, which the dynamic table does not say. DT_HASH tells it; DT_GNU_HASH leaves out the undefined
     * symbols, which are all before the others, so that it tells nothing if all are undefined. Then the section header
     * knows, or else the relocations name all symbols that have a use.
     */
    private static long count(ElfFile elf, @Nullable SymbolHash hash) {
        DynamicTable dynamic = elf.dynamic();
        ByteSource systemVHash = dynamic.tableOf(DynamicTable.HASH);
        if (systemVHash != null) {
            return systemVHash.u32(4);
        }
        long hashed = hash == null ? 0 : hash.symbolCount();
        if (hashed > 0) {
            return hashed;
        }
        long address = dynamic.valueOr(DynamicTable.SYMTAB, 0);
        for (Section section : elf.sections()) {
            if (section.type() == Section.DYNAMIC_SYMBOL_TABLE && section.virtualAddress() == address) {
                return section.size() / SymbolTable.ENTRY_SIZE;
            }
        }
        return Relocations.read(dynamic).highestSymbolIndex() + 1;
    }
}
