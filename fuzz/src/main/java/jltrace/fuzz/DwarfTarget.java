package jltrace.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import jltrace.bytes.ByteSource;
import jltrace.cache.BuildCache;
import jltrace.dwarf.DebugInformation;
import jltrace.dwarf.DwarfException;
import jltrace.dwarf.Subprogram;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfException;
import jltrace.elf.ElfFile;
import jltrace.type.ArrayType;
import jltrace.type.CType;
import jltrace.type.FunctionSignature;
import jltrace.type.Parameter;
import jltrace.type.PointerType;
import jltrace.type.StructType;

/**
 * Asks everything of debug information; nothing but a {@link DwarfException} or an {@link ElfException} may come of it. A file that
 * others refer to is put in its place, and these are asked.
 */
final class DwarfTarget implements Target {
    private static final int DEEPEST_TYPE = 8;

    private final Path folder;
    private final List<ElfSeed> seeds;
    private final DebugFiles files;

    DwarfTarget(Path folder) {
        this.folder = folder;
        this.seeds = Seeds.debugInformation(folder);
        this.files = new DebugFiles(Path.of("/"));
    }

    @Override
    public List<byte[]> seeds() {
        return Target.ofFiles(seeds);
    }

    @Override
    public void read(byte[] data) {
        byte[] bytes = ElfSeed.file(seeds, data);
        if (data.length == 0) {
            return;
        }
        ElfSeed seed = ElfSeed.of(seeds, data);
        Cost.check(bytes.length, () -> {
            if (data[0] < 0 || seed.name().endsWith(".so") || seed.name().endsWith(".o")) {
                ask(bytes, seed.name());
            } else {
                askReferring(seed, bytes);
            }
        });
    }

    /** Asks the files that may refer to this one. */
    private void askReferring(ElfSeed seed, byte[] bytes) {
        try {
            Files.write(folder.resolve(seed.name()), bytes);
            for (ElfSeed other : seeds) {
                String stem = other.name().replaceFirst("[.].*", "");
                boolean refers = seed.name().equals("common")
                        ? stem.equals("one")
                        : seed.name().startsWith(stem);
                if (refers && other.name().endsWith(".so")) {
                    ask(other.bytes(), other.name());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void ask(byte[] bytes, String name) {
        attempt(() -> {
            ElfFile elf = ElfFile.parse(ByteSource.of(bytes), "hostile");
            Optional<DebugInformation> found =
                    DebugInformation.find(elf, folder.resolve(name).toString(), files, BuildCache.none());
            found.ifPresent(DwarfTarget::askAll);
        });
    }

    /** Asks for what the seeds have, each question by itself. */
    static void askAll(DebugInformation information) {
        attempt(() -> {
            List<Subprogram> functions = information.functions();
            for (Subprogram function : functions.subList(0, Math.min(functions.size(), 32))) {
                attempt(() -> information.lineOf(function.virtualAddress() + 1));
                attempt(() -> information.signatureAt(function.virtualAddress()));
                attempt(() -> function.signature().ifPresent(DwarfTarget::walk));
            }
        });
        for (String name : List.of("first", "second", "plain", "space::derived::method", "puts")) {
            attempt(() -> information.signatureOf(name).ifPresent(DwarfTarget::walk));
        }
        for (String name : List.of("head", "table", "counter", "space::derived::count")) {
            attempt(() -> information.variableType(name).ifPresent(type -> walk(type, 0)));
            attempt(() -> information.declarationOfVariable(name));
        }
        for (String name : List.of("node", "colour", "handler_t", "space::derived", "int")) {
            attempt(() -> information.type(name).ifPresent(type -> walk(type, 0)));
        }
    }

    private static void walk(FunctionSignature signature) {
        walk(signature.result(), 0);
        for (Parameter parameter : signature.parameters()) {
            walk(parameter.type(), 0);
        }
    }

    private static void walk(CType type, int depth) {
        if (depth > DEEPEST_TYPE) {
            return;
        }
        if (type instanceof StructType struct) {
            struct.fields().stream().limit(DEEPEST_TYPE).forEach(field -> walk(field.type(), depth + 1));
        } else if (type instanceof PointerType pointer) {
            walk(pointer.target(), depth + 1);
        } else if (type instanceof ArrayType array) {
            walk(array.element(), depth + 1);
        }
    }

    private static void attempt(Runnable reading) {
        try {
            reading.run();
        } catch (DwarfException | ElfException e) {
            Target.expected(e);
        }
    }
}
