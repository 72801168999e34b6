package jltrace.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jltrace.code.FunctionExit;
import jltrace.code.FunctionScan;
import jltrace.code.ProbeSite;
import jltrace.code.UprobeClass;
import jltrace.elf.ElfFile;
import jltrace.elf.Import;
import jltrace.target.ObjectImage;

/**
 * Decides how each function's end is seen. A return probe replaces the return address, and kills the program when an exception
 * or a cancellation unwinds the frame; so it is used only where none can pass: where that is known, or where the code shows
 * that the function calls nothing unknown.
 */
final class FunctionReturns {
    /** More code than this is not looked through to prove a function harmless. */
    private static final int MOST_CALLEES = 64;
    /** A function with more exits than this is not worth watching. */
    private static final int MOST_EXITS = 64;

    private final ReturnFacts facts;
    private final Map<ElfFile, Map<Long, Boolean>> harmless = new HashMap<>();

    FunctionReturns(ReturnFacts facts) {
        this.facts = facts;
    }

    /**
     * How a function's end is seen.
     *
     * @param exits where it returns; empty unless the strategy is {@link ReturnStrategy#SITES}
     * @param departures where it jumps to code that is not watched
     * @param reason for the user
     */
    record Decision(
            ReturnStrategy strategy, List<FunctionExit.Return> exits, List<ProbeSite> departures, String reason) {
        static Decision of(ReturnStrategy strategy, String reason) {
            return new Decision(strategy, List.of(), List.of(), reason);
        }
    }

    Decision decide(SelectedFunction function, ObjectCode code) {
        ReturnFacts.Fact fact = fact(function);
        return switch (fact) {
            case LONGJMP -> Decision.of(ReturnStrategy.LONGJMP, "never returns");
            case NORETURN -> Decision.of(ReturnStrategy.NORETURN, "never returns");
            case RETURNS_TWICE -> Decision.of(ReturnStrategy.NONE, "returns twice or on another stack");
            case ORDINARY -> uretprobe(function, code, "known to be harmless");
            case CALLBACK -> sites(function, code, "calls back");
            case CANCELLATION_POINT -> sites(function, code, "threads may be cancelled in it");
            case UNKNOWN ->
                callsNothingUnknown(function.codeObject(), function.virtualAddress(), code)
                        ? uretprobe(function, code, "calls nothing that could throw")
                        : sites(function, code, "might throw or be unwound");
        };
    }

    /** The most telling fact of all names of the function. */
    private ReturnFacts.Fact fact(SelectedFunction function) {
        String library = function.object().file().name();
        ReturnFacts.Fact fact = facts.of(library, function.name());
        for (Set<String> names : function.namesByCaller().values()) {
            for (String name : names) {
                ReturnFacts.Fact other = facts.of(library, name);
                if (other.compareTo(fact) < 0) {
                    fact = other;
                }
            }
        }
        return fact;
    }

    /** A return probe, unless the function jumps back to its entry: it would be armed again each time, and 64 times at most. */
    private Decision uretprobe(SelectedFunction function, ObjectCode code, String why) {
        return code.scan(function.virtualAddress()).branchesToEntry()
                ? sites(function, code, "jumps back to its entry")
                : Decision.of(ReturnStrategy.URETPROBE, why);
    }

    private Decision sites(SelectedFunction function, ObjectCode code, String why) {
        if (function.isStub()) {
            return Decision.of(ReturnStrategy.NONE, why + ", and it is not known where it runs");
        }
        List<FunctionExit.Return> exits = new ArrayList<>();
        List<ProbeSite> departures = new ArrayList<>();
        String obstacle = collectExits(function.virtualAddress(), code, new HashSet<>(), exits, departures);
        if (!obstacle.isEmpty()) {
            return Decision.of(ReturnStrategy.NONE, why + ", and its returns can't be watched: " + obstacle);
        }
        if (exits.isEmpty() && departures.isEmpty()) {
            return Decision.of(ReturnStrategy.NORETURN, why + ", and has no return instruction");
        }
        return new Decision(ReturnStrategy.SITES, exits, departures, why);
    }

    /** Returns what speaks against watching the exits; empty if nothing does. */
    private static String collectExits(
            long virtualAddress,
            ObjectCode code,
            Set<Long> visited,
            List<FunctionExit.Return> exits,
            List<ProbeSite> departures) {
        if (!visited.add(virtualAddress)) {
            return "";
        }
        FunctionScan scan = code.scan(virtualAddress);
        if (!scan.isReliable()) {
            return scan.doubt().orElse("its code is not understood");
        }
        for (FunctionExit exit : scan.exits()) {
            if (exit.uprobeClass() == UprobeClass.REFUSED) {
                return "the kernel takes no probe at 0x" + Long.toHexString(exit.virtualAddress());
            }
            ProbeSite site = new ProbeSite(exit.virtualAddress(), exit.uprobeClass());
            if (exit instanceof FunctionExit.Return end) {
                exits.add(end);
            } else if (exit instanceof FunctionExit.TailJump jump
                    && code.isFunction(jump.target())
                    && code.importOfStub(jump.target()) == null) {
                String obstacle = collectExits(jump.target(), code, visited, exits, departures);
                if (!obstacle.isEmpty()) {
                    departures.add(site);
                }
            } else {
                departures.add(site);
            }
            if (exits.size() + departures.size() > MOST_EXITS) {
                return "more than " + MOST_EXITS + " exits";
            }
        }
        return "";
    }

    /**
     * Whether all code that the function runs is known: only calls within the object that lead to no unknown code, and of
     * functions of other libraries that are known to be ordinary.
     */
    private boolean callsNothingUnknown(ObjectImage object, long virtualAddress, ObjectCode code) {
        Map<Long, Boolean> known = harmless.computeIfAbsent(object.elf(), elf -> new HashMap<>());
        Boolean answer = known.get(virtualAddress);
        if (answer == null) {
            Set<Long> visited = new HashSet<>();
            answer = callsNothingUnknown(virtualAddress, code, visited);
            known.put(virtualAddress, answer);
        }
        return answer;
    }

    private boolean callsNothingUnknown(long virtualAddress, ObjectCode code, Set<Long> visited) {
        if (!visited.add(virtualAddress)) {
            return true;
        }
        if (visited.size() > MOST_CALLEES) {
            return false;
        }
        FunctionScan scan = code.scan(virtualAddress);
        if (!scan.isReliable() || scan.callsThroughPointers() || scan.instructionCount() == 0) {
            return false;
        }
        for (long target : scan.callTargets()) {
            if (!leadsNowhereUnknown(target, code, visited)) {
                return false;
            }
        }
        for (long slot : scan.callSlots()) {
            if (!isOrdinary(code.importOfSlot(slot))) {
                return false;
            }
        }
        for (FunctionExit exit : scan.exits()) {
            if (exit instanceof FunctionExit.TailJump jump) {
                if (!leadsNowhereUnknown(jump.target(), code, visited)) {
                    return false;
                }
            } else if (exit instanceof FunctionExit.SlotTailJump jump) {
                if (!isOrdinary(code.importOfSlot(jump.slot()))) {
                    return false;
                }
            } else if (exit instanceof FunctionExit.PointerTailJump) {
                return false;
            }
        }
        return true;
    }

    private boolean leadsNowhereUnknown(long target, ObjectCode code, Set<Long> visited) {
        Import stub = code.importOfStub(target);
        return stub != null ? isOrdinary(stub) : callsNothingUnknown(target, code, visited);
    }

    private boolean isOrdinary(@org.jspecify.annotations.Nullable Import called) {
        if (called == null) {
            return false;
        }
        ReturnFacts.Fact fact = facts.of(called.library().orElse(""), called.name());
        return fact == ReturnFacts.Fact.ORDINARY || (fact == ReturnFacts.Fact.NORETURN && isAbort(called.name()));
    }

    /** Ends the process without unwinding anything. */
    private static boolean isAbort(String name) {
        return name.equals("abort")
                || name.equals("__stack_chk_fail")
                || name.equals("__assert_fail")
                || name.equals("__chk_fail")
                || name.equals("__fortify_fail");
    }
}
