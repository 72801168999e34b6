package jltrace.prototype;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jltrace.type.FunctionSignature;
import jltrace.type.StructType;

/**
 * The text of a prototype file: a line for each function, type alias or import, in the language of ltrace.conf(5) with the extensions
 * that the head of the bundled libc.so.6.conf describes.
 *
 * <p>Reading a text only finds out which line is about what; a line is parsed when its function or type is asked for. An error in it
 * is noted then, and the function is unknown to this file. Unlike in ltrace, a type may be used above the line that defines it, as
 * long as it does not contain itself. Of several lines about one function the last without an error counts.
 *
 * <p>Not safe for several threads at once.
 */
public final class PrototypeFile {

    /** Finds the files that {@code import} lines name. */
    public interface Imports {

        /**
         * The file that an import names.
         *
         * @param name the quoted name, without {@code .conf}
         * @return the file; empty if there is none
         */
        Optional<PrototypeFile> find(String name);
    }

    private final String fileName;
    private final PrototypeSource.Origin origin;
    private final Imports imports;
    private final PrototypeIndex index;
    private final Map<String, Optional<Prototype>> functions = new HashMap<>();
    private final Map<String, Optional<NamedType>> types = new HashMap<>();
    private final Set<String> typesBeingDefined = new HashSet<>();
    private final List<PrototypeError> errors = new ArrayList<>();
    private final Set<Integer> linesWithErrors = new HashSet<>();
    private final TypeNames typeNames = new OwnTypeNames();

    /** Set while imported files are searched, which may lead back here. */
    private boolean searching;

    /**
     * Finds out what each line of a text is about.
     *
     * @param origin whose file it is
     * @param fileName the name for errors and sources
     * @param text the file's text
     * @param imports finds the files that it imports, when something is not found in this one
     */
    public PrototypeFile(PrototypeSource.Origin origin, String fileName, String text, Imports imports) {
        this.origin = origin;
        this.fileName = fileName;
        this.imports = imports;
        this.index = new PrototypeIndex(fileName, text);
    }

    /** Whose file it is. */
    PrototypeSource.Origin origin() {
        return origin;
    }

    /** The name that it has in errors and sources. */
    public String fileName() {
        return fileName;
    }

    /** The names of the functions that have a line here, right or wrong; not those of imported files. */
    public Set<String> functionNames() {
        return Set.copyOf(index.functionLines().keySet());
    }

    /**
     * The prototype of a function, from this file or one that it imports.
     *
     * @param name the function's symbol name, without a version
     * @return empty if no line is about it, or none that is right
     */
    public Optional<Prototype> function(String name) {
        List<Integer> lines = index.functionLines().get(name);
        Optional<Prototype> known = functions.get(name);
        if (known == null) {
            known = lines == null ? Optional.empty() : parsed(lines);
            if (lines != null) {
                functions.put(name, known);
            }
        }
        return known.isPresent() ? known : importedFunction(name);
    }

    /**
     * Parses every line.
     *
     * @return the errors of this file, in the order of its lines
     */
    public List<PrototypeError> check() {
        index.functionLines().keySet().forEach(this::function);
        index.types().keySet().forEach(name -> type(name, 0));
        index.imports().forEach(this::imported);
        return errors();
    }

    /** The errors in the lines that have been parsed so far, in the order of the lines. */
    public List<PrototypeError> errors() {
        List<PrototypeError> all = new ArrayList<>(index.errors());
        all.addAll(errors);
        all.sort(Comparator.comparingInt(PrototypeError::line));
        return all;
    }

    private Optional<Prototype> parsed(List<Integer> lines) {
        for (int line : lines) {
            try {
                FunctionSignature signature = PrototypeParser.parse(index.line(line), typeNames);
                return Optional.of(new Prototype(signature, new PrototypeSource(origin, fileName, line + 1)));
            } catch (SyntaxException e) {
                note(line, e);
            }
        }
        return Optional.empty();
    }

    private Optional<NamedType> type(String name, int depth) {
        Optional<NamedType> known = types.get(name);
        if (known != null) {
            return known;
        }
        PrototypeIndex.TypeDefinition definition = index.types().get(name);
        if (definition == null || !typesBeingDefined.add(name)) {
            return importedType(name, depth);
        }
        Optional<NamedType> defined = Optional.empty();
        try {
            defined = Optional.of(definition(name, definition, depth));
        } catch (SyntaxException e) {
            note(definition.line(), e);
        }
        typesBeingDefined.remove(name);
        types.put(name, defined);
        return defined;
    }

    private NamedType definition(String name, PrototypeIndex.TypeDefinition definition, int depth)
            throws SyntaxException {
        LineScanner scanner = index.definition(definition);
        int start = scanner.offset();
        StructType struct = StructType.declared(name);
        if (PrototypeIndex.isDeclaration(scanner)) {
            return new NamedType(struct, 0, 0, 1);
        }
        scanner.backTo(start);
        if (scanner.word().equals("struct")) {
            if (definition.declared()) {
                types.put(name, Optional.of(new NamedType(struct, 0, 0, 1)));
            }
            LensParser fields = new LensParser(scanner, typeNames, depth);
            fields.define(struct);
            if (scanner.peek() != '*') {
                return fields.named(struct);
            }
        }
        scanner.backTo(start);
        LensParser parser = new LensParser(scanner, typeNames, depth);
        return parser.named(parser.lens());
    }

    private Optional<Prototype> importedFunction(String name) {
        Optional<Prototype> found = Optional.empty();
        if (!searching) {
            searching = true;
            for (int i = 0; found.isEmpty() && i < index.imports().size(); i++) {
                Optional<PrototypeFile> file = imported(index.imports().get(i));
                found = file.isPresent() ? file.get().function(name) : found;
            }
            searching = false;
        }
        return found;
    }

    private Optional<NamedType> importedType(String name, int depth) {
        Optional<NamedType> found = Optional.empty();
        if (!searching) {
            searching = true;
            for (int i = 0; found.isEmpty() && i < index.imports().size(); i++) {
                Optional<PrototypeFile> file = imported(index.imports().get(i));
                found = file.isPresent() ? file.get().type(name, depth) : found;
            }
            searching = false;
        }
        return found;
    }

    private Optional<PrototypeFile> imported(PrototypeIndex.Import wanted) {
        Optional<PrototypeFile> file = imports.find(wanted.name());
        if (file.isEmpty()) {
            note(
                    wanted.line(),
                    new SyntaxException(wanted.offset(), "there is no file " + wanted.name() + ".conf to import"));
        }
        return file;
    }

    private void note(int line, SyntaxException exception) {
        if (linesWithErrors.add(line)) {
            errors.add(index.error(line, exception));
        }
    }

    // Not a lambda: linking the first one costs more at start-up than parsing a hundred lines.
    private final class OwnTypeNames implements TypeNames {
        @Override
        public Optional<NamedType> find(String name, int depth) {
            return type(name, depth);
        }
    }
}
