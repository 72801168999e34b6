package jltrace.value;

import jltrace.type.EnumType;
import jltrace.type.FloatingType;
import jltrace.type.IntegerType;

/** Takes values in the order in which they are shown. Arrays of bytes are valid until the method returns. */
public interface ValueSink {
    /** Another argument follows. */
    void argument();

    /** An integer, sign- or zero-extended as its type says. */
    void number(long value, IntegerType type);

    /** A floating-point number of 4 or 8 bytes. */
    void floating(double value, FloatingType type);

    /**
     * A floating-point number in the x87's format of 10 bytes.
     *
     * @param significand the lower 8 bytes
     * @param signAndExponent the upper 2 bytes
     */
    void extended(long significand, int signAndExponent, FloatingType type);

    /** An address of which nothing more is known. */
    void address(long value);

    /** A null pointer to something that would be shown otherwise. */
    void nil();

    /** A pointer to a function whose name is known, in UTF-8. */
    void function(byte[] name);

    /** A value with a name of its own. */
    void constant(String name);

    /**
     * A string.
     *
     * @param complete whether it ends here, as against going on
     */
    void text(byte[] bytes, int start, int length, boolean complete);

    /**
     * A string of characters of several bytes, little-endian: UTF-32 or UTF-16.
     *
     * @param complete whether it ends here, as against going on
     */
    void wideText(byte[] bytes, int start, int characters, int width, boolean complete);

    /** A value of an enumeration or set of flags. */
    void enumerated(long value, EnumType type);

    /** The numbers of the bits that are set in so many bytes: bit 0 of the first byte has number 0. */
    void bits(byte[] bytes, int start, int length);

    /** A structure begins; {@link #field} precedes each value in it. */
    void beginStruct();

    /**
     * A field follows.
     *
     * @param name empty if unknown
     */
    void field(String name);

    /** A structure ends; not complete if more of it was not captured. */
    void endStruct(boolean complete);

    /** An array begins; {@link #element} precedes each value in it. */
    void beginArray();

    /** An element follows. */
    void element();

    /** An array ends; not complete if it goes on. */
    void endArray(boolean complete);

    /** A pointer to a structure around it, so many levels up: 1 for the innermost. */
    void recursion(int levels);

    /** What would follow lies too deep. */
    void more();

    /** A value that can't be had. */
    void unknown();

    /** A function without a result. */
    void nothing();
}
