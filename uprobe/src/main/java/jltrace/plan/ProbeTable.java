package jltrace.plan;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the numbers in records mean: events by their id, functions and tail calls by their own numbers. */
public final class ProbeTable {
    private static final int EVENT_IDS = 1 << 16;

    private final @Nullable EventLayout[] layouts = new EventLayout[EVENT_IDS];
    private final List<TracedFunction> functions = new ArrayList<>();
    private final List<TailCall> tailCalls = new ArrayList<>();
    /** For each return instruction, the functions that it ends. */
    private final List<BitSet> exits = new ArrayList<>();

    /**
     * A place where an object jumps to an imported function instead of calling it.
     *
     * @param function the number of the function
     * @param callerObject the number of the object
     * @param name the name under which it imports the function
     */
    public record TailCall(int function, int callerObject, String name) {}

    public void addEvent(int eventId, EventLayout layout) {
        layouts[eventId] = layout;
    }

    /** The layout of an event's records, or null for an event that is not ours. */
    public @Nullable EventLayout layout(int eventId) {
        return layouts[eventId];
    }

    /** The number of the next function. */
    public int nextFunction() {
        return functions.size();
    }

    public void addFunction(TracedFunction function) {
        if (function.number() != functions.size()) {
            throw new IllegalArgumentException("function " + function.number() + " is not the next");
        }
        functions.add(function);
    }

    public TracedFunction function(int number) {
        return functions.get(number);
    }

    public List<TracedFunction> functions() {
        return functions;
    }

    /** Adds a tail call and gives its number. */
    public int addTailCall(TailCall tailCall) {
        tailCalls.add(tailCall);
        return tailCalls.size() - 1;
    }

    public TailCall tailCall(int number) {
        return tailCalls.get(number);
    }

    /** Adds a return instruction of a function and gives its number. */
    int addExit(int function) {
        BitSet ended = new BitSet();
        ended.set(function);
        exits.add(ended);
        return exits.size() - 1;
    }

    /** Says that a return instruction ends another function too: one that jumps into the one that it is in. */
    void addExitOf(int exit, int function) {
        exits.get(exit).set(function);
    }

    /** Whether a return instruction can end a function. */
    public boolean isExitOf(int exit, int function) {
        return exits.get(exit).get(function);
    }
}
