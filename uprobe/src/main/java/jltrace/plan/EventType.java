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
    /** What a hit at an instruction can mean; its number tells which. */
    private static final EventLayout.Kind[] AT_INSTRUCTIONS = {
        EventLayout.Kind.ENTRY,
        EventLayout.Kind.EXIT,
        EventLayout.Kind.LEAVE,
        EventLayout.Kind.TAIL_CALL,
        EventLayout.Kind.STATUS,
        EventLayout.Kind.STUB,
        EventLayout.Kind.BEHIND_CALL
    };

    /** Where a thread is stopped. */
    public enum Stop {
        /** At an instruction: where a function begins, or within it. */
        INSTRUCTION,
        /** At an instruction that a function begins with: it is entered before this hit. */
        BEHIND_ENTRY,
        /** Where a function has returned to. */
        RETURN
    }

    /** The number in the records of a point. */
    static int numbered(EventLayout.Kind kind, int number) {
        if (kind == EventLayout.Kind.RETURN) {
            return EventRecords.numbered(0, number);
        }
        for (int meaning = 0; meaning < AT_INSTRUCTIONS.length; meaning++) {
            if (AT_INSTRUCTIONS[meaning] == kind) {
                return EventRecords.numbered(meaning, number);
            }
        }
        throw new IllegalArgumentException(kind + " is not seen by a probe");
    }

    /** Whether the kernel stops the thread at the instruction or at the function's return. */
    public ProbeDefinition.Kind probeKind() {
        return stop == Stop.RETURN ? ProbeDefinition.Kind.FUNCTION_RETURN : ProbeDefinition.Kind.INSTRUCTION;
    }

    /**
     * Whether points of another type may as well be of this one: they stop at the same places, and capturing as much costs a hit little
     * in proportion.
     */
    public boolean takesIn(EventType other) {
        return stop == other.stop && shape.isSmall() == other.shape.isSmall() && shape.units() >= other.shape.units();
    }

    /** What a point of this type captures, as a point of a type captures it that {@link #takesIn} this one. */
    public String fetchArguments(ProbePoint point, EventType wider) {
        return shape.widened(point.fetchArguments(), wider.shape);
    }

    /** What the event's records mean, given what the kernel says of its fields. */
    public EventRecords records(EventFormat format) throws TraceFsException {
        if (stop == Stop.RETURN) {
            return new EventRecords(EventLayout.of(EventLayout.Kind.RETURN, shape, format));
        }
        EventLayout[] layouts = new EventLayout[AT_INSTRUCTIONS.length];
        for (int meaning = 0; meaning < layouts.length; meaning++) {
            layouts[meaning] = EventLayout.of(AT_INSTRUCTIONS[meaning], shape, format);
        }
        return new EventRecords(layouts);
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
