package jltrace.dwarf;

/**
 * What the sizes of a unit's values depend on.
 *
 * @param version the DWARF version, 2 to 5
 * @param offsetSize the bytes of an offset into a section: 4, or 8 in the 64-bit format (7.4)
 * @param addressSize the bytes of an address
 */
record Encoding(int version, int offsetSize, int addressSize) {

    /** A number that no other encoding has. As part of a key it costs less than a record does: its first comparison takes 10 ms or more. */
    int number() {
        return version << 8 | offsetSize << 4 | addressSize;
    }
}
