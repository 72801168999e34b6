package jltrace.target;

import java.util.Set;

/**
 * What jltrace was started with and the JVM has changed since, so that the traced program can be given it as it was.
 *
 * @param descriptors numbers of the descriptors that were open
 * @param ignoredSignals bit N - 1 for signal N
 * @param lentCapabilities those that jltrace has and its user does not, bit N for capability number N
 */
public record InheritedState(Set<Integer> descriptors, long ignoredSignals, long lentCapabilities) {
    /** Standard input, output and error, no signal ignored, nothing lent. */
    public static final InheritedState PLAIN = new InheritedState(Set.of(0, 1, 2), 0, 0);
}
