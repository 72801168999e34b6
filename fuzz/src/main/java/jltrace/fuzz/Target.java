package jltrace.fuzz;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import jltrace.header.HeaderTarget;
import jltrace.prototype.PrototypeTarget;

/** A reader under attack: whatever it is given, it answers or throws what it documents, and soon. */
public interface Target {
    /** The names of all targets. */
    List<String> NAMES = List.of("elf", "dwarf", "cache", "code", "plan", "loader", "prototype", "header", "kernel");

    /**
     * The target of a name.
     *
     * @param folder for its files: empty, and its own
     */
    static Target of(String name, Path folder) {
        return switch (name) {
            case "elf" -> new ElfTarget(folder);
            case "dwarf" -> new DwarfTarget(folder);
            case "cache" -> new CacheTarget(folder);
            case "code" -> new CodeTarget(folder);
            case "plan" -> new PlanTarget(folder);
            case "loader" -> new LoaderCacheTarget();
            case "prototype" -> new PrototypeTarget();
            case "header" -> new HeaderTarget();
            case "kernel" -> new KernelTextTarget();
            default -> throw new IllegalArgumentException("no target " + name + "; there are " + NAMES);
        };
    }

    /** Inputs to begin with. */
    List<byte[]> seeds();

    /** Reads an input. What it throws, any error included, is a finding. */
    void read(byte[] data);

    /** Inputs for {@link ElfSeed#file}: each file as it is, ready to be edited. */
    static List<byte[]> ofFiles(List<ElfSeed> seeds) {
        List<byte[]> inputs = new ArrayList<>();
        for (int i = 0; i < seeds.size(); i++) {
            inputs.add(new byte[] {(byte) i});
        }
        return inputs;
    }

    /** Notes that reading ended in a documented exception, which has to say what is wrong. */
    static void expected(Exception refusal) {
        Objects.requireNonNull(refusal.getMessage());
    }
}
