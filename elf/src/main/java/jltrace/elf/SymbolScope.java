package jltrace.elf;

import java.util.List;
import java.util.Optional;

/**
 * The objects of a process in the order that the dynamic loader looks for symbols in them, and what it finds: the first
 * object with an acceptable definition, so that earlier objects take the place of later ones (interposition).
 *
 * <p>The order of {@link SharedLibraries} is that of the objects that are there from the start. For an object that was
 * opened by dlopen(3), the objects that were opened with it follow. The loader's rules for versions are: exactly the
 * version that is asked for, or a definition without a version; without a version asked for, the base version, or the
 * only default version. {@code LD_DYNAMIC_WEAK} is not considered.
 */
public final class SymbolScope {
    private final List<ElfFile> objects;

    /**
     * What a symbol is bound to.
     *
     * @param object the object that defines it
     * @param symbol the definition; undefined with an address, it is the PLT stub that stands for a function's address in
     *     a program for a fixed address
     */
    public record Definition(ElfFile object, Symbol symbol) {}

    /** @param objects in the order of the search */
    public SymbolScope(List<ElfFile> objects) {
        this.objects = List.copyOf(objects);
    }

    /** The objects in the order of the search. */
    public List<ElfFile> objects() {
        return objects;
    }

    /**
     * What the loader binds an import to.
     *
     * @param importer the object that has the import
     */
    public Optional<Definition> definitionOf(ElfFile importer, Import anImport) {
        Symbol symbol = anImport.symbol();
        if (symbol.isDefined() && isBoundToItself(symbol)) {
            return Optional.of(new Definition(importer, symbol));
        }
        SymbolRequest request = new SymbolRequest(
                symbol.name(), symbol.symbolVersion().name(), anImport.kind() == Import.Kind.JUMP_SLOT);
        if (importer.dynamic().isSymbolic()) {
            Symbol own = importer.dynamicSymbols().resolve(request);
            if (own != null) {
                return Optional.of(new Definition(importer, own));
            }
        }
        return resolve(request);
    }

    /**
     * What the loader binds a call of {@code name} without a version to, as dlsym(3) would not: the base version comes
     * before the default one.
     */
    public Optional<Definition> find(String name) {
        return resolve(new SymbolRequest(name, "", true));
    }

    /** What the loader binds a call of {@code name} with this version to. */
    public Optional<Definition> find(String name, String version) {
        return resolve(new SymbolRequest(name, version, true));
    }

    private Optional<Definition> resolve(SymbolRequest request) {
        for (ElfFile object : objects) {
            Symbol symbol = object.dynamicSymbols().resolve(request);
            if (symbol != null) {
                return Optional.of(new Definition(object, symbol));
            }
        }
        return Optional.empty();
    }

    private static boolean isBoundToItself(Symbol symbol) {
        return symbol.binding() == SymbolBinding.LOCAL || symbol.visibility() != SymbolVisibility.DEFAULT;
    }
}
