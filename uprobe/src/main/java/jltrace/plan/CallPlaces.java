package jltrace.plan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import jltrace.code.ProbeSite;
import jltrace.target.ObjectFile;
import jltrace.target.ObjectImage;

/** Where the calls of each function are seen: where it is entered, or in the PLT stubs of those who call it. */
final class CallPlaces {
    private final EntryMode mode;
    private final CallerStubs stubs;
    private final ProbeTable table;
    private final ExitPoints exits;
    private final Map<SelectedFunction, Placed> places = new LinkedHashMap<>();

    private static final class Placed {
        final TracedFunction function;
        /** Where it is entered, in its own code. */
        final ProbeSite entry;
        /** The points of its entry and of its return probe; none while its calls are seen in stubs. */
        List<ProbePoint> points = List.of();
        /** The objects in whose stubs its calls are seen. */
        Set<Integer> callers = Set.of();
        /** Whether they are seen to end behind the call instructions there. */
        boolean endsBehindCalls;
        /** Whether they were seen in stubs, and others came to call it. */
        boolean seenAgain;

        Placed(TracedFunction function, ProbeSite entry) {
            this.function = function;
            this.entry = entry;
        }
    }

    /**
     * A place where calls are seen.
     *
     * @param ends where they are seen to end behind call instructions; empty if they are not
     */
    record CallPlace(ObjectFile object, ProbeSite site, List<ProbeSite> ends) {}

    CallPlaces(EntryMode mode, CallerStubs stubs, ProbeTable table, ExitPoints exits) {
        this.exits = exits;
        this.mode = mode;
        this.stubs = stubs;
        this.table = table;
    }

    /**
     * Adds a function, and the points where its calls are seen.
     *
     * @param entry where it is entered, in its own code
     * @return the place, or one of them
     */
    CallPlace add(SelectedFunction selected, TracedFunction function, ProbeSite entry, PointCollector points)
            throws IOException {
        Placed place = new Placed(function, entry);
        places.put(selected, place);
        List<CallerStubs.Stub> found =
                mode == EntryMode.PLT ? stubs.of(selected, function) : List.<CallerStubs.Stub>of();
        if (found.isEmpty()) {
            seeEntry(selected, place, points);
            return new CallPlace(selected.codeObject().file(), entry, List.of());
        }
        List<ProbeSite> ends = addStubs(place, found, points);
        leaveEntry(selected, place);
        return new CallPlace(found.get(0).caller().file(), found.get(0).site(), ends);
    }

    /**
     * Takes over who imports the functions. Where calls are seen in stubs, and others call now than when it was decided, they are seen in
     * the function again.
     *
     * @return of how many functions that is so
     */
    int updateCallers(PointCollector points) throws IOException {
        int seenAgain = 0;
        for (Map.Entry<SelectedFunction, Placed> entry : places.entrySet()) {
            Map<Integer, Set<String>> callers = entry.getKey().namesByCaller();
            Placed place = entry.getValue();
            callers.forEach((caller, names) -> place.function.importedAs(caller, List.copyOf(names)));
            if (!place.callers.isEmpty() && !place.callers.containsAll(callers.keySet())) {
                seeEntry(entry.getKey(), place, points);
                exits.addAgain(place.function, points);
                place.endsBehindCalls = false;
                place.seenAgain = true;
                seenAgain++;
            }
        }
        return seenAgain;
    }

    /** The numbers of the functions that an object imports, by the names that it has for them. */
    Map<String, Integer> importedBy(int caller) {
        Map<String, Integer> functions = new HashMap<>();
        for (Map.Entry<SelectedFunction, Placed> entry : places.entrySet()) {
            for (String name : entry.getKey().namesByCaller().getOrDefault(caller, Set.of())) {
                functions.put(name, entry.getValue().function.number());
            }
        }
        return functions;
    }

    /** The functions whose calls are seen where they are entered, and can be seen in stubs. */
    List<TracedFunction> movable(Predicate<TracedFunction> wanted) {
        List<TracedFunction> found = new ArrayList<>();
        for (Map.Entry<SelectedFunction, Placed> entry : places.entrySet()) {
            Placed place = entry.getValue();
            if (!place.points.isEmpty()
                    && !place.seenAgain
                    && wanted.test(place.function)
                    && !stubs.of(entry.getKey(), place.function).isEmpty()) {
                found.add(place.function);
            }
        }
        return found;
    }

    /**
     * Adds stubs in which the calls of functions can be seen as well.
     *
     * @param functions the numbers of such as {@link #movable} tells of
     */
    void addStubs(Set<Integer> functions, PointCollector points) throws IOException {
        for (Map.Entry<SelectedFunction, Placed> entry : places.entrySet()) {
            Placed place = entry.getValue();
            if (functions.contains(place.function.number())) {
                addStubs(place, stubs.of(entry.getKey(), place.function), points);
            }
        }
    }

    /** The points in functions' own code that are superfluous where stubs were added for them. */
    List<ProbePoint> ownPoints(Set<Integer> functions) {
        List<ProbePoint> points = exits.of(endingBehindCalls());
        for (Placed place : places.values()) {
            if (functions.contains(place.function.number())) {
                points.addAll(place.points);
            }
        }
        return points;
    }

    private Set<Integer> endingBehindCalls() {
        Set<Integer> functions = new HashSet<>();
        for (Placed place : places.values()) {
            if (place.endsBehindCalls) {
                functions.add(place.function.number());
            }
        }
        return functions;
    }

    /** Says that {@link #ownPoints} of functions are there no more. */
    void leaveOwnPoints(Set<Integer> functions) {
        exits.leave(endingBehindCalls());
        for (Map.Entry<SelectedFunction, Placed> entry : places.entrySet()) {
            Placed place = entry.getValue();
            if (functions.contains(place.function.number())) {
                leaveEntry(entry.getKey(), place);
            }
        }
    }

    private static void seeEntry(SelectedFunction selected, Placed place, PointCollector points) throws IOException {
        int number = EventType.numbered(EventLayout.Kind.ENTRY, place.function.number());
        place.points = addPoints(selected.codeObject(), place.entry, number, place.function, points);
        place.callers = Set.of();
    }

    private static void leaveEntry(SelectedFunction selected, Placed place) {
        place.points = List.of();
        place.callers = Set.copyOf(selected.namesByCaller().keySet());
    }

    /** Returns where the calls are seen to end behind call instructions; empty if they are not. */
    private List<ProbeSite> addStubs(Placed place, List<CallerStubs.Stub> found, PointCollector points)
            throws IOException {
        TracedFunction function = place.function;
        boolean behindCalls = function.strategy() == ReturnStrategy.SITES
                && found.stream().noneMatch(stub -> stub.returnSites().isEmpty());
        List<ProbeSite> ends = new ArrayList<>();
        for (CallerStubs.Stub stub : found) {
            ObjectImage caller = stub.caller();
            int call = table.addImportCall(
                    new ProbeTable.ImportCall(function.number(), caller.file().number(), stub.name(), behindCalls));
            int number = EventType.numbered(EventLayout.Kind.STUB, call);
            addPoints(caller, stub.site(), number, function, points);
            if (behindCalls) {
                ArgumentPlan arguments = function.arguments();
                for (ProbeSite behind : stub.returnSites()) {
                    points.addWithin(
                            EventLayout.Kind.BEHIND_CALL,
                            caller,
                            behind,
                            function.number(),
                            arguments.exitShape(),
                            arguments.capturedAtExit());
                }
                ends.addAll(stub.returnSites());
            }
        }
        place.endsBehindCalls = behindCalls;
        return ends;
    }

    /** Adds a point where calls are seen, and a return probe there if that is how their ends are seen. */
    private static List<ProbePoint> addPoints(
            ObjectImage object, ProbeSite site, int number, TracedFunction function, PointCollector points)
            throws IOException {
        ArgumentPlan arguments = function.arguments();
        List<ProbePoint> added = new ArrayList<>();
        EventType entry = new EventType(EventType.Stop.INSTRUCTION, arguments.shape());
        ProbePoint call = points.add(entry, object, site, number, arguments.capturedAtEntry());
        if (call == null) {
            return added;
        }
        added.add(call);
        if (function.strategy() == ReturnStrategy.URETPROBE) {
            EventType end = new EventType(EventType.Stop.RETURN, arguments.returnShape());
            int returned = EventType.numbered(EventLayout.Kind.RETURN, function.number());
            ProbePoint back = points.add(end, object, site, returned, arguments.capturedAtReturn());
            if (back != null) {
                added.add(back);
            }
        }
        return added;
    }
}
