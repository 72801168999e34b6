package jltrace.prototype;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import jltrace.type.CType;
import jltrace.type.CallingConvention;
import jltrace.type.FunctionSignature;

/**
 * The prototypes of all functions. Those that the user names come first, then debug information, which bundled prototypes refine
 * where they agree with it, then ltrace's files, and a guess where nothing is known.
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
     * The prototype of a function that has no debug information.
     *
     * @param soname the library that defines it: its soname, or its file's name if it has none; for a program, its file's name
     * @param function the symbol's name, without a version
     */
    public Prototype find(String soname, String function) {
        return find(soname, List.of(function), Optional::empty);
    }

    /**
     * The prototype of a function.
     *
     * @param soname the library that defines it: its soname, or its file's name if it has none; for a program, its file's name
     * @param names the names of the symbols at its address, without versions, the one to be asked for first first
     * @param debugInformation reads its debug information; asked if the user names no prototype
     */
    public Prototype find(String soname, List<String> names, Supplier<Optional<FunctionSignature>> debugInformation) {
        Optional<Prototype> users = find(PrototypeSource.Origin.USER, soname, names);
        if (users.isPresent()) {
            return users.get();
        }
        Optional<Prototype> bundled = find(PrototypeSource.Origin.BUNDLED, soname, names);
        if (bundled.isPresent() && isFixed(soname)) {
            return bundled.get();
        }
        Optional<FunctionSignature> debug = debugInformation.get();
        if (debug.isPresent() && (bundled.isEmpty() || !agree(bundled.get().signature(), debug.get()))) {
            return new Prototype(debug.get(), PrototypeSource.DEBUG_INFORMATION);
        }
        return bundled.or(() -> find(PrototypeSource.Origin.LTRACE, soname, names))
                .orElseGet(() -> new Prototype(FunctionSignature.guessed(names.get(0)), PrototypeSource.GUESS));
    }

    private Optional<Prototype> find(PrototypeSource.Origin origin, String soname, List<String> names) {
        for (String name : names) {
            for (PrototypeLayer layer : layers) {
                if (layer.origin() == origin) {
                    Optional<Prototype> found = layer.find(soname, name);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** Whether a library's functions can't change what they take: the GNU C library gives such a function a new version. */
    private static boolean isFixed(String soname) {
        return soname.equals("libc.so.6") || soname.equals("libm.so.6") || soname.startsWith("ld-linux");
    }

    /**
     * Whether a bundled signature says where the same values are as debug information does. Then it is the better one, because it
     * knows flags and lengths.
     */
    private static boolean agree(FunctionSignature bundled, FunctionSignature debug) {
        int common = debug.parameters().size();
        int all = bundled.parameters().size();
        if (all < common || (all > common && !debug.variadic()) || !sameWidth(bundled.result(), debug.result())) {
            return false;
        }
        for (int i = 0; i < common; i++) {
            if (!sameWidth(
                    bundled.parameters().get(i).type(),
                    debug.parameters().get(i).type())) {
                return false;
            }
        }
        return CallingConvention.arguments(bundled).subList(0, common).equals(CallingConvention.arguments(debug));
    }

    private static boolean sameWidth(CType bundled, CType debug) {
        return CallingConvention.sizeAsPassed(bundled) == CallingConvention.sizeAsPassed(debug);
    }

    /** Whether jltrace's own files have a line for a function, wherever its prototype is taken from. */
    public boolean isBundled(String soname, String function) {
        for (PrototypeLayer layer : layers) {
            if (layer instanceof LibraryPrototypes libraries
                    && libraries.origin() == PrototypeSource.Origin.BUNDLED
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
