package jltrace.prototype;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jltrace.bytes.ByteSource;
import jltrace.cache.BuildCache;
import jltrace.dwarf.DebugInformation;
import jltrace.dwarf.Declaration;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfFile;
import jltrace.type.FunctionSignature;
import jltrace.type.Parameter;

/** The functions of a C++ library, by their symbols, as a compiled source that uses its headers has them. */
final class CxxLibrary {
    private CxxLibrary() {}

    /** Compiles a source into a shared object with debug information of all that it declares. */
    static Path compile(Path source, Path directory) throws IOException, InterruptedException {
        Path object = directory.resolve("declarations.so");
        List<String> command =
                new ArrayList<>(List.of("g++", "-std=c++17", "-w", "-g", "-gz=none", "-fPIC", "-shared"));
        command.addAll(List.of("-fno-eliminate-unused-debug-symbols", source.toString(), "-o", object.toString()));
        DwarfDump.run(command);
        return object;
    }

    /** What a function is called in the source, by its symbol. */
    static Map<String, String> demangled(Collection<String> symbols) throws IOException, InterruptedException {
        Path file = Files.createTempFile("jltrace-symbols-", "");
        try {
            Files.write(file, symbols);
            List<String> names = DwarfDump.run(List.of("sh", "-c", "c++filt < " + file))
                    .lines()
                    .toList();
            Map<String, String> demangled = new LinkedHashMap<>();
            for (String symbol : symbols) {
                demangled.put(symbol, names.get(demangled.size()));
            }
            return demangled;
        } finally {
            Files.delete(file);
        }
    }

    /** The declarations of those functions that the compiled source knows. */
    static List<Declaration> declarations(Path object, Map<String, String> demangled) throws IOException {
        DebugInformation debug = DebugInformation.find(
                        ElfFile.parse(ByteSource.of(Files.readAllBytes(object)), "declarations.so"),
                        "declarations.so",
                        new DebugFiles(Path.of("/")),
                        BuildCache.none())
                .orElseThrow();
        List<Declaration> declarations = new ArrayList<>();
        demangled.forEach((symbol, name) -> {
            Optional<FunctionSignature> signature = debug.signatureOf(symbol);
            signature.ifPresent(known -> declarations.add(declaration(symbol, known, name)));
        });
        return declarations;
    }

    private static Declaration declaration(String symbol, FunctionSignature signature, String demangled) {
        List<Parameter> parameters = new ArrayList<>();
        signature
                .parameters()
                .forEach(
                        each -> parameters.add(new Parameter(each.name().replaceFirst("^_+", ""), each.type(), false)));
        List<String> spelled = parameterTypes(demangled);
        List<String> types = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            int index = i - parameters.size() + spelled.size();
            types.add(index < 0 ? "" : spelled.get(index));
        }
        return new Declaration(
                new FunctionSignature(symbol, signature.result(), parameters, signature.variadic(), false), "", types);
    }

    /** The types in a demangled name, with a const in front as in C; {@code this} and what is hidden are not among them. */
    private static List<String> parameterTypes(String demangled) {
        int end = demangled.lastIndexOf(')');
        int start = end;
        List<String> types = new ArrayList<>();
        int depth = 0;
        int typeEnd = end;
        while (start > 0 && depth >= 0) {
            start--;
            char each = demangled.charAt(start);
            depth += ")>".indexOf(each) >= 0 ? 1 : "(<".indexOf(each) >= 0 ? -1 : 0;
            if (depth < 0 || (depth == 0 && each == ',')) {
                String type = demangled.substring(start + 1, typeEnd).trim();
                if (!type.isEmpty() && !type.equals("...")) {
                    types.add(0, type.endsWith(" const*") ? "const " + type.replace(" const*", " *") : type);
                }
                typeEnd = start;
            }
        }
        return types;
    }
}
