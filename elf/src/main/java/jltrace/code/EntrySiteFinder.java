package jltrace.code;

import static jltrace.code.Amd64Instruction.ARGUMENT_REGISTERS;
import static jltrace.code.Amd64Instruction.PREFIX_FS;
import static jltrace.code.Amd64Instruction.RSP;

/**
 * Finds where a probe on a function's entry is cheapest.
 *
 * <p>It may move down the straight line from the entry past instructions that change neither the stack pointer, nor an
 * argument register, nor memory, and that cannot fault: a probe behind an instruction that faults would not see the call
 * that led there. So past no load either, but for those relative to rip and to the thread pointer. Nothing may branch to
 * where it passes, from this function or another, and no other function may begin there.
 *
 * <p>No move passes a store, so nothing lies below the stack pointer at the site; the call that Linux 6.18 and later
 * write over a five-byte nop overwrites nothing there.
 *
 * <p>For use by one thread.
 */
public final class EntrySiteFinder {
    /** Instructions; compilers put what they can before the first push, but never much. */
    private static final int FARTHEST = 16;

    private final CodeRegion code;
    private final FunctionEntries entries;
    private final BranchTargets branchTargets;
    private final UprobeRules rules;
    private final Amd64Instruction instruction = new Amd64Instruction();

    /**
     * @param code holds the functions
     * @param entries where control may come in from outside of the code
     * @param branchTargets of all the code
     * @param rules of the kernel that will probe
     */
    public EntrySiteFinder(CodeRegion code, FunctionEntries entries, BranchTargets branchTargets, UprobeRules rules) {
        this.code = code;
        this.entries = entries;
        this.branchTargets = branchTargets;
        this.rules = rules;
    }

    /**
     * The sites for a function at which all of {@link Amd64Instruction#ARGUMENT_REGISTERS} are as at its entry; a scan that
     * is not reliable leaves only the entry.
     */
    public EntrySite find(FunctionScan scan) {
        return find(scan, ARGUMENT_REGISTERS);
    }

    /**
     * The sites for a function of which only some registers are looked at.
     *
     * @param captured the set of registers that are to be as at the entry, beside the stack pointer
     */
    public EntrySite find(FunctionScan scan, int captured) {
        long entry = scan.virtualAddress();
        ProbeSite atEntry = site(entry);
        ProbeSite cheapest = atEntry;
        if (scan.isReliable() && atEntry.uprobeClass() != UprobeClass.EMULATED) {
            cheapest = cheapestBehind(atEntry, scan, captured | 1 << RSP);
        }
        return new EntrySite(atEntry, cheapest, scan.branchesToEntry());
    }

    private ProbeSite cheapestBehind(ProbeSite atEntry, FunctionScan scan, int kept) {
        ProbeSite cheapest = atEntry;
        long address = atEntry.virtualAddress();
        for (int passed = 0; passed < FARTHEST; passed++) {
            if (code.decode(address, instruction) == 0 || !isHarmless(kept)) {
                return cheapest;
            }
            address = instruction.endAddress();
            if (!scan.contains(address)
                    || entries.contains(address)
                    || scan.branchesTo(address)
                    || branchTargets.contains(address, scan)) {
                return cheapest;
            }
            ProbeSite here = site(address);
            if (here.uprobeClass() == UprobeClass.EMULATED) {
                return here;
            }
            if (cheapest.uprobeClass() == UprobeClass.REFUSED) {
                cheapest = here;
            }
        }
        return cheapest;
    }

    private ProbeSite site(long address) {
        boolean decodes = code.decode(address, instruction) != 0;
        return new ProbeSite(address, decodes ? rules.classify(instruction) : UprobeClass.REFUSED);
    }

    private boolean isHarmless(int kept) {
        boolean straight = switch (instruction.category()) {
            case OTHER, NOP, ENDBR64 -> true;
            default -> false;
        };
        return straight
                && (instruction.writtenRegisters() & kept) == 0
                && !instruction.writesMemory()
                && (!instruction.accessesMemory() || loadsSafely());
    }

    /** From the object's own data, or from the thread's. */
    private boolean loadsSafely() {
        return instruction.hasMemoryOperand()
                && (instruction.hasRipRelativeOperand() || (instruction.prefixes & PREFIX_FS) != 0);
    }
}
