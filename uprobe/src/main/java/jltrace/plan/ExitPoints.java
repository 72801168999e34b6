package jltrace.plan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import jltrace.code.FunctionExit;
import jltrace.code.ProbeSite;
import jltrace.target.ObjectImage;
import org.jspecify.annotations.Nullable;

/** Where functions are seen to end in their own code: at return instructions, and at jumps to code that is not watched. */
final class ExitPoints {
    private final ProbeTable table;
    private final Map<Site, Exit> exits = new HashMap<>();
    private final List<Exit> departures = new ArrayList<>();

    /** A return instruction and what is captured there, but for the number. */
    private record Site(int object, long virtualAddress, String captured) {
        // A record's own methods are put together from method handles when they are first called, which takes
        // milliseconds.

        @Override
        public boolean equals(Object other) {
            return other instanceof Site site
                    && site.object == object
                    && site.virtualAddress == virtualAddress
                    && site.captured.equals(captured);
        }

        @Override
        public int hashCode() {
            return 31 * Long.hashCode(virtualAddress) + captured.hashCode();
        }
    }

    /** What adds a point. */
    private interface Maker {
        @Nullable ProbePoint make(PointCollector points) throws IOException;
    }

    private static final class Exit {
        final BitSet functions;
        final Maker maker;
        /** Null while it is not needed. */
        @Nullable ProbePoint point;

        Exit(BitSet functions, Maker maker) {
            this.functions = functions;
            this.maker = maker;
        }
    }

    ExitPoints(ProbeTable table) {
        this.table = table;
    }

    /** Adds the points where a function is seen to end. */
    void add(ObjectImage object, FunctionReturns.Decision decision, TracedFunction function, PointCollector points)
            throws IOException {
        for (FunctionExit.Return exit : decision.exits()) {
            addExit(object, exit, function, points);
        }
        for (ProbeSite departure : decision.departures()) {
            BitSet left = new BitSet();
            left.set(function.number());
            Exit exit = new Exit(
                    left,
                    collector ->
                            collector.addPassage(EventLayout.Kind.LEAVE, object, departure, function.number(), "%ax"));
            departures.add(exit);
            exit.point = exit.maker.make(points);
        }
    }

    /** A return instruction may end several functions: those that jump into the one that it is in. */
    private void addExit(ObjectImage object, FunctionExit.Return exit, TracedFunction function, PointCollector points)
            throws IOException {
        ArgumentPlan arguments = function.arguments();
        String captured = arguments.capturedAtExit();
        Site site = new Site(object.file().number(), exit.virtualAddress(), captured);
        Exit known = exits.get(site);
        if (known == null) {
            int number = table.addExit(exit.popped(), function.number());
            ProbeSite instruction = new ProbeSite(exit.virtualAddress(), exit.uprobeClass());
            known = new Exit(
                    table.endedAt(number),
                    collector -> collector.addWithin(
                            EventLayout.Kind.EXIT, object, instruction, number, arguments.exitShape(), captured));
            exits.put(site, known);
        } else {
            known.functions.set(function.number());
        }
        if (known.point == null) {
            known.point = known.maker.make(points);
        }
    }

    /** The points that tell of no function's end but of those given. */
    List<ProbePoint> of(Set<Integer> functions) {
        List<ProbePoint> found = new ArrayList<>();
        forEach(exit -> {
            ProbePoint point = exit.point;
            if (point != null && exit.functions.stream().allMatch(functions::contains)) {
                found.add(point);
            }
        });
        return found;
    }

    /** Says that the points that {@link #of} tells of are there no more. */
    void leave(Set<Integer> functions) {
        forEach(exit -> {
            if (exit.functions.stream().allMatch(functions::contains)) {
                exit.point = null;
            }
        });
    }

    /** Adds the points of a function anew that are not there any more. */
    void addAgain(TracedFunction function, PointCollector points) throws IOException {
        List<Exit> missing = new ArrayList<>();
        forEach(exit -> {
            if (exit.point == null && exit.functions.get(function.number())) {
                missing.add(exit);
            }
        });
        for (Exit exit : missing) {
            exit.point = exit.maker.make(points);
        }
    }

    private void forEach(Consumer<Exit> action) {
        exits.values().forEach(action);
        departures.forEach(action);
    }
}
