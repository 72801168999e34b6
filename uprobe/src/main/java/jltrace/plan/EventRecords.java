package jltrace.plan;

import jltrace.perf.PerfRecord;

/** What the records of one event of the kernel mean: one thing, or what the number in each record says. */
public final class EventRecords {
    private static final int MEANING_SHIFT = 28;
    private static final int MOST_NUMBERS = 1 << MEANING_SHIFT;

    private final EventLayout[] layouts;

    /** @param layouts at least one, of which only the kind differs */
    EventRecords(EventLayout... layouts) {
        this.layouts = layouts;
    }

    /** The layout of the record whose raw data begin at an index of an array. */
    public EventLayout layout(byte[] bytes, int raw) {
        return layout(PerfRecord.u32(bytes, raw + layouts[0].number()));
    }

    /** The layout of records with a number, as {@link #numbered} gave it. */
    public EventLayout layout(int numbered) {
        return layouts[numbered >>> MEANING_SHIFT];
    }

    /** The number in the records of one of several meanings. */
    static int numbered(int meaning, int number) {
        if (number >= MOST_NUMBERS) {
            throw new IllegalArgumentException("too many probe points: " + number);
        }
        return meaning << MEANING_SHIFT | number;
    }

    /** The number that {@link #numbered} was given. */
    public static int number(int numbered) {
        return numbered & MOST_NUMBERS - 1;
    }
}
