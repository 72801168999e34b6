package jltrace.prototype;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the system's headers declare functions, as gcc's debugging information tells it. */
final class CDeclarations {

    private static final Pattern UNDECLARED = Pattern.compile("error: .(\\w+). undeclared");
    private static final String VARIABLE = "declared_";

    /**
     * A function's declaration.
     *
     * @param result how a result is passed
     * @param parameters how each parameter is passed
     * @param variadic whether others may follow
     */
    record Declaration(Passed result, List<Passed> parameters, boolean variadic) {}

    /**
     * How a value is passed.
     *
     * @param kind what it is: void, signed, unsigned, float, complex, pointer, structure
     * @param bytes its size
     * @param characters whether it points to characters
     * @param constant whether what it points to is const
     * @param function whether it points to a function
     */
    record Passed(String kind, long bytes, boolean characters, boolean constant, boolean function) {
        static final Passed VOID = new Passed("void", 0);

        Passed(String kind, long bytes) {
            this(kind, bytes, false, false, false);
        }

        static Passed pointer(boolean characters, boolean constant) {
            return new Passed("pointer", 8, characters, constant, false);
        }
    }

    private final Map<String, Declaration> declarations = new HashMap<>();

    /** No declarations. */
    CDeclarations() {}

    /**
     * Compiles {@code headers.h} and a pointer to each function.
     *
     * @param directory for the files
     * @param functions the functions' names; those that no header declares are left out
     */
    CDeclarations(Path directory, Collection<String> functions) throws IOException, InterruptedException {
        TreeSet<String> names = new TreeSet<>(functions);
        names.removeAll(undeclared(directory, names));
        Path object = directory.resolve("declarations.o");
        assertThat(compile(directory, names, object)).isEmpty();
        DwarfDump dump = DwarfDump.of(List.of("--debug-info", object.toString()));
        for (DwarfDump.Entry entry : dump.entries()) {
            Optional<String> name = entry.name();
            if (entry.tag().equals("DW_TAG_variable")
                    && name.isPresent()
                    && name.get().startsWith(VARIABLE)) {
                DwarfDump.Entry pointer = dump.type(entry).orElseThrow();
                declarations.put(
                        name.get().substring(VARIABLE.length()),
                        declaration(dump, dump.type(pointer).orElseThrow()));
            }
        }
        assertThat(declarations.keySet()).isEqualTo(names);
    }

    /** A function's declaration; empty if no header has one. */
    Optional<Declaration> of(String function) {
        return Optional.ofNullable(declarations.get(function));
    }

    private static Set<String> undeclared(Path directory, Collection<String> names)
            throws IOException, InterruptedException {
        TreeSet<String> undeclared = new TreeSet<>();
        for (String error : compile(directory, names, directory.resolve("trial.o"))) {
            Matcher matcher = UNDECLARED.matcher(error);
            assertThat(matcher.find()).as(error).isTrue();
            undeclared.add(matcher.group(1));
        }
        return undeclared;
    }

    private static List<String> compile(Path directory, Collection<String> names, Path object)
            throws IOException, InterruptedException {
        StringBuilder source = new StringBuilder("#define _GNU_SOURCE\n");
        try (var headers = CDeclarations.class.getResourceAsStream("headers.h")) {
            assertThat(headers).isNotNull();
            source.append(new String(headers.readAllBytes(), StandardCharsets.US_ASCII));
        }
        names.forEach(name -> source.append("__typeof__(%s) *%s%s;\n".formatted(name, VARIABLE, name)));
        Path file = Files.writeString(directory.resolve("declarations.c"), source);
        // The fortified headers declare the functions whose names end in _chk.
        List<String> command = new ArrayList<>(List.of("gcc", "-w", "-g", "-O2", "-D_FORTIFY_SOURCE=2"));
        command.addAll(List.of("-fno-diagnostics-show-caret", "-c", file.toString(), "-o", object.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.lines().filter(line -> line.contains("error:")).toList();
    }

    private static Declaration declaration(DwarfDump dump, DwarfDump.Entry subroutine) {
        List<Passed> parameters = subroutine.children("DW_TAG_formal_parameter").stream()
                .map(parameter -> passed(dump, parameter))
                .toList();
        boolean variadic = !subroutine.children("DW_TAG_unspecified_parameters").isEmpty();
        return new Declaration(passed(dump, subroutine), parameters, variadic);
    }

    private static Passed passed(DwarfDump dump, DwarfDump.Entry value) {
        Optional<DwarfDump.Entry> type = dump.type(value);
        if (type.isEmpty()) {
            return Passed.VOID;
        }
        long bytes = Long.decode(type.get().attributes().getOrDefault("DW_AT_byte_size", "0"));
        return switch (type.get().tag()) {
            case "DW_TAG_base_type" -> new Passed(kind(type.get()), bytes);
            case "DW_TAG_enumeration_type" ->
                new Passed(kind(dump.type(type.get()).orElseThrow()), bytes);
            case "DW_TAG_pointer_type" -> {
                boolean characters = dump.type(type.get())
                        .filter(target -> target.tag().equals("DW_TAG_base_type"))
                        .filter(target -> encoding(target).endsWith("_char"))
                        .isPresent();
                boolean function = dump.type(type.get())
                        .filter(target -> target.tag().equals("DW_TAG_subroutine_type"))
                        .isPresent();
                boolean constant = type.get().typeText().startsWith("const ");
                yield new Passed("pointer", bytes, characters, constant, function);
            }
            // A union is a pointer, or as large as one: __SOCKADDR_ARG and sigval.
            case "DW_TAG_union_type" -> new Passed("pointer", bytes);
            case "DW_TAG_structure_type" -> new Passed("structure", bytes);
            default -> throw new AssertionError(type.get());
        };
    }

    private static String kind(DwarfDump.Entry baseType) {
        return switch (encoding(baseType)) {
            case "DW_ATE_signed", "DW_ATE_signed_char" -> "signed";
            case "DW_ATE_unsigned", "DW_ATE_unsigned_char", "DW_ATE_boolean", "DW_ATE_UTF" -> "unsigned";
            case "DW_ATE_float" -> "float";
            case "DW_ATE_complex_float" -> "complex";
            default -> throw new AssertionError(baseType);
        };
    }

    private static String encoding(DwarfDump.Entry baseType) {
        return baseType.attributes().getOrDefault("DW_AT_encoding", "");
    }
}
