package jltrace.plan;

import java.util.Set;
import jltrace.prototype.Prototypes;
import jltrace.prototype.ReturnBehaviour;
import jltrace.prototype.ReturnBehaviours;

/** What the bundled returns.conf says. */
public final class ReturnFactsFile implements ReturnFacts {
    private final ReturnBehaviours behaviours = ReturnBehaviours.bundled();
    private final Prototypes prototypes;

    /** @param prototypes tell which functions of a library were looked at when its facts were written down */
    public ReturnFactsFile(Prototypes prototypes) {
        this.prototypes = prototypes;
    }

    @Override
    public Fact of(String library, String function) {
        Set<ReturnBehaviour> known = behaviours.of(library, function);
        if (known.isEmpty()) {
            boolean ordinary = behaviours.isComplete(library) && prototypes.isBundled(library, function);
            return ordinary ? Fact.ORDINARY : Fact.UNKNOWN;
        }
        if (known.contains(ReturnBehaviour.LEAVES_FRAMES)) {
            return Fact.LONGJMP;
        }
        if (known.contains(ReturnBehaviour.THROWS)) {
            return Fact.THROW;
        }
        if (known.contains(ReturnBehaviour.NO_RETURN)) {
            return Fact.NORETURN;
        }
        if (known.contains(ReturnBehaviour.RETURNS_TWICE) || known.contains(ReturnBehaviour.SWITCHES_CONTEXT)) {
            return Fact.RETURNS_TWICE;
        }
        return known.contains(ReturnBehaviour.CALLS_BACK) ? Fact.CALLBACK : Fact.CANCELLATION_POINT;
    }
}
