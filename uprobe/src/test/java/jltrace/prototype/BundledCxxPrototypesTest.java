package jltrace.prototype;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jltrace.type.CType;
import jltrace.type.FloatingType;
import jltrace.type.HiddenType;
import jltrace.type.IntegerType;
import jltrace.type.Parameter;
import jltrace.type.VoidType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the bundled file for libstdc++ against its headers, as llvm-dwarfdump reads what g++ makes of them. */
class BundledCxxPrototypesTest {
    private static final Path SOURCE =
            Path.of(System.getProperty("jltrace.root", "..")).resolve("uprobe/src/bundle/libstdc++.so.6.cc");

    @TempDir
    private Path directory;

    @Test
    void everyFunctionHasTheParametersThatTheHeadersDeclare() throws Exception {
        Path object = CxxLibrary.compile(SOURCE, directory);
        DwarfDump dump = DwarfDump.of(List.of("--debug-info", object.toString()));
        Map<String, DwarfDump.Entry> declared = new HashMap<>();
        for (DwarfDump.Entry entry : dump.entries()) {
            if (entry.tag().equals("DW_TAG_subprogram")) {
                entry.name().ifPresent(name -> declared.putIfAbsent(name, entry));
                String linkage = entry.attributes().getOrDefault("DW_AT_linkage_name", "\"\"");
                declared.put(linkage.substring(1, linkage.length() - 1), entry);
            }
        }
        PrototypeTexts.Text text = new BundledTexts().read("libstdc++.so.6").orElseThrow();
        PrototypeFile file = new PrototypeFile(
                PrototypeSource.Origin.BUNDLED, text.fileName(), text.text(), name -> Optional.empty());
        assertThat(file.check()).isEmpty();
        List<String> differences = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (String symbol : file.functionNames()) {
            // Constructors and destructors are declared once for all their variants.
            DwarfDump.Entry entry = declared.getOrDefault(
                    symbol, declared.get(symbol.replaceFirst("C[12]E", "C4E").replaceFirst("D[012]E", "D4E")));
            if (entry == null) {
                unknown.add(symbol);
            } else {
                compare(file.function(symbol).orElseThrow(), entry, dump, differences);
            }
        }
        assertThat(differences).isEmpty();
        assertThat(unknown).isEmpty();
        assertThat(file.functionNames()).hasSizeGreaterThan(800);
    }

    private static void compare(Prototype prototype, DwarfDump.Entry entry, DwarfDump dump, List<String> differences) {
        List<Parameter> ours = new ArrayList<>(prototype.signature().parameters());
        ours.removeIf(parameter ->
                parameter.type() instanceof HiddenType || parameter.name().equals("vtt_parm"));
        List<DwarfDump.Entry> theirs = new ArrayList<>();
        entry.children("DW_TAG_formal_parameter").forEach(parameter -> theirs.add(dump.origin(parameter)));
        // Artificial ones behind "this" are for variants of constructors and destructors.
        for (int i = theirs.size() - 1; i > 0; i--) {
            if (theirs.get(i).attributes().containsKey("DW_AT_artificial")) {
                theirs.remove(i);
            }
        }
        boolean same =
                ours.size() == theirs.size() && fits(prototype.signature().result(), dump.type(dump.origin(entry)));
        for (int i = 0; same && i < ours.size(); i++) {
            same = fits(ours.get(i).type(), dump.type(theirs.get(i)));
        }
        if (!same) {
            differences.add(prototype.signature() + " is " + entry);
        }
    }

    /** Whether a value of our type is passed as one of theirs. */
    private static boolean fits(CType type, Optional<DwarfDump.Entry> theirs) {
        if (theirs.isEmpty()) {
            return type instanceof VoidType;
        }
        long bytes = Long.decode(theirs.get().attributes().getOrDefault("DW_AT_byte_size", "0"));
        String encoding = theirs.get().attributes().getOrDefault("DW_AT_encoding", "");
        return switch (theirs.get().tag()) {
            case "DW_TAG_base_type" ->
                type.size() == bytes && (type instanceof FloatingType) == encoding.endsWith("float");
            case "DW_TAG_enumeration_type" -> type instanceof IntegerType && type.size() == bytes;
            // Of an object of a class its address is passed, or it takes a place that our file has no line for.
            default -> !(type instanceof IntegerType) && !(type instanceof FloatingType) && type.size() == Long.BYTES;
        };
    }
}
