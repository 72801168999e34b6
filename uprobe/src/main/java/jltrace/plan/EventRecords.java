package jltrace.plan;

/** What the records of one event of the kernel mean: one thing, or one of several, told by a byte of each record. */
public final class EventRecords {
    private final int variant;
    private final EventLayout[] layouts;

    /**
     * @param variant where in a record's raw data the index of its layout is, a u8
     * @param layouts at least one; of a single one there is no index
     */
    EventRecords(int variant, EventLayout... layouts) {
        this.variant = variant;
        this.layouts = layouts;
    }

    /** The layout of the record whose raw data begin at an index of an array. */
    public EventLayout layout(byte[] bytes, int raw) {
        return layouts.length == 1 ? layouts[0] : layouts[bytes[raw + variant]];
    }
}
