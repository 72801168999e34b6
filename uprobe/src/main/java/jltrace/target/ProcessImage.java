package jltrace.target;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jltrace.elf.ElfException;
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
        List<ElfFile> files = new ArrayList<>(scope.objects());
        for (ObjectImage object : added) {
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

    /**
     * What the dynamic loader binds an import of one of the objects to, if anything.
     *
     * @param damages takes objects whose symbols turn out to be corrupt: nothing is looked for in these any more
     */
    public Optional<Binding> bindingOf(ObjectImage importer, Import wanted, Damages damages) {
        while (true) {
            try {
                return scope.definitionOf(importer.elf(), wanted).flatMap(this::binding);
            } catch (ElfException e) {
                List<ElfFile> readable = new ArrayList<>(scope.objects());
                if (!readable.removeIf(elf -> elf.name().equals(e.fileName()))) {
                    damages.add(importer.file().name(), Damages.SYMBOLS, e);
                    return Optional.empty();
                }
                damages.add(ObjectFile.fileName(e.fileName()), Damages.SYMBOLS, e);
                scope = new SymbolScope(readable);
            }
        }
    }

    private Optional<Binding> binding(SymbolScope.Definition definition) {
        return Optional.ofNullable(byElf.get(definition.object())).map(object -> new Binding(object, definition));
    }
}
