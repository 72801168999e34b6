package jltrace.value;

import jltrace.type.EnumType;
import jltrace.type.IntegerType;

/** Takes values in the order in which they are shown. Arrays are valid until the method returns. */
public interface ValueSink {
    /** Another argument follows. */
    void argument();

    /** An integer, sign- or zero-extended as its type says. */
    void number(long value, IntegerType type);

    /** An address of which nothing more is known. */
    void address(long value);

    /** A null pointer to something that would be shown otherwise. */
    void nil();

    /**
     * A string.
     *
     * @param complete whether it ends here, as against going on
     */
    void text(byte[] bytes, int start, int length, boolean complete);

    /** A value of an enumeration or set of flags. */
    void enumerated(long value, EnumType type);

    /** The numbers of the bits that are set in a value of so many bytes. */
    void bits(long value, long size);

    /** A value that can't be had. */
    void unknown();

    /** A function without a result. */
    void nothing();
}
