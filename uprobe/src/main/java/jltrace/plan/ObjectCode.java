package jltrace.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import jltrace.bytes.MalformedBytesException;
import jltrace.code.Amd64Instruction;
import jltrace.code.BranchTargets;
import jltrace.code.CallSite;
import jltrace.code.CodeRegion;
import jltrace.code.EntrySiteFinder;
import jltrace.code.FunctionEntries;
import jltrace.code.FunctionExit;
import jltrace.code.FunctionRanges;
import jltrace.code.FunctionScan;
import jltrace.code.FunctionScanner;
import jltrace.code.JumpSites;
import jltrace.code.ProbeSite;
import jltrace.code.UprobeClass;
import jltrace.code.UprobeRules;
import jltrace.elf.ElfFile;
import jltrace.elf.FunctionRange;
import jltrace.elf.FunctionTable;
import jltrace.elf.Import;
import jltrace.elf.Segment;
import jltrace.target.Damages;
import jltrace.target.ObjectFile;
import jltrace.target.ObjectImage;
import org.jspecify.annotations.Nullable;

/** The machine code of one object: what a probe at an address would do, and how its functions leave. Scans are kept. */
final class ObjectCode {
    /** Bytes of a PLT stub. */
    private static final int LONGEST_STUB = 16;

    private final CodeRegion region;
    private final UprobeRules rules;
    private final FunctionRanges ranges;
    private final FunctionEntries entries;
    private final FunctionScanner scanner;
    private final TreeMap<Long, Import> importsByStub = new TreeMap<>();
    private final Map<Long, Import> importsBySlot = new HashMap<>();
    private final Map<Long, Import> ownFunctionsBySlot = new HashMap<>();
    private final Map<Long, FunctionScan> scans = new HashMap<>();
    private final Map<Long, Long> sizes = new HashMap<>();
    private final Amd64Instruction instruction = new Amd64Instruction();
    private @Nullable EntrySiteFinder entrySites;
    private @Nullable Map<Long, List<ProbeSite>> returnSites;

    /** @param damages takes what of the object can't be read: its code is then less well understood */
    ObjectCode(ObjectImage object, UprobeRules rules, Damages damages) {
        ElfFile elf = object.elf();
        ObjectFile file = object.file();
        this.rules = rules;
        this.region = executable(elf);
        List<Long> ownStubs = new ArrayList<>();
        for (Import wanted :
                damages.read(file, Damages.IMPORTS, () -> elf.imports().list(), List.<Import>of())) {
            wanted.pltVirtualAddress().ifPresent(stub -> importsByStub.put(stub, wanted));
            importsBySlot.put(wanted.slotVirtualAddress(), wanted);
        }
        for (Import own :
                damages.read(file, Damages.IMPORTS, () -> elf.imports().ownFunctions(), List.<Import>of())) {
            ownFunctionsBySlot.put(own.slotVirtualAddress(), own);
            own.pltVirtualAddress().ifPresent(ownStubs::add);
        }
        damages.read(file, Damages.SYMBOLS, () -> collect(elf.dynamicSymbols().functions()), false);
        damages.read(file, Damages.LOCAL_SYMBOLS, () -> collect(elf.symbols().functions()), false);
        List<FunctionRange> unwound =
                damages.read(file, "unwind entries", () -> elf.unwindTable().ranges(), List.of());
        int named = sizes.size();
        long[] starts = new long[named + importsByStub.size() + ownStubs.size()];
        int at = 0;
        for (long start : sizes.keySet()) {
            starts[at++] = start;
        }
        for (long stub : importsByStub.keySet()) {
            starts[at++] = stub;
        }
        for (long stub : ownStubs) {
            starts[at++] = stub;
        }
        this.entries = FunctionEntries.of(starts);
        int frames = unwound.size();
        long[] frameStarts = new long[frames + named];
        long[] frameSizes = new long[frames + named];
        at = 0;
        for (FunctionRange range : unwound) {
            frameStarts[at] = range.virtualAddress();
            frameSizes[at++] = range.length();
        }
        for (Map.Entry<Long, Long> size : sizes.entrySet()) {
            frameStarts[at] = size.getKey();
            frameSizes[at++] = size.getValue();
        }
        this.ranges = FunctionRanges.of(frameStarts, frameSizes);
        this.scanner = new FunctionScanner(region, entries, ranges, rules);
        for (FunctionRange range : unwound) {
            sizes.merge(range.virtualAddress(), range.length(), (known, length) -> known == 0 ? length : known);
        }
    }

    private boolean collect(FunctionTable functions) {
        for (FunctionTable.Function function : functions) {
            String name = function.names().get(0).name();
            // Out-of-line parts are no functions of their own.
            if (!name.endsWith(".cold") && !name.contains(".cold.") && !name.contains(".part.")) {
                sizes.merge(function.virtualAddress(), function.size(), Math::max);
            }
        }
        return true;
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

    /** How a function leaves. */
    FunctionScan scan(long virtualAddress) {
        return scans.computeIfAbsent(virtualAddress, address -> scanner.scan(address, sizes.getOrDefault(address, 0L)));
    }

    /** What a function may do with its frame beside returning from it. */
    ControlFlow flow(long virtualAddress) {
        FunctionScan scan = scan(virtualAddress);
        if (!scan.isReliable()) {
            return ControlFlow.UNKNOWN;
        }
        boolean jumps = false;
        for (FunctionExit exit : scan.exits()) {
            jumps |= !(exit instanceof FunctionExit.Return);
        }
        boolean runsOn = scan.fallsThrough() || scan.contains(entries.nextAfter(virtualAddress));
        return new ControlFlow(jumps || runsOn, scan.branchesToEntry());
    }

    /**
     * The functions of this object whose address an IFUNC's resolver takes: one of them is what it chooses. Empty if its code does not
     * show them all.
     */
    List<Long> choicesOf(long resolverAddress) {
        FunctionScan scan = scan(resolverAddress);
        if (!scan.isReliable() || scan.callsThroughPointers()) {
            return List.of();
        }
        for (FunctionExit exit : scan.exits()) {
            if (!(exit instanceof FunctionExit.Return)) {
                return List.of();
            }
        }
        List<Long> choices = new ArrayList<>();
        for (long taken : scan.takenAddresses()) {
            if (isFunction(taken)) {
                choices.add(taken);
            }
        }
        for (long slot : scan.loadedSlots()) {
            Import own = ownFunctionsBySlot.get(slot);
            if (own != null) {
                choices.add(own.symbol().virtualAddress());
            } else if (importsBySlot.containsKey(slot)) {
                return List.of();
            }
        }
        return choices;
    }

    /** Whether a function that is known begins at the address. */
    boolean isFunction(long virtualAddress) {
        return sizes.containsKey(virtualAddress);
    }

    /** The import that a PLT stub at the address jumps to, or null. */
    @org.jspecify.annotations.Nullable Import importOfStub(long virtualAddress) {
        return importsByStub.get(virtualAddress);
    }

    /** The import whose address a slot holds, or null. */
    @org.jspecify.annotations.Nullable Import importOfSlot(long virtualAddress) {
        return importsBySlot.get(virtualAddress);
    }

    /** The import that the call instruction in front of a return address calls, or null if it calls anything else. */
    @Nullable Import importCalledBefore(long returnAddress) {
        CallSite call = CallSite.before(region, ranges, returnAddress).orElse(null);
        if (call instanceof CallSite.Direct direct) {
            return importsByStub.get(direct.target());
        }
        return call instanceof CallSite.ThroughSlot through ? importsBySlot.get(through.slot()) : null;
    }

    /** A place where the object jumps to an import instead of calling it. */
    record TailCallSite(ProbeSite jump, Import called) {}

    /** Where the object jumps to imports of the given names. */
    List<TailCallSite> tailCalls(Set<String> names) {
        List<Import> wanted = new ArrayList<>();
        for (Import one : importsBySlot.values()) {
            if (names.contains(one.name())) {
                wanted.add(one);
            }
        }
        long[] slots = new long[wanted.size()];
        long[] stubs = new long[slots.length];
        int stubCount = 0;
        for (int i = 0; i < slots.length; i++) {
            slots[i] = wanted.get(i).slotVirtualAddress();
            OptionalLong stub = wanted.get(i).pltVirtualAddress();
            if (stub.isPresent()) {
                stubs[stubCount++] = stub.getAsLong();
            }
        }
        long[] targets = Arrays.copyOf(stubs, stubCount);
        List<TailCallSite> sites = new ArrayList<>();
        for (FunctionExit jump : JumpSites.find(region, ranges, targets, slots, rules)) {
            if (jump.uprobeClass() == UprobeClass.REFUSED || isInStub(jump.virtualAddress())) {
                continue;
            }
            Import called = jump instanceof FunctionExit.TailJump direct
                    ? importsByStub.get(direct.target())
                    : jump instanceof FunctionExit.SlotTailJump through ? importsBySlot.get(through.slot()) : null;
            if (called != null) {
                sites.add(new TailCallSite(new ProbeSite(jump.virtualAddress(), jump.uprobeClass()), called));
            }
        }
        return sites;
    }

    /**
     * Where calls of a PLT stub return to, in the code that is known to be some function's. Empty if the code also jumps to the stub, as
     * it does where a function ends in a call: then some return elsewhere.
     */
    List<ProbeSite> returnSitesOf(long stub) {
        Map<Long, List<ProbeSite>> known = returnSites;
        if (known == null) {
            known = new HashMap<>();
            long[] stubs = new long[importsByStub.size()];
            int count = 0;
            for (long one : importsByStub.keySet()) {
                stubs[count++] = one;
            }
            for (JumpSites.Call call : JumpSites.calls(region, ranges, stubs, rules)) {
                known.computeIfAbsent(call.target(), target -> new ArrayList<>())
                        .add(call.behind());
            }
            for (FunctionExit jump : JumpSites.find(region, ranges, stubs, new long[0], rules)) {
                if (jump instanceof FunctionExit.TailJump direct && !isInStub(jump.virtualAddress())) {
                    known.remove(direct.target());
                }
            }
            returnSites = known;
        }
        return known.getOrDefault(stub, List.of());
    }

    private boolean isInStub(long virtualAddress) {
        Long stub = importsByStub.floorKey(virtualAddress);
        return stub != null && virtualAddress - stub < LONGEST_STUB;
    }

    /**
     * Where a probe sees the function being entered, as cheaply as can be: its first instruction, or one behind it that the kernel
     * emulates, if nothing of what is captured changes on the way there.
     */
    ProbeSite entrySite(long virtualAddress) {
        if (region.decode(virtualAddress, instruction) == 0) {
            return new ProbeSite(virtualAddress, UprobeClass.REFUSED);
        }
        UprobeClass first = rules.classify(instruction);
        if (first == UprobeClass.EMULATED || importsByStub.containsKey(virtualAddress)) {
            return new ProbeSite(virtualAddress, first);
        }
        EntrySiteFinder finder = entrySites;
        if (finder == null) {
            finder = new EntrySiteFinder(region, entries, BranchTargets.of(region), rules);
            entrySites = finder;
        }
        return finder.find(scan(virtualAddress)).cheapest();
    }
}
