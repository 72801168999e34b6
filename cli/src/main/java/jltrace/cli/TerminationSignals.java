package jltrace.cli;

import java.util.function.IntConsumer;

/** Signals that ask jltrace to end, handed to a consumer instead. */
final class TerminationSignals {
    static final int SIGINT = 2;

    private TerminationSignals() {}

    /** From now on tells the consumer the number of each such signal, on a thread of its own. */
    @SuppressWarnings("sunapi")
    static void handle(IntConsumer consumer) {
        for (String name : new String[] {"INT", "TERM", "HUP"}) {
            sun.misc.Signal.handle(new sun.misc.Signal(name), signal -> consumer.accept(signal.getNumber()));
        }
    }
}
