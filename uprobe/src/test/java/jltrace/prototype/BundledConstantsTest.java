package jltrace.prototype;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import jltrace.type.ArrayType;
import jltrace.type.CType;
import jltrace.type.EnumType;
import jltrace.type.FunctionPointerType;
import jltrace.type.FunctionSignature;
import jltrace.type.HiddenType;
import jltrace.type.PointerType;
import jltrace.type.SocketAddressType;
import jltrace.type.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the constants of the bundled files against the system's headers, as a program that gcc compiles has them. */
class BundledConstantsTest {
    @TempDir
    private Path directory;

    /** The values of constants as C expressions of as many bytes as the type has, which are extended as signed ones. */
    private final Map<String, Long> ours = new TreeMap<>();

    private final Set<String> structures = new HashSet<>();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "libc.so.6",
                "libm.so.6",
                "libz.so.1",
                "libcrypto.so.3",
                "libssl.so.3",
                "libcurl.so.4",
                "libsqlite3.so.0"
            })
    void everyConstantHasItsValueInC(String soname) throws Exception {
        PrototypeTexts.Text text = new BundledTexts().read(soname).orElseThrow();
        PrototypeFile file = new PrototypeFile(
                PrototypeSource.Origin.BUNDLED, text.fileName(), text.text(), name -> Optional.empty());
        for (String function : file.functionNames()) {
            FunctionSignature signature = file.function(function).orElseThrow().signature();
            add(signature.result());
            signature.parameters().forEach(parameter -> add(parameter.type()));
        }
        assertThat(ours).hasSizeGreaterThan(9).isEqualTo(inC(ours.keySet()));
    }

    @Test
    void aConstantThatTheHeadersHaveOtherwiseIsFound() throws Exception {
        assertThat(inC(Set.of("O_CREAT", "(1UL << (SIGINT - 1))")))
                .isEqualTo(Map.of("O_CREAT", 64L, "(1UL << (SIGINT - 1))", 2L));
    }

    private void add(CType type) {
        if (type instanceof EnumType enumeration) {
            boolean signals = enumeration.constants().get(0).name().equals("HUP");
            for (EnumType.Constant constant : enumeration.constants()) {
                String name = constant.name();
                if (name.startsWith("SIGRT_")) {
                    add(name.substring("SIGRT_".length()) + " + 32", constant.value(), enumeration.size());
                    continue;
                }
                add(signals ? "(1UL << (" + signal(name) + " - 1))" : name, constant.value(), enumeration.size());
            }
        } else if (type instanceof FunctionPointerType function) {
            function.constants().forEach(constant -> add(constant.name(), constant.value(), Long.BYTES));
        } else if (type instanceof PointerType pointer) {
            add(pointer.target());
        } else if (type instanceof SocketAddressType address) {
            add(address.family());
        } else if (type instanceof ArrayType array) {
            add(array.element());
        } else if (type instanceof HiddenType hidden) {
            add(hidden.underlying());
        } else if (type instanceof StructType struct && (struct.name().isEmpty() || structures.add(struct.name()))) {
            struct.fields().forEach(field -> add(field.type()));
        }
    }

    /** The kernel counts real-time signals from 32; SIGRTMIN in C is a call that tells the first that glibc leaves to programs. */
    private static String signal(String name) {
        return name.equals("RTMIN") ? "32" : name.startsWith("RT_") ? "(32 + " + name.substring(3) + ")" : "SIG" + name;
    }

    private void add(String expression, long value, long bytes) {
        String cast = bytes == 1 ? "signed char" : bytes == 2 ? "short" : bytes == 4 ? "int" : "long";
        String whole = "(%s) %s".formatted(cast, expression);
        int unused = Long.SIZE - Byte.SIZE * (int) bytes;
        long extended = value << unused >> unused;
        Long earlier = ours.put(whole, extended);
        assertThat(earlier == null || earlier == extended).as(whole).isTrue();
    }

    /** The values of expressions in a program that includes {@code headers.h}. */
    private Map<String, Long> inC(Set<String> expressions) throws IOException, InterruptedException {
        StringBuilder source = new StringBuilder("#define _GNU_SOURCE\n");
        try (var headers = BundledConstantsTest.class.getResourceAsStream("headers.h")) {
            assertThat(headers).isNotNull();
            source.append(new String(headers.readAllBytes(), StandardCharsets.US_ASCII));
        }
        source.append("int main(void) {\n");
        expressions.forEach(each -> source.append("printf(\"%%ld %1$s\\n\", (long) %1$s);\n".formatted(each)));
        Path file = Files.writeString(directory.resolve("constants.c"), source.append("}\n"));
        Path program = directory.resolve("constants");
        DwarfDump.run(List.of("gcc", "-w", file.toString(), "-o", program.toString()));
        Map<String, Long> values = new TreeMap<>();
        DwarfDump.run(List.of(program.toString())).lines().forEach(line -> {
            String[] words = line.split(" ", 2);
            values.put(words[1], Long.parseLong(words[0]));
        });
        return values;
    }
}
