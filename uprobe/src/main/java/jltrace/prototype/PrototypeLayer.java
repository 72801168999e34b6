package jltrace.prototype;

import java.util.List;
import java.util.Optional;

/** One of the sources that are asked for a prototype in turn. */
public interface PrototypeLayer {

    /**
     * The prototype of a function.
     *
     * @param soname the library that defines it: its soname, or its file's name if it has none; for a program, its file's name
     * @param function the symbol's name, without a version
     * @return empty if this source does not know it
     */
    Optional<Prototype> find(String soname, String function);

    /** Whose prototypes these are. */
    PrototypeSource.Origin origin();

    /** The errors in what has been parsed so far. */
    List<PrototypeError> errors();
}
