package jltrace.type;

import java.util.List;
import java.util.stream.Collectors;

/** When a parameter is passed at all: {@code open} takes a mode only if it may create a file. */
public sealed interface Presence {

    /** Passed in every call. */
    Always ALWAYS = new Always();

    /** Passed in every call. */
    record Always() implements Presence {}

    /**
     * Passed if an argument has any bit of a mask.
     *
     * @param argument the argument's place, from 1
     */
    record AnyBit(int argument, long mask) implements Presence {
        @Override
        public String toString() {
            return "when arg" + argument + " & " + mask;
        }
    }

    /**
     * Passed if an argument has one of these values.
     *
     * @param argument the argument's place, from 1
     */
    record OneOf(int argument, List<Long> values) implements Presence {
        public OneOf {
            values = List.copyOf(values);
        }

        @Override
        public String toString() {
            return values.stream()
                    .map(String::valueOf)
                    .collect(Collectors.joining("|", "when arg" + argument + " = ", ""));
        }
    }

    /** Passed in every call, and followed by as many more of the same type as there are up to a null pointer: {@code execl}. */
    record UntilNull() implements Presence {
        @Override
        public String toString() {
            return "...";
        }
    }
}
