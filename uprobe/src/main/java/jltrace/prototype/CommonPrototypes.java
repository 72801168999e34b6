package jltrace.prototype;

import java.util.List;
import java.util.Optional;

/** A file whose lines hold for a function whatever library defines it. */
final class CommonPrototypes implements PrototypeLayer {

    private final PrototypeFile file;

    CommonPrototypes(PrototypeFile file) {
        this.file = file;
    }

    @Override
    public Optional<Prototype> find(String soname, String function) {
        return file.function(function);
    }

    @Override
    public PrototypeSource.Origin origin() {
        return file.origin();
    }

    @Override
    public List<PrototypeError> errors() {
        return file.errors();
    }
}
