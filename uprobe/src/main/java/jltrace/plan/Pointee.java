package jltrace.plan;

/**
 * Where a record holds what a pointer points to, and what the pointers in there point to in turn. A structure that is passed by
 * value has one too, of no bytes, for the pointers in it.
 */
public final class Pointee {
    /** Nothing is captured: the pointer is an address and no more. */
    public static final Pointee NONE = new Pointee(0, 0, new int[0], new Pointee[0]);

    /** A structure that leads to itself is captured no deeper. */
    public static final Pointee TOO_DEEP = new Pointee(0, 0, new int[0], new Pointee[0]);

    private final int start;
    private final int length;
    private final int[] offsets;
    private final Pointee[] pointees;

    Pointee(int start, int length, int[] offsets, Pointee[] pointees) {
        this.start = start;
        this.length = length;
        this.offsets = offsets;
        this.pointees = pointees;
    }

    /** Where it begins, in bytes from the first byte of captured memory. */
    public int start() {
        return start;
    }

    /** How many bytes are captured; 0 for none. */
    public int length() {
        return length;
    }

    /** What the pointer that lies so many bytes behind the beginning points to; {@link #NONE} if that is not captured. */
    public Pointee at(int byteOffset) {
        for (int i = 0; i < offsets.length; i++) {
            if (offsets[i] == byteOffset) {
                return pointees[i];
            }
        }
        return NONE;
    }
}
