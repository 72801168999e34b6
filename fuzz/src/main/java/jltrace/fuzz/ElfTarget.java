package jltrace.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jltrace.bytes.ByteSource;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfException;
import jltrace.elf.ElfFile;
import jltrace.elf.LoaderEnvironment;
import jltrace.elf.ProcessorCapabilities;
import jltrace.elf.SectionData;
import jltrace.elf.SharedLibraries;
import jltrace.elf.Symbol;
import jltrace.elf.SymbolScope;

/** Reads all of an ELF file that is not debug information; nothing but an {@link ElfException} may come of it. */
final class ElfTarget implements Target {
    private final Path folder;
    private final List<ElfSeed> seeds;

    ElfTarget(Path folder) {
        this.folder = folder;
        this.seeds = Seeds.objects(folder);
    }

    @Override
    public List<byte[]> seeds() {
        return Target.ofFiles(seeds);
    }

    @Override
    public void read(byte[] data) {
        byte[] bytes = ElfSeed.file(seeds, data);
        Cost.check(bytes.length, () -> attempt(() -> readAll(bytes)));
    }

    private void readAll(byte[] bytes) {
        ElfFile elf = ElfFile.parse(ByteSource.of(bytes), "hostile");
        attempt(elf::isExecutableProgram);
        attempt(elf::interpreter);
        attempt(elf::buildId);
        attempt(elf::notes);
        attempt(() -> elf.sections().forEach(section -> attempt(() -> SectionData.of(elf, section))));
        attempt(() -> elf.dynamic().needed());
        attempt(() -> elf.dynamic().soname());
        attempt(() -> elf.dynamic().rpath());
        attempt(() -> elf.dynamic().runpath());
        attempt(() -> elf.dynamicSymbols().forEach(Symbol::versionedName));
        attempt(() -> elf.dynamicSymbols().findAll("first"));
        attempt(() -> elf.dynamicSymbols().find("puts", "GLIBC_2.2.5"));
        attempt(() -> elf.dynamicSymbols().functions().forEach(function -> function.isIndirect()));
        attempt(() -> elf.symbols().functions().containing(0x1100));
        attempt(() -> elf.symbols().find("first"));
        attempt(() -> elf.imports().forEach(each -> each.pltVirtualAddress()));
        attempt(() -> elf.imports().ownFunctions());
        attempt(() -> {
            SymbolScope scope = new SymbolScope(List.of(elf));
            elf.imports().forEach(each -> scope.definitionOf(elf, each));
        });
        attempt(() -> elf.unwindTable().forEach(range -> elf.fileOffsetOf(range.virtualAddress())));
        attempt(() -> SectionData.embeddedSymbols(elf).map(ElfFile::symbols).ifPresent(table -> table.find("first")));
        attempt(() -> new DebugFiles(folder).symbolFile(elf, "/hostile"));
        attempt(() -> new DebugFiles(folder).findSupplementary(elf, "/hostile"));
        elf.loadBias(0x7f00_0000_0000L, 0x1000);
        elf.isReadable(0x7f00_0000_1000L, 0x7f00_0000_0000L, 0x1000);
        elf.virtualAddressOf(0x1000);
        load(bytes);
    }

    /** As a program, and as its own dynamic loader. */
    private void load(byte[] bytes) {
        ProcessorCapabilities capabilities = ProcessorCapabilities.of("", "");
        try {
            Path loader = folder.resolve("lib64/ld-linux-x86-64.so.2");
            Files.createDirectories(folder.resolve("lib64"));
            Files.write(folder.resolve("hostile"), bytes);
            Files.deleteIfExists(loader);
            Files.createLink(loader, folder.resolve("hostile"));
            LoaderEnvironment environment =
                    new LoaderEnvironment(folder, "/", Map.of("LD_LIBRARY_PATH", "/"), false, capabilities);
            attempt(() -> {
                try {
                    SharedLibraries.of("/hostile", environment).scope().find("first");
                } catch (IOException e) {
                    Target.expected(e);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void attempt(Runnable reading) {
        try {
            reading.run();
        } catch (ElfException e) {
            Target.expected(e);
        }
    }
}
