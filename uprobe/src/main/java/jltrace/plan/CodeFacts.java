package jltrace.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import jltrace.bytes.MalformedBytesException;
import jltrace.cache.ObjectFacts;
import jltrace.code.BranchTargets;
import jltrace.code.CodeRegion;
import jltrace.code.FunctionMap;
import jltrace.code.JumpList;
import jltrace.code.UprobeRules;
import jltrace.elf.ElfException;
import jltrace.elf.ElfFile;
import jltrace.elf.FunctionRange;
import jltrace.elf.FunctionTable;
import jltrace.elf.Import;
import jltrace.elf.Segment;
import jltrace.target.Damages;
import jltrace.target.ObjectImage;

/** What is found out by looking at all of an object's code and symbols: it takes long, and is kept for the next run. */
final class CodeFacts {
    private final ObjectImage object;
    private final UprobeRules rules;
    private final ObjectFacts kept;
    private final Damages damages;
    private final CodeRegion region;

    CodeFacts(ObjectImage object, UprobeRules rules, ObjectFacts kept, Damages damages) {
        this.object = object;
        this.rules = rules;
        this.kept = kept;
        this.damages = damages;
        this.region = executable(object.elf());
    }

    private static CodeRegion executable(ElfFile elf) {
        try {
            for (Segment segment : elf.segments()) {
                if (segment.isExecutable()) {
                    byte[] bytes = elf.bytes()
                            .slice(segment.fileOffset(), segment.fileSize())
                            .bytes();
                    return CodeRegion.of(bytes, segment.virtualAddress());
                }
            }
        } catch (MalformedBytesException e) {
            return CodeRegion.of(new byte[0], 0);
        }
        return CodeRegion.of(new byte[0], 0);
    }

    /** The code. */
    CodeRegion region() {
        return region;
    }

    /** Reads a part of the object. */
    private interface Reading {
        <T> T read(String part, Supplier<T> reading, T otherwise);
    }

    /** Whatever is corrupt is an error. */
    private static final class Strict implements Reading {
        @Override
        public <T> T read(String part, Supplier<T> reading, T otherwise) {
            return reading.get();
        }
    }

    /** What is corrupt is told of, and done without. */
    private final class Lenient implements Reading {
        @Override
        public <T> T read(String part, Supplier<T> reading, T otherwise) {
            return damages.read(object.file(), part, reading, otherwise);
        }
    }

    /** Where the functions are. */
    FunctionMap functions() {
        try {
            return kept.get(
                    object.elf(),
                    "functions",
                    FunctionMap::numbers,
                    FunctionMap::ofNumbers,
                    () -> readFunctions(new Strict()));
        } catch (ElfException e) {
            return readFunctions(new Lenient());
        }
    }

    private FunctionMap readFunctions(Reading from) {
        ElfFile elf = object.elf();
        List<Import> none = List.of();
        List<Long> stubs = new ArrayList<>();
        for (Import wanted : from.read(Damages.IMPORTS, () -> elf.imports().list(), none)) {
            wanted.pltVirtualAddress().ifPresent(stubs::add);
        }
        for (Import own : from.read(Damages.IMPORTS, () -> elf.imports().ownFunctions(), none)) {
            own.pltVirtualAddress().ifPresent(stubs::add);
        }
        Map<Long, Long> named = new HashMap<>();
        from.read(Damages.SYMBOLS, () -> collect(elf.dynamicSymbols().functions(), named), false);
        from.read(Damages.LOCAL_SYMBOLS, () -> collect(elf.symbols().functions(), named), false);
        List<FunctionRange> frames =
                from.read("unwind entries", () -> elf.unwindTable().ranges(), List.<FunctionRange>of());
        long[] frameStarts = new long[frames.size()];
        long[] frameSizes = new long[frameStarts.length];
        for (int i = 0; i < frameStarts.length; i++) {
            frameStarts[i] = frames.get(i).virtualAddress();
            frameSizes[i] = frames.get(i).length();
        }
        return FunctionMap.of(named, array(stubs), frameStarts, frameSizes);
    }

    private static boolean collect(FunctionTable functions, Map<Long, Long> sizes) {
        for (FunctionTable.Function function : functions) {
            String name = function.names().get(0).name();
            // Out-of-line parts are no functions of their own.
            if (!name.endsWith(".cold") && !name.contains(".cold.") && !name.contains(".part.")) {
                sizes.merge(function.virtualAddress(), function.size(), Math::max);
            }
        }
        return true;
    }

    static long[] array(Collection<Long> values) {
        long[] array = new long[values.size()];
        int at = 0;
        for (long value : values) {
            array[at++] = value;
        }
        return array;
    }

    /** Where the code leads to. */
    BranchTargets branchTargets() {
        return kept.get(
                object.elf(),
                "branch-targets",
                BranchTargets::numbers,
                numbers -> BranchTargets.ofNumbers(region, numbers),
                () -> BranchTargets.of(region));
    }

    /**
     * Where the code jumps to imports.
     *
     * @param stubs all linkage stubs of imports
     * @param slots all slots of imports
     */
    JumpList importJumps(FunctionMap functions, long[] stubs, long[] slots) {
        return kept.get(
                object.elf(),
                "import-jumps",
                JumpList::numbers,
                numbers -> JumpList.ofNumbers(region, rules, numbers),
                () -> JumpList.find(region, functions.ranges(), stubs, slots, rules));
    }
}
