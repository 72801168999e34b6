package jltrace.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import jltrace.cache.ObjectFacts;
import jltrace.code.Amd64Instruction;
import jltrace.code.CallSite;
import jltrace.code.CodeRegion;
import jltrace.code.EntrySiteFinder;
import jltrace.code.FunctionExit;
import jltrace.code.FunctionMap;
import jltrace.code.FunctionScan;
import jltrace.code.FunctionScanner;
import jltrace.code.JumpList;
import jltrace.code.JumpSites;
import jltrace.code.ProbeSite;
import jltrace.code.UprobeClass;
import jltrace.code.UprobeRules;
import jltrace.elf.ElfFile;
import jltrace.elf.Import;
import jltrace.target.Damages;
import jltrace.target.ObjectFile;
import jltrace.target.ObjectImage;
import org.jspecify.annotations.Nullable;

/** The machine code of one object: what a probe at an address would do, and how its functions leave. Scans are kept. */
final class ObjectCode {
    /** Bytes of a PLT stub. */
    private static final int LONGEST_STUB = 16;

    private final CodeFacts facts;
    private final CodeRegion region;
    private final UprobeRules rules;
    private final FunctionMap functions;
    private final FunctionScanner scanner;
    private final TreeMap<Long, Import> importsByStub = new TreeMap<>();
    private final Map<Long, Import> importsBySlot = new HashMap<>();
    private final Map<Long, Import> ownFunctionsBySlot = new HashMap<>();
    private final Map<Long, FunctionScan> scans = new HashMap<>();
    private final Amd64Instruction instruction = new Amd64Instruction();
    private @Nullable EntrySiteFinder entrySites;
    private @Nullable JumpList importJumps;
    private @Nullable Map<Long, List<ProbeSite>> returnSites;

    /**
     * @param kept keeps from run to run what all of the code and symbols tell
     * @param damages takes what of the object can't be read: its code is then less well understood
     */
    ObjectCode(ObjectImage object, UprobeRules rules, ObjectFacts kept, Damages damages) {
        ElfFile elf = object.elf();
        ObjectFile file = object.file();
        this.rules = rules;
        this.facts = new CodeFacts(object, rules, kept, damages);
        this.region = facts.region();
        for (Import wanted :
                damages.read(file, Damages.IMPORTS, () -> elf.imports().list(), List.<Import>of())) {
            wanted.pltVirtualAddress().ifPresent(stub -> importsByStub.put(stub, wanted));
            importsBySlot.put(wanted.slotVirtualAddress(), wanted);
        }
        for (Import own :
                damages.read(file, Damages.IMPORTS, () -> elf.imports().ownFunctions(), List.<Import>of())) {
            ownFunctionsBySlot.put(own.slotVirtualAddress(), own);
        }
        this.functions = facts.functions();
        this.scanner = new FunctionScanner(region, functions.entries(), functions.ranges(), rules);
    }

    /** How a function leaves. */
    FunctionScan scan(long virtualAddress) {
        return scans.computeIfAbsent(virtualAddress, address -> scanner.scan(address, functions.sizeAt(address)));
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
        boolean runsOn =
                scan.fallsThrough() || scan.contains(functions.entries().nextAfter(virtualAddress));
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
        return functions.contains(virtualAddress);
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
        CallSite call =
                CallSite.before(region, functions.ranges(), returnAddress).orElse(null);
        if (call instanceof CallSite.Direct direct) {
            return importsByStub.get(direct.target());
        }
        return call instanceof CallSite.ThroughSlot through ? importsBySlot.get(through.slot()) : null;
    }

    /** A place where the object jumps to an import instead of calling it. */
    record TailCallSite(ProbeSite jump, Import called) {}

    /** Where the object jumps to imports of the given names. */
    List<TailCallSite> tailCalls(Set<String> names) {
        JumpList jumps = importJumps();
        List<TailCallSite> sites = new ArrayList<>();
        for (int i = 0; i < jumps.count(); i++) {
            long destination = jumps.destination(i);
            Import called = importsByStub.getOrDefault(destination, importsBySlot.get(destination));
            if (called == null || !names.contains(called.name())) {
                continue;
            }
            jumps.get(i)
                    .filter(jump -> jump.uprobeClass() != UprobeClass.REFUSED && !isInStub(jump.virtualAddress()))
                    .map(jump -> new ProbeSite(jump.virtualAddress(), jump.uprobeClass()))
                    .ifPresent(jump -> sites.add(new TailCallSite(jump, called)));
        }
        return sites;
    }

    private JumpList importJumps() {
        JumpList known = importJumps;
        if (known == null) {
            known = facts.importJumps(
                    functions, CodeFacts.array(importsByStub.keySet()), CodeFacts.array(importsBySlot.keySet()));
            importJumps = known;
        }
        return known;
    }

    /**
     * Where calls of a PLT stub return to, in the code that is known to be some function's. Empty if the code also jumps to the stub, as
     * it does where a function ends in a call: then some return elsewhere.
     */
    List<ProbeSite> returnSitesOf(long stub) {
        Map<Long, List<ProbeSite>> known = returnSites;
        if (known == null) {
            known = new HashMap<>();
            long[] stubs = CodeFacts.array(importsByStub.keySet());
            for (JumpSites.Call call : JumpSites.calls(region, functions.ranges(), stubs, rules)) {
                known.computeIfAbsent(call.target(), target -> new ArrayList<>())
                        .add(call.behind());
            }
            JumpList jumps = importJumps();
            for (int i = 0; i < jumps.count(); i++) {
                if (!isInStub(jumps.address(i))) {
                    known.remove(jumps.destination(i));
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
            finder = new EntrySiteFinder(region, functions.entries(), facts.branchTargets(), rules);
            entrySites = finder;
        }
        return finder.find(scan(virtualAddress)).cheapest();
    }
}
