package jltrace.plan;

import jltrace.tracefs.EventFormat;
import jltrace.tracefs.ProbeDefinition;
import jltrace.tracefs.TraceFsException;

/**
 * What all points of an event have in common.
 *
 * @param stop where they stop the thread
 * @param shape what they capture
 */
public record EventType(Stop stop, CaptureShape shape) {
    /** What a hit within a function can mean; its number tells which. */
    private static final EventLayout.Kind[] PASSAGES = {
        EventLayout.Kind.EXIT, EventLayout.Kind.LEAVE, EventLayout.Kind.TAIL_CALL, EventLayout.Kind.STATUS
    };

    /** Where a thread is stopped. */
    public enum Stop {
        /** Where a function begins. */
        ENTRY,
        /** Where a function has returned to. */
        RETURN,
        /** At an instruction within a function. */
        PASSAGE
    }

    /** The number in the records of a point within a function. */
    static int numbered(EventLayout.Kind kind, int number) {
        for (int meaning = 0; meaning < PASSAGES.length; meaning++) {
            if (PASSAGES[meaning] == kind) {
                return EventRecords.numbered(meaning, number);
            }
        }
        throw new IllegalArgumentException(kind + " is not within a function");
    }

    /** Whether the kernel stops the thread at the instruction or at the function's return. */
    public ProbeDefinition.Kind probeKind() {
        return stop == Stop.RETURN ? ProbeDefinition.Kind.FUNCTION_RETURN : ProbeDefinition.Kind.INSTRUCTION;
    }

    /** What the event's records mean, given what the kernel says of its fields. */
    public EventRecords records(EventFormat format) throws TraceFsException {
        return switch (stop) {
            case ENTRY -> new EventRecords(EventLayout.of(EventLayout.Kind.ENTRY, shape, format));
            case RETURN -> new EventRecords(EventLayout.of(EventLayout.Kind.RETURN, shape, format));
            case PASSAGE -> {
                EventLayout[] layouts = new EventLayout[PASSAGES.length];
                for (int meaning = 0; meaning < layouts.length; meaning++) {
                    layouts[meaning] = EventLayout.of(PASSAGES[meaning], shape, format);
                }
                yield new EventRecords(layouts);
            }
        };
    }

    // A record's own methods are put together from method handles when they are first called, which takes milliseconds.

    @Override
    public boolean equals(Object other) {
        return other instanceof EventType type && type.stop == stop && type.shape.equals(shape);
    }

    @Override
    public int hashCode() {
        return 31 * stop.hashCode() + shape.hashCode();
    }
}
