package jltrace.plan;

/**
 * An address in an object's file.
 *
 * @param object the object's number
 */
record Place(int object, long virtualAddress) {
    // A record's own methods are put together from method handles when they are first called, which takes a start
    // milliseconds.

    @Override
    public boolean equals(Object other) {
        return other instanceof Place place && place.object == object && place.virtualAddress == virtualAddress;
    }

    @Override
    public int hashCode() {
        return 31 * object + Long.hashCode(virtualAddress);
    }
}
