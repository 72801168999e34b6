package jltrace.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jltrace.cache.BuildCache;
import jltrace.dwarf.DebugInformation;
import jltrace.dwarf.DwarfException;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfException;
import jltrace.target.ObjectImage;
import jltrace.type.FunctionSignature;

/** What objects' debug information says of their functions. An object whose debug information is corrupt is told of, and has none. */
public final class DebugSignatures {
    private final DebugFiles debugFiles;
    private final BuildCache cache;
    private final Map<ObjectImage, Optional<DebugInformation>> objects = new HashMap<>();
    private final List<String> problems = new ArrayList<>();

    /**
     * @param debugFiles where debug files are
     * @param cache where indexes are kept for the next run
     */
    public DebugSignatures(DebugFiles debugFiles, BuildCache cache) {
        this.debugFiles = debugFiles;
        this.cache = cache;
    }

    /** The signature of the function that begins at a virtual address, if debug information has it. */
    Optional<FunctionSignature> at(ObjectImage object, long virtualAddress) {
        try {
            Optional<DebugInformation> information = objects.get(object);
            if (information == null) {
                information = DebugInformation.find(object.elf(), object.file().path(), debugFiles, cache);
                objects.put(object, information);
            }
            return information.isPresent() ? information.get().signatureAt(virtualAddress) : Optional.empty();
        } catch (DwarfException | ElfException e) {
            objects.put(object, Optional.empty());
            problems.add("the debug information of " + object.file().name() + " is not used: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** What was found to be corrupt, for the user. */
    public List<String> problems() {
        return problems;
    }
}
