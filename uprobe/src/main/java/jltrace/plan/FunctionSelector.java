package jltrace.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import jltrace.elf.DebugFiles;
import jltrace.elf.FunctionTable;
import jltrace.elf.Import;
import jltrace.elf.Symbol;
import jltrace.elf.SymbolTable;
import jltrace.elf.SymbolType;
import jltrace.target.ObjectImage;
import jltrace.target.ProcessImage;

/**
 * Finds the functions to probe: those that some object imports and whose calls may be shown, so that what libraries call
 * within themselves costs as little as can be; and those that are asked for by their own name.
 */
final class FunctionSelector {
    private final TraceSelection selection;
    private final IndirectFunctions indirectFunctions;
    private final DebugFiles debugFiles = new DebugFiles(Path.of("/"));
    private final Map<Place, SelectedFunction> functions = new HashMap<>();
    private final List<SelectedFunction> added = new ArrayList<>();
    private final List<Unprobed> unprobed = new ArrayList<>();

    FunctionSelector(TraceSelection selection, IndirectFunctions indirectFunctions) {
        this.selection = selection;
        this.indirectFunctions = indirectFunctions;
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
        List<Import> wantedOnes = new ArrayList<>(caller.elf().imports().list());
        wantedOnes.addAll(caller.elf().imports().ownFunctions());
        for (Import wanted : wantedOnes) {
            if (!selection.wantsCall(wanted.name(), caller.file())) {
                continue;
            }
            ProcessImage.Binding binding = image.bindingOf(caller, wanted).orElse(null);
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
            SelectedFunction selected = function(binding.object(), symbol, wanted.name());
            if (selected != null) {
                selected.importedBy(caller.file().number(), wanted.name());
            }
        }
    }

    private void selectExports(ObjectImage object) {
        for (FunctionTable.Function function : object.elf().dynamicSymbols().functions()) {
            for (Symbol symbol : function.names()) {
                if (selection.mayWantCall(symbol.name())) {
                    function(object, symbol, symbol.name());
                    break;
                }
            }
        }
    }

    private void selectSymbols(ObjectImage object) {
        if (!selection.libraries().isEmpty() && !selection.wantsLibrary(object.file())) {
            return;
        }
        selectSymbols(object, object.elf().dynamicSymbols());
        selectSymbols(object, object.elf().symbols());
        if (object.elf().symbols().size() == 0) {
            debugFiles
                    .find(object.elf(), object.file().path())
                    .ifPresent(debugFile -> selectSymbols(object, debugFile.symbols()));
        }
    }

    private void selectSymbols(ObjectImage object, SymbolTable table) {
        for (FunctionTable.Function function : table.functions()) {
            for (Symbol symbol : function.names()) {
                if (selection.wantsSymbol(symbol.name(), object.file())) {
                    SelectedFunction selected = function(object, symbol, symbol.name());
                    if (selected != null) {
                        selected.showForAnyCaller();
                    }
                    break;
                }
            }
        }
    }

    private @org.jspecify.annotations.Nullable SelectedFunction function(
            ObjectImage object, Symbol symbol, String name) {
        long virtualAddress = symbol.virtualAddress();
        if (symbol.type() == SymbolType.IFUNC) {
            OptionalLong implementation = indirectFunctions.implementation(object, symbol);
            if (implementation.isEmpty()) {
                unprobed.add(new Unprobed(
                        object.file(),
                        name,
                        "an IFUNC whose implementation is not in this file (as in the vDSO) or can't be told"));
                return null;
            }
            virtualAddress = implementation.getAsLong();
        }
        Place place = new Place(object.file().number(), virtualAddress);
        SelectedFunction known = functions.get(place);
        if (known == null) {
            known = new SelectedFunction(object, virtualAddress, name);
            functions.put(place, known);
            added.add(known);
        }
        return known;
    }
}
