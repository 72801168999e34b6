package jltrace.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfFile;
import jltrace.elf.FunctionTable;
import jltrace.elf.Import;
import jltrace.elf.Symbol;
import jltrace.elf.SymbolTable;
import jltrace.elf.SymbolType;
import jltrace.target.Damages;
import jltrace.target.ObjectImage;
import jltrace.target.ProcessImage;
import org.jspecify.annotations.Nullable;

/**
 * Finds the functions to probe: those that some object imports and whose calls may be shown, so that what libraries call
 * within themselves costs as little as can be; and those that are asked for by their own name.
 */
final class FunctionSelector {
    private final TraceSelection selection;
    private final IndirectFunctions indirectFunctions;
    private final Function<ObjectImage, ObjectCode> codes;
    private final DebugFiles debugFiles;
    private final Damages damages;
    private final Map<Place, SelectedFunction> functions = new HashMap<>();
    private final List<SelectedFunction> added = new ArrayList<>();
    private final List<Unprobed> unprobed = new ArrayList<>();

    /**
     * @param codes the code of each object
     * @param debugFiles where the symbols of stripped objects are
     * @param damages takes what of the objects can't be read
     */
    FunctionSelector(
            TraceSelection selection,
            IndirectFunctions indirectFunctions,
            Function<ObjectImage, ObjectCode> codes,
            DebugFiles debugFiles,
            Damages damages) {
        this.selection = selection;
        this.indirectFunctions = indirectFunctions;
        this.codes = codes;
        this.debugFiles = debugFiles;
        this.damages = damages;
    }

    /** Which functions an addition of objects brings, and which of them can't be probed. */
    record Selected(List<SelectedFunction> functions, List<Unprobed> unprobed) {}

    /**
     * Goes through objects that have come to a process.
     *
     * @param image all objects of the process, the new ones included
     * @param wholeInterfaces objects of which every exported function counts as imported: by programs yet to come, or by
     *     dlsym(3)
     */
    Selected select(ProcessImage image, List<ObjectImage> newObjects, List<ObjectImage> wholeInterfaces) {
        added.clear();
        unprobed.clear();
        for (ObjectImage object : newObjects) {
            selectImports(image, object);
            if (selection.symbols().isPresent()) {
                selectSymbols(object);
            }
        }
        for (ObjectImage object : wholeInterfaces) {
            if (selection.wantsLibrary(object.file())) {
                selectExports(object);
            }
        }
        return new Selected(List.copyOf(added), List.copyOf(unprobed));
    }

    private void selectImports(ProcessImage image, ObjectImage caller) {
        // An object's slots for its own functions too: an object before it may have taken one over.
        List<Import> wantedOnes = damages.read(
                caller.file(),
                Damages.IMPORTS,
                () -> {
                    List<Import> all = new ArrayList<>(caller.elf().imports().list());
                    all.addAll(caller.elf().imports().ownFunctions());
                    return all;
                },
                List.<Import>of());
        for (Import wanted : wantedOnes) {
            if (!selection.wantsCall(wanted.name(), caller.file())) {
                continue;
            }
            ProcessImage.Binding binding =
                    image.bindingOf(caller, wanted, damages).orElse(null);
            if (binding == null
                    || binding.object().file().number() == caller.file().number()
                    || !selection.wantsLibrary(binding.object().file())) {
                continue;
            }
            Symbol symbol = binding.definition().symbol();
            boolean function = symbol.isDefinedFunction()
                    || (wanted.isKnownFunction() && symbol.isDefined() && symbol.type() == SymbolType.NOTYPE);
            if (!function) {
                continue;
            }
            for (SelectedFunction selected :
                    functions(binding.object(), symbol, wanted.name(), stubOf(caller, wanted))) {
                selected.importedBy(caller.file().number(), wanted.name());
            }
        }
    }

    private void selectExports(ObjectImage object) {
        for (FunctionTable.Function function :
                read(object, Damages.SYMBOLS, () -> object.elf().dynamicSymbols())) {
            for (Symbol symbol : function.names()) {
                if (selection.mayWantCall(symbol.name())) {
                    functions(object, symbol, symbol.name(), Optional.empty());
                    break;
                }
            }
        }
    }

    private void selectSymbols(ObjectImage object) {
        if (!selection.libraries().isEmpty() && !selection.wantsLibrary(object.file())) {
            return;
        }
        selectSymbols(object, read(object, Damages.SYMBOLS, () -> object.elf().dynamicSymbols()));
        List<FunctionTable.Function> local =
                read(object, Damages.LOCAL_SYMBOLS, () -> object.elf().symbols());
        selectSymbols(object, local);
        if (local.isEmpty()) {
            selectSymbols(
                    object,
                    read(
                            object,
                            "separate symbols",
                            () -> debugFiles
                                    .symbolFile(object.elf(), object.file().path())
                                    .map(ElfFile::symbols)
                                    .orElse(null)));
        }
    }

    private void selectSymbols(ObjectImage object, List<FunctionTable.Function> table) {
        for (FunctionTable.Function function : table) {
            for (Symbol symbol : function.names()) {
                if (selection.wantsSymbol(symbol.name(), object.file())) {
                    functions(object, symbol, symbol.name(), Optional.empty())
                            .forEach(SelectedFunction::showForAnyCaller);
                    break;
                }
            }
        }
    }

    /** The functions of a table, all with their names; none if one can't be read. */
    private List<FunctionTable.Function> read(
            ObjectImage object, String part, Supplier<@Nullable SymbolTable> reading) {
        return damages.read(
                object.file(),
                part,
                () -> {
                    SymbolTable table = reading.get();
                    List<FunctionTable.Function> functions = new ArrayList<>();
                    if (table != null) {
                        table.functions().forEach(functions::add);
                    }
                    return functions;
                },
                List.of());
    }

    /** A piece of code by which an object calls an import. */
    private record Stub(ObjectImage caller, long virtualAddress) {}

    private static Optional<Stub> stubOf(ObjectImage caller, Import wanted) {
        OptionalLong address = wanted.pltVirtualAddress();
        return address.isPresent() ? Optional.of(new Stub(caller, address.getAsLong())) : Optional.empty();
    }

    /**
     * The code that runs when a symbol is called: one function, or, for an IFUNC whose choice is not known, all that it may choose, or
     * else the stub through which it is called.
     */
    private List<SelectedFunction> functions(ObjectImage object, Symbol symbol, String name, Optional<Stub> stub) {
        if (symbol.type() != SymbolType.IFUNC) {
            return List.of(at(object, object, symbol.virtualAddress(), name));
        }
        OptionalLong choice = indirectFunctions.choice(object, symbol);
        boolean elsewhere = choice.isPresent()
                && object.elf().fileOffsetOf(choice.getAsLong()).isEmpty();
        List<Long> choices = choice.isEmpty()
                ? codes.apply(object).choicesOf(symbol.virtualAddress())
                : elsewhere ? List.of() : List.of(choice.getAsLong());
        if (!choices.isEmpty()) {
            return choices.stream()
                    .map(address -> at(object, object, address, name))
                    .toList();
        }
        if (stub.isPresent()) {
            return List.of(at(object, stub.get().caller(), stub.get().virtualAddress(), name));
        }
        unprobed.add(new Unprobed(
                object.file(),
                name,
                elsewhere
                        ? "an IFUNC that runs outside of this file, as in the vDSO"
                        : "an IFUNC of which its resolver's code does not show what it chooses"));
        return List.of();
    }

    private SelectedFunction at(ObjectImage object, ObjectImage codeObject, long virtualAddress, String name) {
        Place place = new Place(codeObject.file().number(), virtualAddress);
        SelectedFunction known = functions.get(place);
        if (known == null) {
            known = new SelectedFunction(object, codeObject, virtualAddress, name);
            functions.put(place, known);
            added.add(known);
        }
        return known;
    }
}
