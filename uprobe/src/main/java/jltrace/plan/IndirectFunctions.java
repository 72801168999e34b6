package jltrace.plan;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import jltrace.elf.Symbol;
import jltrace.sys.OwnSymbols;
import jltrace.sys.ProcFs;
import jltrace.target.MemoryMapping;
import jltrace.target.ObjectFile;
import jltrace.target.ObjectImage;

/**
 * Which implementation stands behind an IFUNC symbol. The resolver's choice depends on the processor alone, so where this
 * process has mapped the same file, its own dynamic loader knows the answer.
 */
class IndirectFunctions {
    private final Map<String, Long> loadBiases = new HashMap<>();

    /**
     * The virtual address of the implementation, counted as if it lay in the IFUNC's own object; empty if it can't be told. It may lie
     * elsewhere, such as in the vDSO.
     */
    OptionalLong choice(ObjectImage object, Symbol symbol) {
        long bias = loadBiases.computeIfAbsent(object.path().toString(), path -> loadBiasHere(object));
        if (bias < 0) {
            return OptionalLong.empty();
        }
        OptionalLong address = OwnSymbols.address(
                object.file().name(), symbol.name(), symbol.version().orElse(""));
        if (address.isEmpty()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(address.getAsLong() - bias);
    }

    /** The load bias of the same file in this process, or -1 if it is not mapped here. */
    private static long loadBiasHere(ObjectImage object) {
        try {
            for (MemoryMapping mapping : MemoryMapping.parse(ProcFs.maps(ProcFs.ownPid()))) {
                if (mapping.executable()
                        && mapping.path().startsWith("/")
                        && ObjectFile.fileName(mapping.path())
                                .equals(ObjectFile.fileName(object.file().path()))
                        && Files.isSameFile(object.path(), java.nio.file.Path.of(mapping.path()))) {
                    return object.elf()
                            .loadBias(mapping.start(), mapping.fileOffset())
                            .orElse(-1);
                }
            }
            return -1;
        } catch (IOException e) {
            return -1;
        }
    }
}
