package jltrace.dwarf;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import jltrace.elf.FunctionTable;
import jltrace.elf.Symbol;

/** Tells the functions that are as the source has them from the variants that the compiler made for some calls. */
final class OrdinaryFunctions {
    /** Names of variants: they may take other arguments, or none. */
    private static final Pattern VARIANT =
            Pattern.compile("\\.(isra|constprop|part|cold|lto_priv\\.\\d+\\.isra)(\\.|$)");

    private OrdinaryFunctions() {}

    /** Whether the symbols say that a function begins at an address, and that it is no variant of one. */
    static boolean contain(List<FunctionTable> tables, long virtualAddress) {
        boolean known = false;
        for (FunctionTable table : tables) {
            Optional<FunctionTable.Function> function = table.at(virtualAddress);
            if (function.isPresent()) {
                known = true;
                for (Symbol symbol : function.get().names()) {
                    // Most names have no dot, and looking for one takes less.
                    if (symbol.name().indexOf('.') >= 0
                            && VARIANT.matcher(symbol.name()).find()) {
                        return false;
                    }
                }
            }
        }
        return known;
    }
}
