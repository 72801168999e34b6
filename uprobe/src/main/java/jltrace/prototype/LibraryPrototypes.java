package jltrace.prototype;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A place that holds a file for each library, SONAME{@code .conf}. As in ltrace, where there is none for {@code libc.so.6} the one for
 * {@code libc.so} serves. A file is read when the first function of its library is asked for.
 */
final class LibraryPrototypes implements PrototypeLayer, PrototypeFile.Imports {

    private final PrototypeSource.Origin origin;
    private final PrototypeTexts texts;
    private final PrototypeFile.Imports otherImports;
    private final Map<String, Optional<PrototypeFile>> files = new HashMap<>();
    private final Map<String, Optional<PrototypeFile>> libraries = new HashMap<>();

    /**
     * @param texts the place
     * @param otherImports finds the files to import that are not in this place
     */
    LibraryPrototypes(PrototypeSource.Origin origin, PrototypeTexts texts, PrototypeFile.Imports otherImports) {
        this.origin = origin;
        this.texts = texts;
        this.otherImports = otherImports;
    }

    @Override
    public PrototypeSource.Origin origin() {
        return origin;
    }

    @Override
    public Optional<Prototype> find(String soname, String function) {
        Optional<PrototypeFile> library = library(soname);
        return library.isPresent() ? library.get().function(function) : Optional.empty();
    }

    @Override
    public Optional<PrototypeFile> find(String name) {
        Optional<PrototypeFile> file = file(name);
        return file.isPresent() ? file : otherImports.find(name);
    }

    @Override
    public List<PrototypeError> errors() {
        List<PrototypeError> errors = new ArrayList<>();
        for (Optional<PrototypeFile> file : files.values()) {
            if (file.isPresent()) {
                errors.addAll(file.get().errors());
            }
        }
        return errors;
    }

    private Optional<PrototypeFile> library(String soname) {
        Optional<PrototypeFile> known = libraries.get(soname);
        if (known != null) {
            return known;
        }
        Optional<PrototypeFile> found = file(soname);
        int so = soname.indexOf(".so.");
        int dot = soname.lastIndexOf('.');
        while (found.isEmpty() && so > 0 && dot > so) {
            found = file(soname.substring(0, dot));
            dot = soname.lastIndexOf('.', dot - 1);
        }
        libraries.put(soname, found);
        return found;
    }

    private Optional<PrototypeFile> file(String name) {
        Optional<PrototypeFile> known = files.get(name);
        if (known != null) {
            return known;
        }
        Optional<PrototypeTexts.Text> text = texts.read(name);
        Optional<PrototypeFile> file = text.isEmpty()
                ? Optional.empty()
                : Optional.of(new PrototypeFile(
                        origin, text.get().fileName(), text.get().text(), this));
        files.put(name, file);
        return file;
    }
}
