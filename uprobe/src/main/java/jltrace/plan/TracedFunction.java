package jltrace.plan;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import jltrace.target.ObjectFile;
import jltrace.type.FunctionSignature;

/** A function that is probed, with what a hit of it means. One address of one file is one function, whatever its names. */
public final class TracedFunction {
    /** In the place of an index of a name: the call is not asked for. */
    public static final int NOT_SHOWN = -1;

    private final int number;
    private final ObjectFile object;
    private final String name;
    private final ArgumentPlan arguments;
    private final ReturnStrategy strategy;
    private final boolean shownForAnyCaller;
    private final Supplier<ControlFlow> flow;
    private final Map<Integer, List<String>> namesByCaller = new HashMap<>();
    private byte[][] names;

    /**
     * @param number what its records carry
     * @param name its usual name, without a version
     * @param shownForAnyCaller whether it was asked for by its own name, whoever calls it
     * @param flow what it may do with its frame; asked for seldom
     */
    public TracedFunction(
            int number,
            ObjectFile object,
            String name,
            ArgumentPlan arguments,
            ReturnStrategy strategy,
            boolean shownForAnyCaller,
            Supplier<ControlFlow> flow) {
        this.number = number;
        this.object = object;
        this.name = name;
        this.arguments = arguments;
        this.strategy = strategy;
        this.shownForAnyCaller = shownForAnyCaller;
        this.flow = flow;
        this.names = new byte[][] {name.getBytes(StandardCharsets.UTF_8)};
    }

    public int number() {
        return number;
    }

    /** The file that it is in. */
    public ObjectFile object() {
        return object;
    }

    public String name() {
        return name;
    }

    public FunctionSignature signature() {
        return arguments.signature();
    }

    public ArgumentPlan arguments() {
        return arguments;
    }

    public ReturnStrategy strategy() {
        return strategy;
    }

    /** Whether it was asked for by its own name, whoever calls it. */
    public boolean shownForAnyCaller() {
        return shownForAnyCaller;
    }

    /** What it may do with its frame beside returning from it. */
    public ControlFlow flow() {
        return flow.get();
    }

    /** Notes under which names an object imports this function. */
    void importedAs(int callerObject, List<String> importedNames) {
        namesByCaller.put(callerObject, importedNames);
    }

    /** The names under which an object imports this function; more than one if it stands behind several IFUNCs or aliases. */
    public List<String> importedNames(int callerObject) {
        return namesByCaller.getOrDefault(callerObject, List.of(name));
    }

    /** The index of a name for {@link #nameBytes}. */
    public int nameIndex(String seenName) {
        byte[] bytes = seenName.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < names.length; i++) {
            if (Arrays.equals(names[i], bytes)) {
                return i;
            }
        }
        names = Arrays.copyOf(names, names.length + 1);
        names[names.length - 1] = bytes;
        return names.length - 1;
    }

    /** The names under which it was seen, its usual one first, in UTF-8; the arrays are those of {@link #nameBytes}. */
    public List<byte[]> names() {
        return List.of(names);
    }

    /** A name in UTF-8. */
    public byte[] nameBytes(int index) {
        return names[index];
    }
}
