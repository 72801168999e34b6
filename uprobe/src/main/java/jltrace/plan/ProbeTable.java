package jltrace.plan;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the numbers in records mean: events by their id, functions and calls of imports by their own numbers. */
public final class ProbeTable {
    private static final int EVENT_IDS = 1 << 16;

    private final @Nullable EventRecords[] records = new EventRecords[EVENT_IDS];
    private final List<TracedFunction> functions = new ArrayList<>();
    private final List<ImportCall> importCalls = new ArrayList<>();
    /** How often events have taken the place of others; by the id of an event, in which of these it went and came; 0 for none. */
    private int replacement;

    private int[] replacedIn = {};
    private int[] madeIn = {};

    private final List<Exit> exits = new ArrayList<>();

    /** A return instruction: how far the stack pointer is above that at entry, the functions that it ends. */
    private record Exit(int popped, BitSet functions) {}

    /**
     * A place where an object jumps to an imported function: behind a call of the place, as in a PLT stub, or instead of a call.
     *
     * @param function the number of the function
     * @param callerObject the number of the object
     * @param name the name under which it imports the function
     * @param endsBehindCall whether the end is seen behind the call instruction
     */
    public record ImportCall(int function, int callerObject, String name, boolean endsBehindCall) {}

    /** Adds an event whose records all mean the same. */
    public void addEvent(int eventId, EventLayout layout) {
        addEvent(eventId, new EventRecords(layout));
    }

    public void addEvent(int eventId, EventRecords meaning) {
        records[eventId] = meaning;
    }

    /** What an event's records mean, or null for an event that is not ours. */
    public @Nullable EventRecords records(int eventId) {
        return records[eventId];
    }

    /**
     * Says that events have taken over the points of others. As long as both are open, both report a hit: the kernel runs the one first
     * that was opened last, which is the successor.
     */
    public void replace(Collection<Integer> replacedIds, Collection<Integer> successorIds) {
        if (replacement == 0) {
            replacedIn = new int[EVENT_IDS];
            madeIn = new int[EVENT_IDS];
        }
        replacement++;
        replacedIds.forEach(id -> replacedIn[id] = replacement);
        successorIds.forEach(id -> madeIn[id] = replacement);
    }

    /** Whether {@link #replace} was called. */
    public boolean hasReplaced() {
        return replacement > 0;
    }

    /** Whether an event has taken over points of another. */
    public boolean isSuccessor(int eventId, int replacedId) {
        return hasReplaced() && replacedIn[replacedId] > 0 && replacedIn[replacedId] == madeIn[eventId];
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

    /** Adds a place where an import is called and gives its number. */
    public int addImportCall(ImportCall place) {
        importCalls.add(place);
        return importCalls.size() - 1;
    }

    public ImportCall importCall(int number) {
        return importCalls.get(number);
    }

    /** Adds a return instruction of a function and gives its number. */
    int addExit(int popped, int function) {
        BitSet ended = new BitSet();
        ended.set(function);
        exits.add(new Exit(popped, ended));
        return exits.size() - 1;
    }

    /** Says that a return instruction ends another function too: one that jumps into the one that it is in. */
    void addExitOf(int exit, int function) {
        exits.get(exit).functions().set(function);
    }

    /** The functions that a return instruction can end. */
    BitSet endedAt(int exit) {
        return exits.get(exit).functions();
    }

    /** How far the stack pointer at a return instruction is above that at the entry, in bytes. */
    public int poppedAtExit(int exit) {
        return exits.get(exit).popped();
    }

    /** Whether a return instruction can end a function. */
    public boolean isExitOf(int exit, int function) {
        return exits.get(exit).functions().get(function);
    }
}
