package jltrace.header;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jltrace.bytes.ByteSource;
import jltrace.cache.BuildCache;
import jltrace.dwarf.DebugInformation;
import jltrace.dwarf.Declaration;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfFile;
import jltrace.type.CType;
import jltrace.type.FunctionSignature;
import jltrace.type.Parameter;

/**
 * What C source declares. The compiler is asked twice: for the preprocessed text, in which the names are, then for the debug information
 * of a variable for each function that points to it. Nothing that was compiled is run.
 */
public final class HeaderDeclarations {
    private static final String VARIABLE = "jltrace_declared_";
    private static final String SOURCE = "declarations.c";
    private static final String OBJECT = "declarations.o";
    private static final Pattern ERROR = Pattern.compile("(.*?):(\\d+):(?:\\d+:)? (?:fatal )?error: (.*)");

    private final Map<String, Declaration> functions;
    private final DebugInformation types;

    private HeaderDeclarations(Map<String, Declaration> functions, DebugInformation types) {
        this.functions = functions;
        this.types = types;
    }

    /**
     * Compiles a piece of C in a directory of its own that only this user can read, and that is gone afterwards.
     *
     * @param source includes, and declarations of its own
     * @param options more for the compiler
     * @param wanted which functions
     * @throws HeaderException if it can't be compiled, with the compiler's first complaint
     * @throws IOException if the directory or the compiler fails
     */
    public static HeaderDeclarations read(
            CCompiler compiler, String source, List<String> options, Predicate<DeclaredFunction> wanted)
            throws HeaderException, IOException, InterruptedException {
        Path directory = Files.createTempDirectory("jltrace-header-");
        try {
            return read(compiler, directory, source, options, wanted);
        } finally {
            delete(directory);
        }
    }

    /** The functions' declarations with their parameters' names, in the order of the source. */
    public Map<String, Declaration> functions() {
        return functions;
    }

    /** A structure, enumeration or typedef of the source, if something uses it. */
    public Optional<CType> type(String name) {
        return types.type(name);
    }

    private static HeaderDeclarations read(
            CCompiler compiler, Path directory, String source, List<String> options, Predicate<DeclaredFunction> wanted)
            throws HeaderException, IOException, InterruptedException {
        Files.writeString(directory.resolve(SOURCE), source);
        List<String> preprocess = new ArrayList<>(options);
        preprocess.addAll(List.of("-w", "-E", SOURCE, "-o", "declarations.i"));
        CCompiler.Outcome outcome = compiler.run(directory, preprocess);
        if (!outcome.succeeded()) {
            throw new HeaderException(firstError(outcome));
        }
        String preprocessed =
                new String(Files.readAllBytes(directory.resolve("declarations.i")), StandardCharsets.ISO_8859_1);
        Map<String, DeclaredFunction> found = HeaderScan.of(preprocessed);
        found.values().removeIf(wanted.negate());
        compile(compiler, directory, source, options, found);
        byte[] object = Files.readAllBytes(directory.resolve(OBJECT));
        Optional<DebugInformation> debug = DebugInformation.find(
                ElfFile.parse(ByteSource.of(object), OBJECT), OBJECT, new DebugFiles(directory), BuildCache.none());
        if (debug.isEmpty()) {
            throw new HeaderException("the compiler writes no debug information");
        }
        return new HeaderDeclarations(declarations(debug.get(), found), debug.get());
    }

    /** Compiles, and takes away what turns out to be no function. */
    private static void compile(
            CCompiler compiler,
            Path directory,
            String source,
            List<String> options,
            Map<String, DeclaredFunction> functions)
            throws HeaderException, IOException, InterruptedException {
        List<String> command = new ArrayList<>(options);
        command.addAll(List.of("-w", "-g", "-gz=none", "-fno-lto"));
        command.addAll(List.of("-c", SOURCE, "-o", OBJECT));
        int firstLine = (int) source.stripTrailing().lines().count() + 1;
        boolean changed = true;
        CCompiler.Outcome outcome = new CCompiler.Outcome(false, List.of());
        // A compiler may stop after some errors, so that another round finds more.
        while (!outcome.succeeded() && changed) {
            List<String> names = List.copyOf(functions.keySet());
            Files.writeString(directory.resolve(SOURCE), withVariables(source, names));
            outcome = compiler.run(directory, command);
            changed = false;
            for (String line : outcome.diagnostics()) {
                Matcher error = ERROR.matcher(line);
                if (error.matches() && error.group(1).equals(SOURCE)) {
                    int index = Integer.parseInt(error.group(2)) - firstLine;
                    changed |= index >= 0 && index < names.size() && functions.remove(names.get(index)) != null;
                }
            }
        }
        if (!outcome.succeeded()) {
            throw new HeaderException(firstError(outcome));
        }
    }

    private static String withVariables(String source, List<String> functions) {
        StringBuilder text = new StringBuilder(source.stripTrailing()).append('\n');
        functions.forEach(name -> text.append("__typeof__(%1$s) *%2$s%1$s;\n".formatted(name, VARIABLE)));
        // There is no debug information of nothing.
        return text.append("int jltrace_end;\n").toString();
    }

    private static String firstError(CCompiler.Outcome outcome) {
        return outcome.diagnostics().stream()
                .filter(line -> ERROR.matcher(line).matches())
                .findFirst()
                .or(() -> outcome.diagnostics().stream().findFirst())
                .orElse("the compiler failed without a message");
    }

    private static Map<String, Declaration> declarations(
            DebugInformation debug, Map<String, DeclaredFunction> functions) {
        Map<String, Declaration> declarations = new LinkedHashMap<>();
        functions.forEach((name, function) -> debug.declarationOfVariable(VARIABLE + name)
                .ifPresent(declaration -> declarations.put(name, named(function, declaration))));
        return declarations;
    }

    private static Declaration named(DeclaredFunction function, Declaration declaration) {
        FunctionSignature signature = declaration.signature();
        List<Parameter> parameters = new ArrayList<>(signature.parameters());
        if (parameters.size() == function.parameters().size()) {
            for (int i = 0; i < parameters.size(); i++) {
                parameters.set(
                        i,
                        new Parameter(
                                function.parameters().get(i), parameters.get(i).type(), false));
            }
        }
        return new Declaration(
                new FunctionSignature(function.name(), signature.result(), parameters, signature.variadic(), false),
                declaration.result(),
                declaration.parameters());
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
