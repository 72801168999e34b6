package jltrace.code;

import java.util.List;
import java.util.Optional;

/** Where an object's code jumps to some addresses or through some slots, as {@link JumpSites} finds it; each is decoded when it is wanted. */
public final class JumpList {
    private final CodeRegion code;
    private final UprobeRules rules;
    private final long[] addresses;
    /** With the same index as the addresses. */
    private final long[] destinations;

    private final Amd64Instruction instruction = new Amd64Instruction();

    private JumpList(CodeRegion code, UprobeRules rules, long[] addresses, long[] destinations) {
        this.code = code;
        this.rules = rules;
        this.addresses = addresses;
        this.destinations = destinations;
    }

    /** Searches the code, as {@link JumpSites#find} does. */
    public static JumpList find(
            CodeRegion code, FunctionRanges ranges, long[] targets, long[] slots, UprobeRules rules) {
        List<FunctionExit> found = JumpSites.find(code, ranges, targets, slots, rules);
        long[] addresses = new long[found.size()];
        long[] destinations = new long[addresses.length];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = found.get(i).virtualAddress();
            destinations[i] = found.get(i) instanceof FunctionExit.TailJump jump
                    ? jump.target()
                    : ((FunctionExit.SlotTailJump) found.get(i)).slot();
        }
        return new JumpList(code, rules, addresses, destinations);
    }

    /** All of it as numbers. */
    public List<long[]> numbers() {
        return List.of(addresses, destinations);
    }

    /** What {@link #numbers} returned for the code; empty if it can't have. */
    public static Optional<JumpList> ofNumbers(CodeRegion code, UprobeRules rules, List<long[]> numbers) {
        return numbers.size() == 2 && numbers.get(0).length == numbers.get(1).length
                ? Optional.of(new JumpList(code, rules, numbers.get(0), numbers.get(1)))
                : Optional.empty();
    }

    public int count() {
        return addresses.length;
    }

    /** Where the jump at {@code index} is. */
    public long address(int index) {
        return addresses[index];
    }

    /** Where the jump at {@code index} leads, or the slot that it goes through. */
    public long destination(int index) {
        return destinations[index];
    }

    /**
     * The jump at {@code index}, of 0 to {@link #count}, in ascending order of address.
     *
     * @return a {@link FunctionExit.TailJump} or a {@link FunctionExit.SlotTailJump}; empty if there is no such jump in the code
     */
    public Optional<FunctionExit> get(int index) {
        return code.decode(addresses[index], instruction) == 0
                ? Optional.empty()
                : JumpSites.jump(instruction, destinations[index], rules);
    }
}
