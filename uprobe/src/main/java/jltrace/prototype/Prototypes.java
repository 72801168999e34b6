package jltrace.prototype;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jltrace.type.FunctionSignature;

/**
 * The prototypes of all functions: of each, the one that the first source knows, and a guess where none does.
 *
 * <p>Not safe for several threads at once.
 */
public final class Prototypes {

    private final List<PrototypeLayer> layers;

    /** @param layers the sources, the one that is asked first first */
    public Prototypes(List<PrototypeLayer> layers) {
        this.layers = List.copyOf(layers);
    }

    /** The sources, in the order in which they are asked. */
    public List<PrototypeLayer> layers() {
        return layers;
    }

    /**
     * The prototype of a function.
     *
     * @param soname the library that defines it: its soname, or its file's name if it has none; for a program, its file's name
     * @param function the symbol's name, without a version
     */
    public Prototype find(String soname, String function) {
        for (PrototypeLayer layer : layers) {
            Optional<Prototype> found = layer.find(soname, function);
            if (found.isPresent()) {
                return found.get();
            }
        }
        return new Prototype(FunctionSignature.guessed(function), PrototypeSource.GUESS);
    }

    /** Whether jltrace's own files have a line for a function, wherever its prototype is taken from. */
    public boolean isBundled(String soname, String function) {
        for (PrototypeLayer layer : layers) {
            if (layer instanceof LibraryPrototypes libraries
                    && libraries.isBundled()
                    && libraries.find(soname, function).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** The errors in what has been parsed so far. */
    public List<PrototypeError> errors() {
        List<PrototypeError> errors = new ArrayList<>();
        for (PrototypeLayer layer : layers) {
            errors.addAll(layer.errors());
        }
        return errors;
    }
}
