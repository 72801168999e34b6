package jltrace.target;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jltrace.elf.ElfFile;
import jltrace.elf.Import;
import jltrace.elf.SymbolScope;

/** The objects of a program in the order in which the dynamic loader looks for symbols in them. */
public final class ProcessImage {
    private final List<ObjectImage> objects = new ArrayList<>();
    private final Map<ElfFile, ObjectImage> byElf = new HashMap<>();
    private SymbolScope scope = new SymbolScope(List.of());

    /**
     * What an import is bound to.
     *
     * @param object the object that defines it
     * @param definition where
     */
    public record Binding(ObjectImage object, SymbolScope.Definition definition) {}

    /** Adds objects behind those that are there. */
    public void add(List<ObjectImage> added) {
        objects.addAll(added);
        List<ElfFile> files = new ArrayList<>(objects.size());
        for (ObjectImage object : objects) {
            byElf.put(object.elf(), object);
            files.add(object.elf());
        }
        scope = new SymbolScope(files);
    }

    public List<ObjectImage> objects() {
        return objects;
    }

    /** Whether a file is among the objects. */
    public boolean contains(ObjectFile file) {
        return find(file).isPresent();
    }

    public Optional<ObjectImage> find(ObjectFile file) {
        for (ObjectImage object : objects) {
            if (object.file().number() == file.number()) {
                return Optional.of(object);
            }
        }
        return Optional.empty();
    }

    /** What the dynamic loader binds an import of one of the objects to, if anything. */
    public Optional<Binding> bindingOf(ObjectImage importer, Import wanted) {
        Optional<SymbolScope.Definition> definition = scope.definitionOf(importer.elf(), wanted);
        if (definition.isEmpty()) {
            return Optional.empty();
        }
        ObjectImage object = byElf.get(definition.get().object());
        return object == null ? Optional.empty() : Optional.of(new Binding(object, definition.get()));
    }
}
