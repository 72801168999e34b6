package jltrace.prototype;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jltrace.dwarf.Declaration;
import jltrace.header.CCompiler;
import jltrace.header.HeaderDeclarations;
import jltrace.type.CType;
import jltrace.type.EnumType;
import jltrace.type.FloatingType;
import jltrace.type.FunctionPointerType;
import jltrace.type.HiddenType;
import jltrace.type.IntegerType;
import jltrace.type.Parameter;
import jltrace.type.StructType;
import jltrace.type.VoidType;

/** Makes the text of a bundled file of a recipe, the headers and the names that the library exports. */
final class BundledFileMaker {
    private static final Path LIBRARIES = Path.of("/usr/lib/x86_64-linux-gnu");
    private static final Path GCC = Path.of("/usr/bin/gcc");

    private final Recipe recipe;
    private final Map<String, Declaration> declarations;
    private final Map<String, String> demangled;
    private final Map<String, EnumType> constants = new TreeMap<>();
    private final Map<String, EnumType> enumerations = new TreeMap<>();
    private final Set<Recipe.Annotation> used = new HashSet<>();
    private final Set<Integer> bytes = new TreeSet<>();

    private BundledFileMaker(Recipe recipe, Map<String, Declaration> declarations, Map<String, String> demangled) {
        this.recipe = recipe;
        this.declarations = declarations;
        this.demangled = demangled;
    }

    /** Writes the bundled files whose recipes are in the first directory into the second; those that are named, or all. */
    public static void main(String[] arguments) throws Exception {
        List<String> wanted = List.of(arguments).subList(2, arguments.length);
        for (Path file : recipes(Path.of(arguments[0]))) {
            String library = library(file);
            if (wanted.isEmpty() || wanted.contains(library)) {
                Files.writeString(Path.of(arguments[1]).resolve(library + ".conf"), text(file));
            }
        }
    }

    /** The recipes of a directory. */
    static List<Path> recipes(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".recipe"))
                    .sorted()
                    .toList();
        }
    }

    /** The soname of a recipe's library. */
    static String library(Path recipe) {
        return recipe.getFileName().toString().replace(".recipe", "");
    }

    /** The bundled file of a recipe. */
    static String text(Path file) throws Exception {
        Recipe recipe = Recipe.read(file);
        Set<String> exported = exported(library(file));
        Path source = file.resolveSibling(library(file) + ".cc");
        return Files.exists(source) ? ofCxx(recipe, source, exported) : ofC(recipe, exported);
    }

    private static String ofCxx(Recipe recipe, Path source, Set<String> exported) throws Exception {
        exported.removeIf(symbol -> !Recipe.matches(recipe.functions(), symbol));
        Map<String, String> demangled = CxxLibrary.demangled(exported);
        Path directory = Files.createTempDirectory("jltrace-bundle-");
        try {
            Path object = CxxLibrary.compile(source, directory);
            Map<String, Declaration> declarations = new TreeMap<>();
            CxxLibrary.declarations(object, demangled)
                    .forEach(each -> declarations.put(each.signature().name(), each));
            Files.delete(object);
            return new BundledFileMaker(recipe, declarations, demangled).text();
        } finally {
            Files.delete(directory);
        }
    }

    private static String ofC(Recipe recipe, Set<String> exported) throws Exception {
        StringBuilder source = new StringBuilder("#define _GNU_SOURCE 1\n");
        recipe.includes()
                .forEach(header -> source.append("#include <").append(header).append(">\n"));
        Map<Recipe.Constants, List<String>> names = new TreeMap<>(Comparator.comparing(Recipe.Constants::name));
        Set<String> macros = macros(source.toString());
        for (Recipe.Constants constants : recipe.constants()) {
            names.put(constants, names(constants, macros));
            source.append(names.get(constants).stream()
                    .map(name -> "jltrace_%s_%s = (%s)".formatted(constants.name(), name, name))
                    .collect(Collectors.joining(", ", "enum jltrace_" + constants.name() + " { ", " } ")));
            source.append("jltrace_value_%s;%n".formatted(constants.name()));
        }
        HeaderDeclarations declarations = HeaderDeclarations.read(
                new CCompiler(GCC),
                source.toString(),
                List.of(),
                function -> exported.contains(function.name()) && Recipe.matches(recipe.functions(), function.name()));
        BundledFileMaker maker = new BundledFileMaker(recipe, declarations.functions(), Map.of());
        recipe.constants()
                .forEach(each -> maker.addConstants(
                        each, declarations.type("jltrace_" + each.name()).orElseThrow()));
        return maker.text();
    }

    private static Set<String> exported(String library) throws Exception {
        return DwarfDump.run(List.of(
                        "nm", "-D", "--defined-only", LIBRARIES.resolve(library).toString()))
                .lines()
                .map(line -> line.replaceFirst(".* ", "").replaceFirst("@.*", ""))
                .collect(Collectors.toSet());
    }

    private static Set<String> macros(String source) throws Exception {
        Path file = Files.createTempFile("jltrace-macros-", ".c");
        try {
            Files.writeString(file, source);
            return DwarfDump.run(List.of("gcc", "-E", "-dM", file.toString()))
                    .lines()
                    .map(line -> line.split(" ", -1)[1])
                    .filter(name -> !name.contains("("))
                    .collect(Collectors.toCollection(TreeSet::new));
        } finally {
            Files.delete(file);
        }
    }

    private static List<String> names(Recipe.Constants constants, Set<String> macros) {
        List<String> names = new ArrayList<>();
        for (String glob : constants.globs()) {
            if (glob.contains("*")) {
                macros.stream()
                        .filter(name -> Recipe.matches(constants.globs(), name))
                        .forEach(names::add);
            } else if (!glob.startsWith("-")) {
                names.add(glob);
            }
        }
        return names.stream().distinct().toList();
    }

    private void addConstants(Recipe.Constants constants, CType type) {
        boolean flags = constants.kind().startsWith("flags");
        String prefix = "jltrace_" + constants.name() + "_";
        Comparator<EnumType.Constant> order = flags
                ? Comparator.comparing(constant -> -Long.bitCount(constant.value()))
                : Comparator.comparing(constant -> 0);
        Set<Long> seen = new HashSet<>();
        List<EnumType.Constant> values = ((EnumType) type)
                .constants().stream()
                        .sorted(Comparator.comparing(EnumType.Constant::name))
                        .filter(constant ->
                                constants.globs().contains(constant.name().substring(prefix.length()))
                                        || (constant.value() != 0 && seen.add(constant.value())))
                        .map(constant -> new EnumType.Constant(
                                constant.name().substring(prefix.length()), constant.value(), constant.mask()))
                        .sorted(order.thenComparing(EnumType.Constant::value).thenComparing(EnumType.Constant::name))
                        .toList();
        IntegerType underlying = constants.kind().contains("ulong")
                ? IntegerType.UNSIGNED_LONG
                : constants.kind().contains("long")
                        ? IntegerType.LONG
                        : constants.kind().contains("uint") ? IntegerType.UNSIGNED_INT : IntegerType.INT;
        this.constants.put(
                constants.name(),
                new EnumType(underlying, values, flags ? EnumType.Kind.FLAGS : EnumType.Kind.ENUMERATION));
    }

    private String text() {
        List<String> lines = declarations.values().stream()
                .filter(declaration -> isPassable(declaration.signature().result())
                        && declaration.signature().parameters().stream().allMatch(each -> isPassable(each.type())))
                .map(this::line)
                .sorted()
                .toList();
        List<Recipe.Annotation> unused = new ArrayList<>(recipe.annotations());
        unused.removeAll(used);
        if (!unused.isEmpty()) {
            throw new IllegalStateException("of no function's parameter: " + unused);
        }
        List<String> typedefs = new ArrayList<>(recipe.typedefs());
        bytes.forEach(number -> typedefs.add("typedef bytes%1$d = string(array(char, arg%1$d)*);".formatted(number)));
        constants.forEach((name, type) -> typedefs.add(definition(name, type)));
        enumerations.forEach((name, type) -> typedefs.add(definition(name, type)));
        return "; " + recipe.title() + " The head of libc.so.6.conf describes the language.\n"
                + "; bin/bundle has made this file of the library's headers and its recipe in uprobe/src/bundle.\n\n"
                + typedefs.stream().sorted().map(line -> line + "\n").collect(Collectors.joining())
                + "\n"
                + lines.stream()
                        .map(line -> line.replaceFirst("^[^\0]*\0", "") + "\n")
                        .collect(Collectors.joining());
    }

    private static String definition(String name, EnumType type) {
        return "typedef " + name + " = " + type + ";";
    }

    private static boolean isPassable(CType type) {
        return !(type instanceof StructType);
    }

    /** The line of a function, with its name in front for the order. */
    private String line(Declaration declaration) {
        String name = declaration.signature().name();
        List<Parameter> parameters = declaration.signature().parameters();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            String parameter = parameters.get(i).name();
            String type = declaration.parameters().get(i);
            Optional<String> said = annotation(declaration, i);
            String lens = said.isPresent() ? said.get() : lens(parameters.get(i).type(), type, false);
            int condition = lens.indexOf(" when ");
            String known = parameter.isEmpty() ? recipe.names().getOrDefault(type, "") : parameter;
            String shown = known.isEmpty() || lens.matches("\\w+ \\w+") ? "" : " " + known;
            texts.add(condition < 0 ? lens + shown : lens.substring(0, condition) + shown + lens.substring(condition));
        }
        if (declaration.signature().variadic()) {
            Optional<String> more = annotation(name, "...");
            boolean told = more.isPresent() || texts.stream().anyMatch(text -> text.startsWith("format"));
            more.ifPresent(texts::add);
            if (!told) {
                texts.add("...");
            }
        }
        Optional<String> saidOfResult = annotation(name, "return");
        String result = saidOfResult.isPresent()
                ? saidOfResult.get()
                : lens(declaration.signature().result(), declaration.result(), true);
        return name.toLowerCase(Locale.ROOT) + "\0" + result + " " + name + "(" + String.join(", ", texts) + ");"
                + (demangled.getOrDefault(name, name).equals(name) ? "" : " " + demangled.get(name));
    }

    /** What the recipe says of a parameter, the last annotation that applies; {@code bytes} and {@code within} with their numbers. */
    private Optional<String> annotation(Declaration declaration, int index) {
        List<Parameter> parameters = declaration.signature().parameters();
        String name = parameters.get(index).name();
        for (Recipe.Annotation each : recipe.annotations()) {
            if (each.parameter().equals(name.isEmpty() ? "arg" + (index + 1) : name)
                    && Recipe.matches(each.function(), declaration.signature().name())) {
                String word = each.lens().replaceFirst(" .*", "");
                boolean numbered = word.equals("bytes") || word.equals("within");
                int length = numbered ? lengthParameter(each.lens(), index, parameters) : 0;
                boolean input = declaration.parameters().get(index).startsWith("const ");
                if (!numbered || (length > 0 && input)) {
                    used.add(each);
                    return Optional.of(numbered ? numbered(word, length) : each.lens());
                }
            }
        }
        return Optional.empty();
    }

    private String numbered(String word, int length) {
        if (word.equals("within")) {
            return "string[arg" + length + "]";
        }
        bytes.add(length);
        return "bytes" + length;
    }

    /** The number of the parameter that a {@code bytes} or {@code within} speaks of; 0 if there is none. */
    private static int lengthParameter(String lens, int index, List<Parameter> parameters) {
        int space = lens.indexOf(' ');
        List<String> names = parameters.stream().map(Parameter::name).toList();
        int length = space < 0 ? index + 2 : names.indexOf(lens.substring(space + 1)) + 1;
        boolean isNumber = length >= 1
                && length <= parameters.size()
                && parameters.get(length - 1).type() instanceof IntegerType;
        return isNumber ? length : 0;
    }

    private Optional<String> annotation(String function, String parameter) {
        for (Recipe.Annotation each : recipe.annotations()) {
            if (each.parameter().equals(parameter) && Recipe.matches(each.function(), function)) {
                used.add(each);
                return Optional.of(each.lens());
            }
        }
        return Optional.empty();
    }

    private String lens(CType type, String spelling, boolean result) {
        if (type instanceof EnumType enumeration && !demangled.isEmpty()) {
            return enumeration.underlying().toString();
        }
        if (type instanceof HiddenType) {
            return type.toString();
        }
        if (type instanceof EnumType enumeration && !enumeration.constants().isEmpty()) {
            String name = spelling.replaceFirst(".* ", "");
            if (name.equals("{...}")) {
                return enumeration.toString();
            }
            EnumType earlier = enumerations.put(name, enumeration);
            if (earlier != null && !earlier.equals(enumeration)) {
                throw new IllegalStateException("two enumerations " + name);
            }
            return name;
        }
        if (type instanceof IntegerType || type instanceof FloatingType || type instanceof VoidType) {
            return type == VoidType.VOID ? "void" : type.toString();
        }
        if (type instanceof FunctionPointerType) {
            return "callback";
        }
        boolean string = spelling.equals("const char *") || (result && spelling.equals("char *"));
        return string ? "string" : "addr";
    }
}
