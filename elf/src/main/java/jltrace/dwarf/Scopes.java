package jltrace.dwarf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The namespaces and classes of a unit, as stretches of the section that hold what they own. */
final class Scopes {
    private static final int NONE = -1;
    private static final int DEEPEST = 64;

    private final Unit unit;
    private final List<Scope> scopes;

    /**
     * A namespace or a class.
     *
     * @param outer the index of the one around it, {@link #NONE} if there is none
     */
    private record Scope(long start, long end, int outer) {}

    private Scopes(Unit unit, List<Scope> scopes) {
        this.unit = unit;
        this.scopes = scopes;
    }

    static Scopes of(Unit unit) {
        List<Scope> scopes = new ArrayList<>();
        List<Integer> open = new ArrayList<>();
        List<Integer> depths = new ArrayList<>();
        Language language = unit.language();
        DieWalk walk = unit.walk();
        boolean more = walk.next();
        while (more) {
            boolean isScope =
                    (walk.tag() == Tag.NAMESPACE || language.mayHoldFunctions(walk.tag())) && walk.hasChildren();
            int depth = walk.depth();
            if (isScope && open.size() < DEEPEST) {
                scopes.add(new Scope(walk.offset(), unit.header().end(), open.isEmpty() ? NONE : last(open)));
                open.add(scopes.size() - 1);
                depths.add(depth);
            } else if (walk.tag() == Tag.SUBPROGRAM) {
                walk.skipChildren();
            }
            more = walk.next();
            while (!open.isEmpty() && (!more || walk.depth() <= last(depths))) {
                int ended = open.remove(open.size() - 1);
                depths.remove(depths.size() - 1);
                long end = more ? walk.offset() : unit.header().end();
                scopes.set(
                        ended,
                        new Scope(
                                scopes.get(ended).start(),
                                end,
                                scopes.get(ended).outer()));
            }
        }
        return new Scopes(unit, scopes);
    }

    private static int last(List<Integer> list) {
        return list.get(list.size() - 1);
    }

    /** The namespace or class that an entry is in. */
    Optional<Die> innermost(long offset) {
        for (int i = lastBefore(offset); i != NONE; i = scopes.get(i).outer()) {
            if (scopes.get(i).end() > offset) {
                return Optional.of(unit.entry(scopes.get(i).start()));
            }
        }
        return Optional.empty();
    }

    /** What the name of an entry is qualified with: {@code ns::Class::}, or nothing. */
    String prefix(long offset) {
        StringBuilder prefix = new StringBuilder();
        for (int i = lastBefore(offset); i != NONE; i = scopes.get(i).outer()) {
            if (scopes.get(i).end() > offset) {
                prefix.insert(0, name(unit.entry(scopes.get(i).start())) + "::");
            }
        }
        return prefix.toString();
    }

    /** The index of the last scope that begins before an entry. */
    private int lastBefore(long offset) {
        int low = 0;
        int high = scopes.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (scopes.get(middle).start() < offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    private static String name(Die scope) {
        return scope.name().orElse(scope.tag() == Tag.NAMESPACE ? "(anonymous namespace)" : "{...}");
    }
}
