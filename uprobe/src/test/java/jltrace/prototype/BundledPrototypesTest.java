package jltrace.prototype;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import jltrace.type.ArrayType;
import jltrace.type.CType;
import jltrace.type.EnumType;
import jltrace.type.FloatingType;
import jltrace.type.FormatType;
import jltrace.type.FunctionPointerType;
import jltrace.type.FunctionSignature;
import jltrace.type.HiddenType;
import jltrace.type.IntegerType;
import jltrace.type.LengthExpression;
import jltrace.type.Parameter;
import jltrace.type.PointerType;
import jltrace.type.StringType;
import jltrace.type.StructType;
import jltrace.type.VoidType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the bundled files against the system's headers, libraries and glibc's debugging information. */
class BundledPrototypesTest {

    private static final Path LIBRARIES = Path.of("/usr/lib/x86_64-linux-gnu");
    private static final List<String> SONAMES = List.of(
            "libc.so.6",
            "libm.so.6",
            "libz.so.1",
            "libcrypt.so.1",
            "libgcc_s.so.1",
            "ld-linux-x86-64.so.2",
            "libcrypto.so.3",
            "libssl.so.3",
            "libcurl.so.4",
            "libsqlite3.so.0");

    /** Names that the glibc here does not have; they are bundled for programs that were built with a later one. */
    private static final Set<String> FROM_LATER_GLIBC = Set.of(
            "__isoc23_fscanf",
            "__isoc23_scanf",
            "__isoc23_sscanf",
            "__isoc23_strtoimax",
            "__isoc23_strtol",
            "__isoc23_strtoll",
            "__isoc23_strtoul",
            "__isoc23_strtoull",
            "__isoc23_strtoumax",
            "__isoc23_vfscanf",
            "__isoc23_vscanf",
            "__isoc23_vsscanf",
            "__strlcat_chk",
            "__strlcpy_chk",
            "strlcat",
            "strlcpy");

    /** Names that neither a header declares nor the debugging information has, each with the reason. */
    private static final Map<String, String> UNVERIFIED = Map.ofEntries(
            entry("__fxstat", "only for programs that were linked before glibc 2.33, defined under another name"),
            entry("__fxstat64", "as __fxstat"),
            entry("__fxstatat", "as __fxstat"),
            entry("__lxstat", "as __fxstat"),
            entry("__lxstat64", "as __fxstat"),
            entry("__xstat", "as __fxstat"),
            entry("__xstat64", "as __fxstat"),
            entry("__libc_start_main", "defined under another name; psABI 3.4.1 and the start file have its arguments"),
            entry("__tls_get_addr", "declared by the compiler, as the ABI for thread-local storage says"),
            entry("capget", "a system call in assembly language, its types are those of capget(2)"),
            entry("capset", "as capget"),
            entry("delete_module", "as capget, delete_module(2)"),
            entry("init_module", "as capget, init_module(2)"),
            entry("gets", "removed from the headers by C11"));

    /** {@code char *} parameters that hold a string when the function is called, though it writes to it. */
    private static final Set<String> STRINGS_THAT_ARE_CHANGED = Set.of(
            "__strcat_chk",
            "__strncat_chk",
            "__strtok_r",
            "__xpg_basename",
            "dirname",
            "mkdtemp",
            "mkostemp",
            "mkostemp64",
            "mkostemps",
            "mkostemps64",
            "mkstemp",
            "mkstemp64",
            "mkstemps",
            "mkstemps64",
            "mktemp",
            "putenv",
            "strcat",
            "strfry",
            "strncat",
            "strtok",
            "strtok_r");

    @TempDir
    private static Path directory;

    private static final Map<String, PrototypeFile> FILES = new TreeMap<>();
    private static final Map<String, FunctionSignature> SIGNATURES = new TreeMap<>();

    @BeforeAll
    static void parseAll() {
        for (String soname : SONAMES) {
            PrototypeTexts.Text text = new BundledTexts().read(soname).orElseThrow();
            PrototypeFile file = new PrototypeFile(
                    PrototypeSource.Origin.BUNDLED, text.fileName(), text.text(), name -> Optional.empty());
            FILES.put(soname, file);
            for (String function : file.functionNames()) {
                SIGNATURES.put(function, file.function(function).orElseThrow().signature());
            }
        }
    }

    @Test
    void everyLineIsRight() throws Exception {
        try (Stream<Path> files = Files.list(
                Path.of(BundledTexts.class.getResource("libc.so.6.conf").toURI().resolve(".")))) {
            List<Path> bundled = files.filter(path -> path.toString().endsWith(".so.6.conf")
                            || path.toString().contains(".so."))
                    .toList();
            assertThat(bundled).hasSizeGreaterThan(SONAMES.size());
            for (Path path : bundled) {
                PrototypeFile file = new PrototypeFile(
                        PrototypeSource.Origin.BUNDLED,
                        path.toString(),
                        Files.readString(path),
                        name -> Optional.ofNullable(FILES.get(name)));
                assertThat(file.check()).isEmpty();
            }
        }
    }

    @Test
    void theThousandMostUsedFunctionsOfTheCLibraryAreThere() {
        assertThat(file("libc.so.6").functionNames()).hasSizeGreaterThan(1000);
        assertThat(file("libc.so.6").functionNames())
                .contains("strlen", "malloc", "printf", "__printf_chk", "__isoc99_sscanf", "getopt_long", "dcgettext");
    }

    @Test
    void noFunctionHasTwoLines() throws IOException {
        for (String soname : SONAMES) {
            String text = new BundledTexts().read(soname).orElseThrow().text();
            long lines = text.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith(";") && !line.startsWith("typedef "))
                    .count();
            assertThat(file(soname).functionNames()).as(soname).hasSize((int) lines);
        }
    }

    @Test
    void everyFunctionIsInItsLibrary() throws Exception {
        for (String soname : SONAMES) {
            Set<String> symbols = new HashSet<>(addresses(soname).keySet());
            Set<String> missing = new TreeSet<>(file(soname).functionNames());
            missing.removeAll(symbols);
            missing.removeAll(FROM_LATER_GLIBC);
            assertThat(missing).as("not in %s", soname).isEmpty();
        }
    }

    @Test
    void everyFunctionIsDeclaredSoByTheHeaders() throws Exception {
        CDeclarations declarations = new CDeclarations(directory, SIGNATURES.keySet());
        Map<String, List<String>> aliases = aliases();
        List<String> differences = new ArrayList<>();
        Set<String> elsewhere = new TreeSet<>();
        int compared = 0;
        for (FunctionSignature signature : SIGNATURES.values()) {
            Optional<CDeclarations.Declaration> declaration = declarations.of(signature.name());
            for (String alias : aliases.getOrDefault(signature.name(), List.of())) {
                declaration = declaration.or(() -> declarations.of(alias));
            }
            if (declaration.isEmpty()) {
                elsewhere.add(signature.name());
            } else {
                compared++;
                compare(signature, declaration.get(), differences);
            }
        }
        elsewhere.removeAll(FROM_LATER_GLIBC);
        elsewhere.removeAll(UNVERIFIED.keySet());
        compareWithDebuggingInformation(elsewhere, differences);
        elsewhere.removeIf(name -> aliases.getOrDefault(name, List.of()).stream()
                .filter(alias -> !elsewhere.contains(alias) && !UNVERIFIED.containsKey(alias))
                .map(SIGNATURES::get)
                .anyMatch(alias -> alias != null && sameTypes(alias, name)));
        assertThat(differences).isEmpty();
        assertThat(elsewhere).isEmpty();
        assertThat(compared).isGreaterThan(5000);
    }

    @Test
    void aSignaturePrintedAndParsedAgainIsTheSame() throws IOException {
        String structures = structures();
        for (FunctionSignature signature : SIGNATURES.values()) {
            String bare = signature.toString().replace("struct ", "");
            String text = bare.equals(signature.toString()) ? bare : structures + bare;
            if (!text.contains("complex_")) {
                PrototypeFile file =
                        new PrototypeFile(PrototypeSource.Origin.USER, "again", text, name -> Optional.empty());
                assertThat(file.function(signature.name()).map(Prototype::signature))
                        .as("%s: %s", signature, file.errors())
                        .contains(signature);
            }
        }
    }

    /** The aliases of the bundled file for libc: what a signature says of a structure is its name. */
    private static String structures() throws IOException {
        try (Stream<String> lines = new String(
                        BundledPrototypesTest.class
                                .getResourceAsStream("libc.so.6.conf")
                                .readAllBytes(),
                        StandardCharsets.US_ASCII)
                .lines()) {
            return lines.filter(line -> line.startsWith("typedef"))
                    .collect(java.util.stream.Collectors.joining("\n", "", "\n"));
        }
    }

    private static boolean sameTypes(FunctionSignature verified, String name) {
        FunctionSignature renamed = new FunctionSignature(
                name, verified.result(), verified.parameters(), verified.variadic(), verified.guessed());
        return renamed.equals(SIGNATURES.get(name));
    }

    private static void compare(
            FunctionSignature signature, CDeclarations.Declaration declaration, List<String> differences) {
        List<Parameter> parameters = signature.parameters();
        int declared = declaration.parameters().size();
        boolean variadic = signature.variadic() || parameters.size() > declared;
        if (parameters.size() < declared || variadic != declaration.variadic()) {
            differences.add(signature + ": not as many parameters as in " + declaration);
            return;
        }
        if (!fits(signature.result(), declaration.result())) {
            differences.add(signature + ": result is " + declaration.result());
        }
        for (int i = 0; i < declared; i++) {
            CType type = parameters.get(i).type();
            CDeclarations.Passed passed = declaration.parameters().get(i);
            boolean unchanged = passed.constant() || !endsAtZero(type);
            if (!fits(type, passed) || !(unchanged || STRINGS_THAT_ARE_CHANGED.contains(signature.name()))) {
                differences.add(signature + ": parameter " + (i + 1) + " is " + passed);
            }
        }
    }

    private static boolean endsAtZero(CType type) {
        if (type instanceof StringType string) {
            return string.length() instanceof LengthExpression.Zero
                    || string.length() instanceof LengthExpression.ZeroWithin;
        }
        return type instanceof FormatType;
    }

    private static boolean fits(CType type, CDeclarations.Passed passed) {
        if (type instanceof IntegerType integer) {
            return passed.kind().equals(integer.signed() ? "signed" : "unsigned") && passed.bytes() == integer.width();
        }
        if (type instanceof EnumType enumeration) {
            return fits(enumeration.underlying(), passed);
        }
        if (type instanceof FloatingType floating) {
            return passed.kind().equals("float") && passed.bytes() == floating.width();
        }
        if (type instanceof StringType string) {
            boolean anyBytes = !endsAtZero(string) || string.length() instanceof LengthExpression.ZeroWithin;
            return passed.kind().equals("pointer") && (passed.characters() || anyBytes || string.characterWidth() > 1);
        }
        if (type instanceof FormatType format) {
            return passed.kind().equals("pointer") && (passed.characters() || format.characterWidth() > 1);
        }
        if (type instanceof PointerType || type instanceof FunctionPointerType) {
            return passed.kind().equals("pointer") && passed.bytes() == 8;
        }
        if (type instanceof StructType struct) {
            return (passed.kind().equals("structure") || passed.kind().equals("complex"))
                    && passed.bytes() == struct.size();
        }
        assertThat(type).isNotInstanceOfAny(ArrayType.class, HiddenType.class);
        return type instanceof VoidType && passed.equals(CDeclarations.Passed.VOID);
    }

    /** Takes away from the names those that glibc's own debugging information describes. */
    private static void compareWithDebuggingInformation(Set<String> names, List<String> differences) throws Exception {
        Path debugFile = debugFile(LIBRARIES.resolve("libc.so.6"));
        List<String> arguments = new ArrayList<>(List.of("--show-children", debugFile.toString()));
        names.forEach(name -> arguments.add("--name=" + name));
        Set<String> described = new HashSet<>();
        for (DwarfDump.Entry entry : DwarfDump.of(arguments).entries()) {
            String name = entry.name().orElse("");
            boolean definition = entry.attributes().containsKey("DW_AT_decl_line");
            if (entry.tag().equals("DW_TAG_subprogram") && definition && names.contains(name) && described.add(name)) {
                FunctionSignature signature = Objects.requireNonNull(SIGNATURES.get(name));
                List<CDeclarations.Passed> parameters = entry.children("DW_TAG_formal_parameter").stream()
                        .map(BundledPrototypesTest::named)
                        .toList();
                boolean variadic =
                        !entry.children("DW_TAG_unspecified_parameters").isEmpty();
                compare(signature, new CDeclarations.Declaration(named(entry), parameters, variadic), differences);
            }
        }
        names.removeAll(described);
    }

    /** How a value of a type that llvm-dwarfdump printed is passed, for the types that glibc's inner functions have. */
    private static CDeclarations.Passed named(DwarfDump.Entry entry) {
        String text = entry.typeText();
        String bare = text.replace("restrict ", "").replace("const ", "");
        if (text.equals("restrict ")) {
            // llvm-dwarfdump cannot tell what it qualifies, which can only be a pointer.
            return CDeclarations.Passed.pointer(true, true);
        }
        if (bare.endsWith("*")
                || bare.contains("(*)")
                || Set.of("locale_t", "va_list").contains(bare)) {
            boolean characters = bare.equals("char *");
            return CDeclarations.Passed.pointer(characters, text.contains("const "));
        }
        return switch (bare) {
            case "" -> CDeclarations.Passed.VOID;
            case "int", "pid_t", "__pid_t", "nl_item" -> new CDeclarations.Passed("signed", 4);
            case "unsigned int", "wint_t", "mode_t", "__mode_t", "socklen_t" -> new CDeclarations.Passed("unsigned", 4);
            case "long int", "ssize_t", "__off_t", "__off64_t", "intptr_t", "ptrdiff_t" ->
                new CDeclarations.Passed("signed", 8);
            case "size_t", "long unsigned int", "long long unsigned int", "wctype_t", "nfds_t" ->
                new CDeclarations.Passed("unsigned", 8);
            case "float" -> new CDeclarations.Passed("float", 4);
            case "double" -> new CDeclarations.Passed("float", 8);
            case "long double" -> new CDeclarations.Passed("float", 16);
            case "__CONST_SOCKADDR_ARG", "dtor_func" -> new CDeclarations.Passed("pointer", 8);
            default -> throw new AssertionError("unknown type " + text + " in " + entry);
        };
    }

    private static PrototypeFile file(String soname) {
        return Objects.requireNonNull(FILES.get(soname));
    }

    private static Path debugFile(Path library) throws Exception {
        String notes = DwarfDump.run(List.of("readelf", "-n", library.toString()));
        String id = notes.lines()
                .filter(line -> line.contains("Build ID: "))
                .map(line -> line.substring(line.indexOf("Build ID: ") + 10))
                .findFirst()
                .orElseThrow();
        Path file = Path.of("/usr/lib/debug/.build-id", id.substring(0, 2), id.substring(2) + ".debug");
        assertThat(file).as("package libc6-dbg").exists();
        return file;
    }

    /** The names that share an address with a name of libc. */
    private static Map<String, List<String>> aliases() throws Exception {
        Map<String, List<String>> byAddress = new HashMap<>();
        addresses("libc.so.6")
                .forEach((name, address) -> byAddress
                        .computeIfAbsent(address, any -> new ArrayList<>())
                        .add(name));
        Map<String, List<String>> aliases = new HashMap<>();
        byAddress.values().forEach(names -> names.forEach(name -> aliases.put(name, names)));
        return aliases;
    }

    private static Map<String, String> addresses(String soname) throws Exception {
        Map<String, String> addresses = new HashMap<>();
        Path library = LIBRARIES.resolve(soname);
        for (String line : DwarfDump.run(List.of("nm", "-D", "--defined-only", library.toString()))
                .lines()
                .toList()) {
            String[] words = line.trim().split(" +", -1);
            if (words.length == 3 && "TtWiVB".contains(words[1])) {
                addresses.put(words[2].replaceFirst("@.*", ""), words[0]);
            }
        }
        return addresses;
    }
}
