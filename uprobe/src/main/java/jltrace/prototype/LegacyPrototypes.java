package jltrace.prototype;

import java.util.List;
import java.util.Optional;

/**
 * ltrace's old files of functions of many libraries, {@code /etc/ltrace.conf} above all, which do not say which library a line is
 * about. Most are about the C library. So that another library's own {@code index} is not shown as the C library's, a name that the
 * bundled C library knows is found here for a C library only.
 */
final class LegacyPrototypes implements PrototypeLayer {

    private final PrototypeFile file;
    private final PrototypeLayer bundled;

    LegacyPrototypes(PrototypeFile file, PrototypeLayer bundled) {
        this.file = file;
        this.bundled = bundled;
    }

    @Override
    public Optional<Prototype> find(String soname, String function) {
        boolean othersNamesake = !soname.startsWith("libc.")
                && bundled.find("libc.so.6", function).isPresent();
        return othersNamesake ? Optional.empty() : file.function(function);
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
