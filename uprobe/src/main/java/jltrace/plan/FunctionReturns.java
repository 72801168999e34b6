package jltrace.plan;

import java.util.ArrayList;
import java.util.Arrays;
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
import jltrace.target.Damages;
import jltrace.target.ObjectImage;

/**
 * Decides how each function's end is seen. A return probe replaces the return address, and kills the program when an exception
 * or a cancellation unwinds the frame; so it is used only where none can pass: where that is known, or where the code shows
 * that the function calls nothing unknown, in a process that does not ask for cancellation at any instruction.
 */
final class FunctionReturns {
    /** More code than this is not looked through to prove a function harmless. */
    private static final int MOST_CALLEES = 64;
    /** A function with more exits than this is not worth watching. */
    private static final int MOST_EXITS = 64;

    /** What {@code gcc -fsplit-stack} calls. */
    private static final String MORE_STACK = "__morestack";

    /** What makes a thread one that may be cancelled at any instruction. */
    private static final String SET_CANCEL_TYPE = "pthread_setcanceltype";

    /** Whose note Go's linker writes. */
    private static final String GO = "Go";

    /** The kernel keeps no more return probes of a thread than this; what returns beyond is not seen. */
    private static final int MOST_PENDING = 64;

    private final ReturnFacts facts;
    private final ReturnMode mode;
    private final Damages damages;
    private final Map<ElfFile, Boolean> movingStacks = new HashMap<>();
    private boolean cancelsAnywhere;

    FunctionReturns(ReturnFacts facts, ReturnMode mode, Damages damages) {
        this.facts = facts;
        this.mode = mode;
        this.damages = damages;
    }

    /**
     * How a function's end is seen.
     *
     * @param exits where it returns; empty unless the strategy is {@link ReturnStrategy#SITES}
     * @param departures where it jumps to code that is not watched
     * @param reason for the user
     * @param mayKill whether it was decided against better knowledge, as asked for
     */
    record Decision(
            ReturnStrategy strategy,
            List<FunctionExit.Return> exits,
            List<ProbeSite> departures,
            String reason,
            boolean mayKill) {
        static Decision of(ReturnStrategy strategy, String reason) {
            return new Decision(strategy, List.of(), List.of(), reason, false);
        }

        /** How often seeing the end traps into the kernel at most. */
        int traps() {
            int most = strategy == ReturnStrategy.URETPROBE ? 1 : 0;
            for (FunctionExit.Return exit : exits) {
                most = Math.max(most, exit.uprobeClass().traps());
            }
            for (ProbeSite departure : departures) {
                most = Math.max(most, departure.uprobeClass().traps());
            }
            return most;
        }
    }

    /**
     * Takes note of an object of the process. If it may let threads be cancelled asynchronously, no function decided on from now on is
     * harmless; what can't be read may do so.
     */
    void add(ObjectImage object) {
        cancelsAnywhere |= damages.read(
                object.file(),
                Damages.IMPORTS,
                () -> object.elf().imports().list().stream()
                        .anyMatch(wanted -> wanted.name().equals(SET_CANCEL_TYPE)),
                true);
    }

    Decision decide(SelectedFunction function, ObjectCode code) {
        ReturnFacts.Fact fact = fact(function);
        return switch (fact) {
            case NORETURN -> Decision.of(ReturnStrategy.NORETURN, "never returns");
            case LONGJMP -> Decision.of(ReturnStrategy.LONGJMP, "never returns");
            case THROW -> Decision.of(ReturnStrategy.THROW, "throws");
            case RETURNS_TWICE -> Decision.of(ReturnStrategy.NONE, "returns twice or on another stack");
            case CALLBACK, CANCELLATION_POINT, ORDINARY, UNKNOWN -> asWanted(function, code, fact);
        };
    }

    private Decision asWanted(SelectedFunction function, ObjectCode code, ReturnFacts.Fact fact) {
        return switch (mode) {
            case AUTO -> harmless(function, code, fact);
            case SITES -> sites(function, code, "as asked for");
            case NONE -> Decision.of(ReturnStrategy.NONE, "as asked for");
            case URETPROBE -> {
                Decision harmless = harmless(function, code, fact);
                String reason = "as asked for; but: " + harmless.reason();
                yield harmless.strategy() == ReturnStrategy.URETPROBE
                        ? harmless
                        : new Decision(ReturnStrategy.URETPROBE, List.of(), List.of(), reason, true);
            }
        };
    }

    private Decision harmless(SelectedFunction function, ObjectCode code, ReturnFacts.Fact fact) {
        if (mayMoveItsStack(function.codeObject())) {
            return sites(function, code, "its stack may be moved");
        }
        if (cancelsAnywhere) {
            return sites(function, code, "threads may be cancelled anywhere");
        }
        return switch (fact) {
            case ORDINARY -> uretprobe(function, code, Set.of(function.virtualAddress()), "known to be harmless");
            case CALLBACK -> sites(function, code, "calls back");
            case CANCELLATION_POINT -> sites(function, code, "threads may be cancelled in it");
            default -> {
                Set<Long> reached = new HashSet<>();
                yield callsNothingUnknown(function.virtualAddress(), code, reached)
                        ? uretprobe(function, code, reached, "calls nothing that could throw")
                        : sites(function, code, "might throw or be unwound");
            }
        };
    }

    /**
     * Whether the code is Go's, which copies its stacks with the addresses in them, or was built with split stacks; what can't be read
     * may be either.
     */
    private boolean mayMoveItsStack(ObjectImage object) {
        return movingStacks.computeIfAbsent(
                object.elf(),
                elf -> damages.read(
                                object.file(),
                                Damages.LOCAL_SYMBOLS,
                                () -> elf.symbols().find(MORE_STACK).isPresent(),
                                true)
                        || damages.read(
                                object.file(),
                                "notes",
                                () -> elf.notes().stream()
                                        .anyMatch(note -> note.owner().equals(GO)),
                                true));
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

    /**
     * A return probe, unless too many of them would be pending at a time.
     *
     * @param reached the function, and those that it calls as far as they are known
     */
    private Decision uretprobe(SelectedFunction function, ObjectCode code, Set<Long> reached, String why) {
        if (code.scan(function.virtualAddress()).branchesToEntry()) {
            return sites(function, code, "jumps back to its entry");
        }
        for (long virtualAddress : reached) {
            if (Arrays.binarySearch(code.scan(virtualAddress).callTargets(), function.virtualAddress()) >= 0) {
                return sites(
                        function, code, "calls itself, and of return probes no more than " + MOST_PENDING + " wait");
            }
        }
        return Decision.of(ReturnStrategy.URETPROBE, why);
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
        return new Decision(ReturnStrategy.SITES, exits, departures, why, false);
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
