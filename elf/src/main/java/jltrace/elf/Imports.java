package jltrace.elf;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The functions that an object lets the dynamic loader find, one {@link Import} for each place that the loader writes an
 * address to. A function may have several: a slot for calls, another for its address, function pointers in data.
 *
 * <p>An undefined symbol without a type may be a variable; such imports are kept, see {@link Import#isKnownFunction()}.
 */
public final class Imports implements Iterable<Import> {
    private final List<Import> undefined;
    private final List<Import> ownFunctions;

    private Imports(List<Import> undefined, List<Import> ownFunctions) {
        this.undefined = List.copyOf(undefined);
        this.ownFunctions = List.copyOf(ownFunctions);
    }

    static Imports read(ElfFile elf) {
        SymbolTable symbols = elf.dynamicSymbols();
        Relocations relocations = Relocations.read(elf.dynamic());
        List<Import> undefined = new ArrayList<>();
        List<Import> ownFunctions = new ArrayList<>();
        for (int i = 0; i < relocations.size(); i++) {
            long symbolIndex = relocations.symbolIndex(i);
            int type = relocations.type(i);
            if (symbolIndex == 0 || Relocations.isForVariables(type)) {
                continue;
            }
            if (symbolIndex >= symbols.size()) {
                throw ElfException.corrupt(
                        elf.name(), "relocation for symbol " + symbolIndex + " of " + symbols.size());
            }
            Symbol symbol = symbols.get((int) symbolIndex);
            // What is called through a PLT stub is a function, though assembly code often does not say so.
            if (type == Relocations.JUMP_SLOT || mayBeFunction(symbol)) {
                List<Import> list = symbol.isDefined() ? ownFunctions : undefined;
                list.add(new Import(symbol, kind(type), relocations.address(i), 0));
            }
        }
        PltStubs.locate(elf, undefined, ownFunctions);
        return new Imports(undefined, ownFunctions);
    }

    private static boolean mayBeFunction(Symbol symbol) {
        return switch (symbol.type()) {
            case FUNC, IFUNC -> true;
            case NOTYPE -> !symbol.isDefined();
            case OBJECT, SECTION, FILE, COMMON, TLS, OTHER -> false;
        };
    }

    private static Import.Kind kind(int relocationType) {
        return switch (relocationType) {
            case Relocations.JUMP_SLOT -> Import.Kind.JUMP_SLOT;
            case Relocations.GLOB_DAT -> Import.Kind.GLOB_DAT;
            case Relocations.ABSOLUTE_64 -> Import.Kind.ABSOLUTE_64;
            default -> Import.Kind.OTHER;
        };
    }

    /** The imports of functions that other objects define. */
    @Override
    public Iterator<Import> iterator() {
        return undefined.iterator();
    }

    /** As {@link #iterator()}: the imports of functions that other objects define. */
    public List<Import> list() {
        return undefined;
    }

    /**
     * The places that are bound to functions that the object itself defines, but that an object before it in the search
     * for symbols may define instead.
     */
    public List<Import> ownFunctions() {
        return ownFunctions;
    }
}
